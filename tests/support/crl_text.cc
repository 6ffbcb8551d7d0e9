#include "tests/support/crl_text.h"

namespace revstat::test {

Octets Ed25519Algorithm() { return Seq({Oid("1.3.101.112")}); }

Octets Entry(const Octets& serial, const Octets& date,
             const std::vector<Octets>& extensions) {
  return Seq({serial, date, extensions.empty() ? Octets{} : Seq(extensions)});
}

Octets Reason(uint8_t code, Criticality criticality) {
  return MakeExtension("2.5.29.21", Tlv(der::kEnumerated, Octets{code}),
                       criticality);
}

Octets InvalidityDate(const Octets& time) {
  return MakeExtension("2.5.29.24", time);
}

Octets CertificateIssuer(const Octets& name) {
  return MakeExtension("2.5.29.29",
                       Seq({Nest(der::ContextConstructed(4), {name})}),
                       Criticality::kCritical);
}

Octets IssuingPoint(const std::vector<Octets>& fields) {
  return MakeExtension("2.5.29.28", Seq(fields), Criticality::kCritical);
}

Octets CrlText::Tbs() const {
  Octets revoked;
  if (revoked_certificates.has_value()) {
    revoked = Tlv(der::kSequence, *revoked_certificates);
  } else if (!entries.empty()) {
    revoked = Seq(entries);
  }
  Octets extension_field;
  if (!extensions.empty())
    extension_field = Nest(der::ContextConstructed(0), {Seq(extensions)});
  return Seq({version, algorithm, issuer, this_update, next_update, revoked,
              extension_field, after_extensions});
}

Octets CrlText::Der() const {
  return Seq({Tbs(), outer_algorithm.value_or(algorithm), signature});
}

Octets CertificateText::Tbs() const {
  Octets extension_field;
  if (!extensions.empty())
    extension_field = Nest(der::ContextConstructed(3), {Seq(extensions)});
  return Seq({version, serial, algorithm, issuer, Seq({not_before, not_after}),
              subject, public_key, unique_ids, extension_field});
}

Octets CertificateText::Der() const {
  return Seq({Tbs(), outer_algorithm.value_or(algorithm), signature});
}

}  // namespace revstat::test
