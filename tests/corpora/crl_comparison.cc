#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <memory>

#include "engine/x509/crl.h"
#include "engine/x509/crl_entry.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"
#include "tests/corpora/openssl_fields.h"

namespace revstat::test {
namespace {

std::string OptionalTime(const std::optional<Time>& time) {
  return time ? FormatTime(*time) : "none";
}

Lines OurHeader(const CrlView& crl) {
  Lines lines = {
      Concat({"version ", std::to_string(crl.version())}),
      Concat({"issuer ", ToHex(crl.issuer().tlv())}),
      Concat({"thisUpdate ", FormatTime(crl.this_update())}),
      Concat({"nextUpdate ", OptionalTime(crl.next_update())}),
      Concat({"algorithm ", ToHex(crl.signature_algorithm_tlv())}),
      Concat({"signature ", ToHex(crl.signature())}),
      Concat({"cRLNumber ", crl.crl_number()
                                ? ToHex(crl.crl_number()->magnitude())
                                : "none"}),
      Concat({"BaseCRLNumber ", crl.base_crl_number()
                                    ? ToHex(crl.base_crl_number()->magnitude())
                                    : "none"}),
      Concat({"keyIdentifier ",
              ToHex(crl.authority_key_identifier().key_identifier)}),
      Concat({"indirect ", crl.is_indirect() ? "1" : "0"})};
  if (crl.extensions().empty()) return lines;
  der::Trace trace(crl.extensions());
  der::Cursor cursor(crl.extensions(), &trace);
  ReadExtensions(cursor, "extensions", [&](const Extension& extension) {
    lines.push_back(Concat({"extension ", oid::ToDotted(extension.oid),
                            extension.critical() ? " critical " : " ",
                            ToHex(extension.value)}));
  });
  return lines;
}

void AppendOurEntry(const CrlEntry& entry, Lines* lines) {
  std::string reason = entry.reason == ReasonCode::kAbsent
                           ? "none"
                           : std::to_string(static_cast<int>(entry.reason));
  lines->push_back(Concat({"entry ", ToHex(entry.serial.content()), " ",
                           FormatTime(entry.revocation_date), " ", reason, " ",
                           OptionalTime(entry.invalidity_date)}));
}

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

template <class T>
std::string NumberText(const X509_CRL* crl, int nid, T*) {
  const Owned<ASN1_INTEGER> number(
      static_cast<ASN1_INTEGER*>(
          X509_CRL_get_ext_d2i(crl, nid, nullptr, nullptr)),
      ASN1_INTEGER_free);
  if (number == nullptr) return "none";
  // OpenSSL keeps the magnitude without leading zeros, and zero as one octet.
  return Concat(
      {ASN1_STRING_type(number.get()) == V_ASN1_NEG_INTEGER ? "-" : "",
       Octets(number.get())});
}

std::string KeyIdentifierText(const X509_CRL* crl) {
  int found = 0;
  const Owned<AUTHORITY_KEYID> key(
      static_cast<AUTHORITY_KEYID*>(X509_CRL_get_ext_d2i(
          crl, NID_authority_key_identifier, &found, nullptr)),
      AUTHORITY_KEYID_free);
  if (key == nullptr) return found == -1 ? "" : kUndecoded;
  return key->keyid == nullptr ? "" : Octets(key->keyid);
}

std::string IndirectText(const X509_CRL* crl) {
  const Owned<ISSUING_DIST_POINT> point(
      static_cast<ISSUING_DIST_POINT*>(X509_CRL_get_ext_d2i(
          crl, NID_issuing_distribution_point, nullptr, nullptr)),
      ISSUING_DIST_POINT_free);
  return point != nullptr && point->indirectCRL != 0 ? "1" : "0";
}

std::string AlgorithmText(const X509_CRL* crl, const ASN1_BIT_STRING** bits) {
  const X509_ALGOR* algorithm = nullptr;
  X509_CRL_get0_signature(crl, bits, &algorithm);
  return DerHex<X509_ALGOR>(algorithm, i2d_X509_ALGOR);
}

Lines TheirHeader(const X509_CRL* crl) {
  const ASN1_BIT_STRING* signature = nullptr;
  const std::string algorithm = AlgorithmText(crl, &signature);
  Lines lines = {
      Concat({"version ", std::to_string(X509_CRL_get_version(crl) + 1)}),
      Concat({"issuer ",
              DerHex<X509_NAME>(X509_CRL_get_issuer(crl), i2d_X509_NAME)}),
      Concat({"thisUpdate ", TimeText(X509_CRL_get0_lastUpdate(crl))}),
      Concat({"nextUpdate ", TimeText(X509_CRL_get0_nextUpdate(crl))}),
      Concat({"algorithm ", algorithm}),
      Concat({"signature ", Octets(signature)}),
      Concat({"cRLNumber ", NumberText(crl, NID_crl_number, crl)}),
      Concat({"BaseCRLNumber ", NumberText(crl, NID_delta_crl, crl)}),
      Concat({"keyIdentifier ", KeyIdentifierText(crl)}),
      Concat({"indirect ", IndirectText(crl)})};
  for (int i = 0; i < X509_CRL_get_ext_count(crl); ++i)
    lines.push_back(
        Concat({"extension ", ExtensionText(X509_CRL_get_ext(crl, i))}));
  return lines;
}

void AppendTheirEntry(const X509_REVOKED* revoked, Lines* lines) {
  const Owned<ASN1_ENUMERATED> reason(
      static_cast<ASN1_ENUMERATED*>(
          X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, nullptr, nullptr)),
      ASN1_ENUMERATED_free);
  const Owned<ASN1_GENERALIZEDTIME> invalidity(
      static_cast<ASN1_GENERALIZEDTIME*>(X509_REVOKED_get_ext_d2i(
          revoked, NID_invalidity_date, nullptr, nullptr)),
      ASN1_GENERALIZEDTIME_free);
  const std::string serial = DerHex<ASN1_INTEGER>(
      X509_REVOKED_get0_serialNumber(revoked), i2d_ASN1_INTEGER);
  lines->push_back(Concat(
      {"entry ", serial.substr(std::min<size_t>(4, serial.size())), " ",
       TimeText(X509_REVOKED_get0_revocationDate(revoked)), " ",
       reason == nullptr ? "none"
                         : std::to_string(ASN1_ENUMERATED_get(reason.get())),
       " ", TimeText(invalidity.get())}));
}

}  // namespace

Comparison CompareCrl(Bytes der) {
  Comparison result;
  const auto crl = CrlView::Parse(der);
  if (crl.ok()) {
    Lines lines = OurHeader(*crl);
    CrlEntryReader reader(*crl);
    while (reader.Next()) AppendOurEntry(reader.entry(), &lines);
    if (reader.error().ok()) result.ours = std::move(lines);
    result.our_error = NameOf(reader.error().code);
    result.our_message = MessageOf(ToStatus(reader.error()));
  } else {
    result.our_error = NameOf(ErrorCodeOf(crl.status()));
    result.our_message = MessageOf(crl.status());
  }

  const uint8_t* position = der.data();
  const Owned<X509_CRL> theirs(
      d2i_X509_CRL(nullptr, &position, static_cast<long>(der.size())),
      X509_CRL_free);
  ERR_clear_error();
  if (theirs == nullptr || position != der.data() + der.size()) return result;
  Lines lines = TheirHeader(theirs.get());
  const STACK_OF(X509_REVOKED)* revoked = X509_CRL_get_REVOKED(theirs.get());
  for (int i = 0; i < sk_X509_REVOKED_num(revoked); ++i)
    AppendTheirEntry(sk_X509_REVOKED_value(revoked, i), &lines);
  result.theirs = std::move(lines);
  return result;
}

}  // namespace revstat::test
