#include "engine/x509/ocsp_cert_id.h"

#include "engine/der/primitives.h"
#include "engine/x509/der_writer.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

struct HashRow {
  CertIdHash hash;
  size_t size;
  Bytes oid;
};

constexpr std::array<uint8_t, 5> kSha1 = {0x2b, 0x0e, 0x03, 0x02, 0x1a};
// 2.16.840.1.101.3.4.2.n
template <uint8_t n>
constexpr std::array<uint8_t, 9> kNistHash = {0x60, 0x86, 0x48, 0x01, 0x65,
                                              0x03, 0x04, 0x02, n};
constexpr auto kSha256 = kNistHash<1>;
constexpr auto kSha384 = kNistHash<2>;
constexpr auto kSha512 = kNistHash<3>;

constexpr HashRow kHashes[kCertIdHashes] = {
    {CertIdHash::kSha1, 20, kSha1},
    {CertIdHash::kSha256, 32, kSha256},
    {CertIdHash::kSha384, 48, kSha384},
    {CertIdHash::kSha512, 64, kSha512},
};

// AlgorithmIdentifier ::= SEQUENCE { algorithm, parameters ANY OPTIONAL }
// RFC 5754 2: parameters are absent or NULL. For others, whatever they are.
CertIdHash ReadHashAlgorithm(der::Cursor& cursor) {
  auto hash = CertIdHash::kOther;
  cursor.Nested(der::kSequence, "hashAlgorithm", [&](der::Cursor& body) {
    const Bytes oid = der::ReadOid(body, "hashAlgorithm");
    for (const HashRow& row : kHashes) {
      if (Equal(oid, row.oid)) hash = row.hash;
    }
    if (body.AtEnd()) return;
    if (hash == CertIdHash::kOther) {
      body.ReadAny("hashAlgorithm");
    } else if (const auto null = body.Read(der::kNull, "hashAlgorithm");
               !null.value.empty()) {
      body.FailAt(null.tlv, ErrorCode::kBadNull, "hashAlgorithm");
    }
  });
  return hash;
}

Bytes ReadHash(der::Cursor& cursor, CertIdHash hash, const char* field) {
  const der::Element element = cursor.Read(der::kOctetString, field);
  if (hash != CertIdHash::kOther && cursor.ok() &&
      element.value.size() != SizeOf(hash)) {
    cursor.FailAt(element.tlv, ErrorCode::kBadHashLength, field);
  }
  return element.value;
}

}  // namespace

size_t SizeOf(CertIdHash hash) {
  const auto row = static_cast<size_t>(hash);
  return row < kCertIdHashes ? kHashes[row].size : 0;
}

// CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier,
//   issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING,
//   serialNumber CertificateSerialNumber }
CertId ReadCertId(der::Cursor& cursor, const char* field) {
  CertId id;
  id.tlv =
      cursor
          .Nested(
              der::kSequence, field,
              [&](der::Cursor& body) {
                id.hash = ReadHashAlgorithm(body);
                id.issuer_name_hash = ReadHash(body, id.hash, "issuerNameHash");
                id.issuer_key_hash = ReadHash(body, id.hash, "issuerKeyHash");
                id.serial = der::ReadSerialNumber(body, "serialNumber");
              })
          .tlv;
  return id;
}

std::vector<uint8_t> EncodeCertId(CertIdHash hash, Bytes issuer_name_hash,
                                  Bytes issuer_key_hash,
                                  const SerialNumber& serial) {
  // RFC 5754 2 would leave the parameters out for SHA-2, and have both read;
  // responders are known that compare octets with NULL there.
  const auto null = EncodeTlv(der::kNull, {});
  const auto oid = EncodeTlv(der::kOid, kHashes[static_cast<size_t>(hash)].oid);
  return EncodeSequence({EncodeSequence({oid, null}),
                         EncodeTlv(der::kOctetString, issuer_name_hash),
                         EncodeTlv(der::kOctetString, issuer_key_hash),
                         EncodeTlv(der::kInteger, serial.content())});
}

}  // namespace revstat
