#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <memory>

#include "engine/x509/certificate.h"
#include "tests/corpora/openssl_fields.h"

namespace revstat::test {
namespace {

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

// OpenSSL keeps no key as it was encoded: d2i clears the unused bits that BIT
// STRINGs of some fuzz inputs have. Ours goes the same way before it is
// compared.
std::string KeyText(Bytes spki_tlv) {
  const uint8_t* position = spki_tlv.data();
  const Owned<X509_PUBKEY> key(
      d2i_X509_PUBKEY(nullptr, &position, static_cast<long>(spki_tlv.size())),
      X509_PUBKEY_free);
  if (key == nullptr) return ToHex(spki_tlv);
  return DerHex<X509_PUBKEY>(key.get(), i2d_X509_PUBKEY);
}

Lines Ours(const CertificateView& certificate) {
  return {
      Concat({"serial ", ToHex(certificate.serial().content())}),
      Concat({"issuer ", ToHex(certificate.issuer().tlv())}),
      Concat({"subject ", ToHex(certificate.subject().tlv())}),
      Concat({"notBefore ", FormatTime(certificate.not_before())}),
      Concat({"notAfter ", FormatTime(certificate.not_after())}),
      Concat({"key ", KeyText(certificate.subject_public_key_info_tlv())}),
      Concat({"algorithm ", ToHex(certificate.signature_algorithm_tlv())}),
      Concat({"signature ", ToHex(certificate.signature())}),
      Concat({"keyUsage ", certificate.key_usage()
                               ? std::to_string(*certificate.key_usage())
                               : "none"}),
      Concat({"cA ",
              certificate.kind() == CertificateView::Kind::kCa ? "1" : "0"}),
      Concat({"subjectKeyIdentifier ",
              ToHex(certificate.subject_key_identifier())}),
      Concat({"keyIdentifier ",
              ToHex(certificate.authority_key_identifier().key_identifier)}),
      Concat(
          {"authorityCertSerialNumber ",
           ToHex(
               certificate.authority_key_identifier().authority_cert_serial)})};
}

// Named bits as our accessor gives them: bit i is named bit i.
std::string KeyUsageText(const X509* certificate) {
  const Owned<ASN1_BIT_STRING> bits(
      static_cast<ASN1_BIT_STRING*>(
          X509_get_ext_d2i(certificate, NID_key_usage, nullptr, nullptr)),
      ASN1_BIT_STRING_free);
  if (bits == nullptr) return "none";
  uint32_t mask = 0;
  for (int i = 0; i < 32; ++i) {
    if (ASN1_BIT_STRING_get_bit(bits.get(), i) != 0) mask |= uint32_t{1} << i;
  }
  return std::to_string(mask);
}

std::string CaText(const X509* certificate) {
  const Owned<BASIC_CONSTRAINTS> constraints(
      static_cast<BASIC_CONSTRAINTS*>(X509_get_ext_d2i(
          certificate, NID_basic_constraints, nullptr, nullptr)),
      BASIC_CONSTRAINTS_free);
  return constraints != nullptr && constraints->ca != 0 ? "1" : "0";
}

std::string SubjectKeyText(const X509* certificate) {
  const Owned<ASN1_OCTET_STRING> key(
      static_cast<ASN1_OCTET_STRING*>(X509_get_ext_d2i(
          certificate, NID_subject_key_identifier, nullptr, nullptr)),
      ASN1_OCTET_STRING_free);
  return key == nullptr ? "" : Octets(key.get());
}

Lines Theirs(X509* certificate) {
  int found = 0;
  const Owned<AUTHORITY_KEYID> authority(
      static_cast<AUTHORITY_KEYID*>(X509_get_ext_d2i(
          certificate, NID_authority_key_identifier, &found, nullptr)),
      AUTHORITY_KEYID_free);
  const bool undecoded = authority == nullptr && found != -1;
  const ASN1_OCTET_STRING* key =
      authority == nullptr ? nullptr : authority->keyid;
  const ASN1_INTEGER* serial =
      authority == nullptr ? nullptr : authority->serial;
  const ASN1_BIT_STRING* signature = nullptr;
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(&signature, &algorithm, certificate);
  const auto integer = [](const ASN1_INTEGER* value) {
    return value == nullptr
               ? ""
               : DerHex<ASN1_INTEGER>(value, i2d_ASN1_INTEGER).substr(4);
  };
  return {
      Concat({"serial ", integer(X509_get0_serialNumber(certificate))}),
      Concat({"issuer ", DerHex<X509_NAME>(X509_get_issuer_name(certificate),
                                           i2d_X509_NAME)}),
      Concat({"subject ", DerHex<X509_NAME>(X509_get_subject_name(certificate),
                                            i2d_X509_NAME)}),
      Concat({"notBefore ", TimeText(X509_get0_notBefore(certificate))}),
      Concat({"notAfter ", TimeText(X509_get0_notAfter(certificate))}),
      Concat({"key ", DerHex<X509_PUBKEY>(X509_get_X509_PUBKEY(certificate),
                                          i2d_X509_PUBKEY)}),
      Concat({"algorithm ", DerHex<X509_ALGOR>(algorithm, i2d_X509_ALGOR)}),
      Concat({"signature ", Octets(signature)}),
      Concat({"keyUsage ", KeyUsageText(certificate)}),
      Concat({"cA ", CaText(certificate)}),
      Concat({"subjectKeyIdentifier ", SubjectKeyText(certificate)}),
      Concat({"keyIdentifier ", undecoded        ? kUndecoded
                                : key == nullptr ? ""
                                                 : Octets(key)}),
      Concat({"authorityCertSerialNumber ",
              undecoded ? kUndecoded : integer(serial)})};
}

}  // namespace

Comparison CompareCertificate(Bytes der) {
  Comparison result;
  const auto ours = CertificateView::Parse(der);
  if (ours.ok()) result.ours = Ours(*ours);
  result.our_error = NameOf(ErrorCodeOf(ours.status()));
  result.our_message = MessageOf(ours.status());

  const uint8_t* position = der.data();
  const Owned<X509> theirs(
      d2i_X509(nullptr, &position, static_cast<long>(der.size())), X509_free);
  ERR_clear_error();
  if (theirs != nullptr && position == der.data() + der.size())
    result.theirs = Theirs(theirs.get());
  ERR_clear_error();
  return result;
}

}  // namespace revstat::test
