// Writes the seeds of tests/fuzz/corpus: small inputs of every kind, good and
// bad, made of the tests' own builders. The same octets every time.
//
//   fuzz_make_corpus FOLDER
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "engine/index/crl_index.h"
#include "engine/store/manifest.h"
#include "engine/store/segment.h"
#include "tests/support/crl_text.h"
#include "tests/support/ocsp_text.h"

namespace revstat::test {
namespace {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void Write(const std::string& target, const std::string& name,
             const Octets& input) const {
    std::filesystem::create_directories(folder_ / target);
    std::ofstream out(folder_ / target / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(input.data()),
              static_cast<std::streamsize>(input.size()));
    if (!out) throw std::runtime_error("cannot write " + name);
  }
  // Where an input that writes itself is to be.
  std::string PathOf(const std::string& target, const std::string& name) const {
    std::filesystem::create_directories(folder_ / target);
    return (folder_ / target / name).string();
  }
  // Also under the target "der", which takes anything.
  void WriteDer(const std::string& target, const std::string& name,
                const Octets& input) const {
    Write(target, name, input);
    Write("der", target + "_" + name, input);
  }

 private:
  std::filesystem::path folder_;
};

const Octets kDate = UtcTime("260102030405Z");

std::vector<Octets> Entries() {
  return {Entry(IntegerOf("00")),
          Entry(IntegerOf("7fffffffffffffffffffffffffffffffffffffff"), kDate,
                {Reason(1)}),
          Entry(IntegerOf("00ffffffffffffffffffffffffffffffffffffffff")),
          Entry(IntegerOf("80"), GeneralizedTime("20500101000000Z")),
          Entry(Integer(5), kDate,
                {Reason(6, Criticality::kCritical),
                 InvalidityDate(GeneralizedTime("20250101000000Z"))}),
          Entry(Integer(6), kDate,
                {CertificateIssuer(CommonName("Other CA")), Reason(8)}),
          Entry(Integer(7), kDate,
                {MakeExtension("1.2.3", {}, Criticality::kCritical)})};
}

Octets Points() {
  return Seq({Seq(
      {Nest(der::ContextConstructed(0),
            {Nest(der::ContextConstructed(0),
                  {Text(der::ContextPrimitive(6), "http://ca.example/1.crl"),
                   Nest(der::ContextConstructed(4), {CommonName("CA")})})}),
       Hex("81020560"),
       Nest(der::ContextConstructed(2),
            {Nest(der::ContextConstructed(4), {CommonName("CA")})})})});
}

Octets AuthorityKey() {
  return Seq({Tlv(der::ContextPrimitive(0), Octets(20, 0xab)),
              Nest(der::ContextConstructed(1),
                   {Nest(der::ContextConstructed(4), {CommonName("Root")})}),
              Tlv(der::ContextPrimitive(2), Octets{5})});
}

void WriteCrls(const Corpus& corpus) {
  CrlText text;
  corpus.WriteDer("crl", "good_v2", text.Der());
  text.entries = Entries();
  text.extensions = {
      MakeExtension("2.5.29.35", AuthorityKey()),
      MakeExtension("2.5.29.20", Integer(70000)),
      MakeExtension("2.5.29.27", Integer(69999), Criticality::kCritical),
      MakeExtension("2.5.29.46", Points()),
      MakeExtension("2.5.29.60", GeneralizedTime("20200102030405Z")),
      IssuingPoint({Nest(der::ContextConstructed(0),
                         {Nest(der::ContextConstructed(1),
                               {Attribute("2.5.4.3", Utf8("CRL1"))})}),
                    True(der::ContextPrimitive(1)), Hex("83020560"),
                    True(der::ContextPrimitive(4))}),
      MakeExtension("1.2.3.4", Hex("0500"), Criticality::kCritical)};
  corpus.WriteDer("crl", "good_all_extensions", text.Der());
  CrlText v1;
  v1.version = {};
  v1.extensions = {};
  corpus.WriteDer("crl", "good_v1", v1.Der());
  v1.entries = {};
  v1.next_update = {};
  corpus.WriteDer("crl", "good_empty", v1.Der());
  CrlText bad;
  bad.entries = {Entry(Integer(1)), Entry(Integer(2), kDate, {Reason(7)})};
  corpus.WriteDer("crl", "invalid_reason_7", bad.Der());
  bad.entries = {Entry(Integer(1), UtcTime("2601020304Z"))};
  corpus.WriteDer("crl", "invalid_no_seconds", bad.Der());
  bad.entries = {Entry(Tlv(der::kInteger, Octets(22, 1)))};
  corpus.WriteDer("crl", "invalid_serial_22", bad.Der());
  corpus.Write("entry", "good_all", Join(Entries()));
  for (size_t i = 0; i < Entries().size(); ++i)
    corpus.Write("entry", "good_" + std::to_string(i), Entries()[i]);
}

void WriteCertificates(const Corpus& corpus) {
  CertificateText text;
  corpus.WriteDer("certificate", "good_bare", text.Der());
  text.extensions = {
      MakeExtension("2.5.29.14", OctetString(Octets(20, 0xcd))),
      MakeExtension("2.5.29.35", AuthorityKey()),
      MakeExtension("2.5.29.15", Hex("03020106"), Criticality::kCritical),
      MakeExtension("2.5.29.19", Seq({True(), Integer(0)}),
                    Criticality::kCritical),
      MakeExtension("2.5.29.31", Points()),
      MakeExtension("2.5.29.46", Points()),
      MakeExtension("2.5.29.56", Hex("0500"))};
  text.not_after = GeneralizedTime("99991231235959Z");
  corpus.WriteDer("certificate", "good_ca", text.Der());
  text.version = {};
  corpus.WriteDer("certificate", "invalid_v1_extensions", text.Der());
}

void WriteNames(const Corpus& corpus) {
  // Combining marks in the wrong order.
  std::string acutes, dots;
  for (int i = 0; i < 500; ++i) {
    acutes += "\u0301";
    dots += "\u0323";
  }
  const std::vector<std::pair<const char*, Octets>> values = {
      {"utf8", Utf8("Минцифры  России \u00c9")},
      {"printable", Text(der::kPrintableString, "Issuing CA 1")},
      {"teletex", Text(der::kTeletexString, "caf\xe9")},
      {"bmp", Tlv(der::kBmpString, Hex("041c 043e"))},
      {"universal", Tlv(der::kUniversalString, Hex("0001f600"))},
      {"escapes", Utf8(" #a,b+c;d\"e\\f<g>\n ")},
      {"no_string", Hex("0401aa")},
      {"broken_utf8", Utf8("a\xff\xc0\x80")},
      {"marks", Utf8("a" + acutes + dots)},
      {"half_surrogate", Tlv(der::kBmpString, Hex("d800"))}};
  for (const auto& [name, value] : values) {
    corpus.WriteDer("name", std::string("good_") + name,
                    NameOf({Attribute("2.5.4.10", Utf8("O")),
                            Attribute("2.5.4.3", value)}));
  }
  corpus.Write("name", "good_multi_valued",
               Seq({Nest(der::kSet, {Attribute("2.5.4.3", Utf8("a")),
                                     Attribute("2.999.5", Utf8("b"))})}));
  for (const char* text :
       {"CN=CA 1,O=Example\\, Inc", "OID.2.5.4.3 = \"a,b\" + O=#0c0161",
        "CN=a\\", "CN=#0c05aa"})
    corpus.Write("name", "text_" + std::to_string(std::string(text).size()),
                 Ascii(text));
}

void WriteOcsp(const Corpus& corpus) {
  const Octets other =
      MakeExtension("1.2.3", Hex("0500"), Criticality::kCritical);
  ResponseText text;
  corpus.Write("ocsp_response", "good", text.Der());
  SingleText single;
  corpus.Write("ocsp_single", "good", single.Der());
  corpus.Write("ocsp_cert_id", "good", single.cert_id);
  single.status = Revoked("19700101000000Z", 6);
  single.extensions = {
      MakeExtension("1.3.6.1.5.5.7.48.1.6", GeneralizedTime("20200101000000Z")),
      MakeExtension("1.3.6.1.5.5.7.48.1.3",
                    Seq({Nest(der::ContextConstructed(0),
                              {Text(der::kIa5String, "http://a/")}),
                         Nest(der::ContextConstructed(1), {Integer(7)}),
                         Nest(der::ContextConstructed(2),
                              {GeneralizedTime("20260109000000Z")})})),
      Reason(6), other};
  corpus.Write("ocsp_single", "good_all", single.Der());
  text.responses.push_back(single.Der());
  single.status = Unknown();
  single.next_update = {};
  text.responses.push_back(single.Der());
  text.responder = ByKey(Octets(20, 1));
  text.extensions = {NonceExtension(Octets(32, 1)),
                     MakeExtension("1.3.6.1.5.5.7.48.1.9", Hex("0500")), other};
  text.certificates = {CertificateText().Der()};
  corpus.Write("ocsp_response", "good_all", text.Der());
  corpus.Write("ocsp_response", "good_response_data", text.Tbs());
  text.extensions = {NonceExtension({})};
  corpus.Write("ocsp_response", "invalid_nonce", text.Der());
  ResponseText refused;
  refused.status = Tlv(der::kEnumerated, Octets{3});
  refused.response_bytes = Octets{};
  corpus.Write("ocsp_response", "good_try_later", refused.Der());
  RequestText request;
  corpus.Write("ocsp_request", "good", request.Der());
  request.extensions = {NonceExtension(Octets(128, 1)), other};
  request.requests.push_back(Seq(
      {CertIdText().Der(), Nest(der::ContextConstructed(0), {Seq({other})})}));
  corpus.Write("ocsp_request", "good_two", request.Der());
}

// A record as ocsp_cache_file.cc writes it, of certificate 0102.
Octets CacheRecord(uint8_t status, uint8_t last_octet_of_until,
                   uint8_t response_size, uint8_t delegate = 255) {
  Octets record(104);
  record[0] = 1;
  record[1] = 2;
  record[21] = 2;    // octets of the serial
  record[24] = 100;  // this_update, seconds
  record[32] = 200;  // until
  record[39] = last_octet_of_until;
  record[88] = response_size;
  record[92] = status;
  record[93] = 255;  // no reason
  std::fill_n(record.begin() + 96, 4, delegate == 255 ? 255 : 0);
  record[96] = delegate;
  record.resize(104 + (response_size + 7) / 8 * 8);
  return record;
}

// The first octet has the numbers of records (three bits) and of delegates that
// the target announces.
void WriteOcspCaches(const Corpus& corpus) {
  const auto write = [&](const std::string& name, uint8_t count,
                         const std::vector<Octets>& records) {
    corpus.Write("ocsp_cache", name, Join({Octets{count}, Join(records)}));
  };
  write("good", 2, {CacheRecord(3, 0, 0), CacheRecord(0, 0, 3)});
  const Octets certificate = CertificateText().Der();
  Octets delegate(8 + (certificate.size() + 7) / 8 * 8);
  delegate[0] = static_cast<uint8_t>(certificate.size());
  delegate[1] = static_cast<uint8_t>(certificate.size() >> 8);
  std::copy(certificate.begin(), certificate.end(), delegate.begin() + 8);
  write("good_delegate", 8 + 1, {delegate, CacheRecord(3, 0, 0, 0)});
  write("invalid_delegate", 8 + 1, {delegate, CacheRecord(3, 0, 0, 1)});
  write("invalid_delegate_size", 8 + 1, {Octets(8, 255)});
  write("invalid_count", 3, {CacheRecord(3, 0, 0)});
  write("invalid_status", 1, {CacheRecord(9, 0, 0)});
  write("invalid_time", 1, {CacheRecord(3, 0x40, 0)});
}

void WriteLists(const Corpus& corpus) {
  const std::string digest(64, 'a');
  const std::vector<std::pair<std::string, std::string>> lists = {
      {"good_digest", "issuer,serial\n" + digest + ",0a:1B 2c\n"},
      {"good_name", "serial,other,issuer\r\n0x01,,\"CN=CA, O=\"\"A\"\"\"\r\n"},
      {"good_tabs_and_times",
       "issuer\tserial\tnot_before\tnot_after\nCN=CA\t-7f\t0\t"
       "2026-06-01T00:00:00Z\nCN=CA\t00\t\t\n"},
      {"good_mark_and_blank_lines",
       "\xef\xbb\xbfissuer,serial\n\n" + digest + ",1\n\n"},
      {"invalid_rows",
       "issuer,serial\n,1\nCN=CA,zz\nCN=CA\n\"CN=CA,1\nCN=\xff,1"},
      {"good_semicolons",
       "issuer;serial;\"a, b\"\n\"CN=CA;O=X\";01;x\nCN=CA,O=X;02;\n"},
      {"good_decimal",
       "issuer,serial_decimal\nCN=CA,4097\n" + digest +
           ",-1\nCN=CA,1461501637330902918203684832716283019655932542976\n"},
      {"invalid_column_twice", "issuer,serial,issuer\nCN=CA,1,CN=CA\n"},
  };
  for (const auto& [name, list] : lists)
    corpus.Write("list", name, Ascii(list));
}

void WriteBundles(const Corpus& corpus) {
  using namespace std::string_literals;
  const std::string begin = "-----BEGIN CERTIFICATE-----\nMAA=\n";
  const std::string pem = begin + "-----END CERTIFICATE-----\n";
  const std::string key = "-----BEGIN KEY-----\nA: b\n\n-----END KEY-----\n";
  const std::string certificate = "\x30\x0a\x30\x08\xa0\3\2\1\2\2\1\5";
  const std::string crl = "\x30\x0b\x30\x09\2\1\1\x30\0\x30\0\x17\0"s;
  // Says that it is SignedData, and has none.
  const std::string pkcs7 = "\x30\x0b\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\2";
  // The first two octets are the size of the pieces that it comes in.
  const std::vector<std::pair<std::string, std::string>> bundles = {
      {"good_pem", "\x28\0"s + key + pem + "text\n" + pem},
      {"good_der", "\x14\0"s + certificate + crl + certificate},
      {"invalid_pem_lines", "\x30\0"s + pem.substr(1) + key + pem.substr(7) +
                                begin + "A-A" + pem + "-----BEGI"},
      {"invalid_pem", "\x70\0"s + pem + begin + pem + begin},
      {"invalid_pkcs7", "\x05\0"s + pkcs7 + certificate},
      {"invalid_pkcs7_pem",
       "\x20\0"s + pem + "-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----"},
      {"invalid_behind_der", "\x0d\0"s + certificate + "\x30\x80"},
  };
  for (const auto& [name, bundle] : bundles)
    corpus.Write("bundle", name, Ascii(bundle));
}

void Require(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

// With a key that is no secret, so that the octets are the same every time.
void WriteSegmentOf(const CrlText& text, const std::string& path) {
  const Octets der = text.Der();
  const CrlView crl = *CrlView::Parse(der);
  const CrlIndex index = *IndexCrl(crl, HashKey{{1, 2, 3, 4, 5, 6}}, {});
  SegmentParts parts;
  parts.statistics = index.statistics;
  for (const IssuerIndex& issuer : index.issuers)
    parts.sets.push_back({issuer.certificate_issuer, issuer.index.bytes()});
  const auto staged =
      *StagedFile::Create(&FileSystem::System(), path + ".part", 1 << 20);
  Require(staged->Append(der));
  Require(WriteSegment(staged.get(), parts, Threads::kOne));
  Require(staged->MoveTo(path));
}

void WriteStores(const Corpus& corpus) {
  CrlText text;
  WriteSegmentOf(text, corpus.PathOf("segment", "good_one_entry"));
  text.entries = {
      Entry(Integer(5)),
      Entry(Integer(6), kDate,
            {CertificateIssuer(CommonName("Other CA")), Reason(8)})};
  text.extensions = {
      IssuingPoint({True(der::ContextPrimitive(4))}),
      MakeExtension("2.5.29.20", Integer(1)),
      MakeExtension("2.5.29.27", Integer(0), Criticality::kCritical)};
  WriteSegmentOf(text, corpus.PathOf("segment", "good_indirect_delta"));
  // The delta of a CA's own certificates, whose set has a filter before it.
  text.entries = {Entry(IntegerOf("0123")),
                  Entry(Integer(7), kDate, {Reason(6)}),
                  Entry(Integer(8), kDate, {Reason(8)})};
  text.extensions = {
      MakeExtension("2.5.29.20", Integer(9)),
      MakeExtension("2.5.29.27", Integer(7), Criticality::kCritical)};
  WriteSegmentOf(text, corpus.PathOf("segment", "good_delta"));
  Manifest manifest;
  corpus.Write("manifest", "good_empty", EncodeManifest(manifest));
  const auto certificate = Buffer::FromVector(CertificateText().Der());
  manifest.generation = 7;
  manifest.next_segment = 9;
  manifest.certificates = {
      {certificate, ManifestCertificate::Trust::kVouchedFor, {}},
      {certificate,
       ManifestCertificate::Trust::kUntrusted,
       {{0, AnchorKind::kAny, WeakDigest::kRefuse, FromUnix(1), FromUnix(2)},
        {0, AnchorKind::kSelfSigned, WeakDigest::kAllowSha1, FromUnix(1),
         FromUnix(2)}}}};
  manifest.packs = {{7, 20480, 5}};
  manifest.segments = {{3, 8192, 0x1234, FromUnix(5)},
                       {8, 4096, 1, {}, 7, 512}};
  corpus.Write("manifest", "good_all", EncodeManifest(manifest));
}

}  // namespace
}  // namespace revstat::test

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "fuzz_make_corpus FOLDER\n";
    return 2;
  }
  const revstat::test::Corpus corpus(argv[1]);
  revstat::test::WriteCrls(corpus);
  revstat::test::WriteCertificates(corpus);
  revstat::test::WriteNames(corpus);
  revstat::test::WriteOcspCaches(corpus);
  revstat::test::WriteLists(corpus);
  revstat::test::WriteBundles(corpus);
  revstat::test::WriteStores(corpus);
  revstat::test::WriteOcsp(corpus);
  return 0;
}
