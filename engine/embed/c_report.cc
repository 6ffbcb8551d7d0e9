#include "engine/embed/c_report.h"

namespace revstat::c {
namespace {

std::string SourceObject(const RevocationSource& source) {
  JsonObject object;
  const bool is_crl = source.kind == RevocationSource::Kind::kCrl;
  object.Text("kind", is_crl ? "crl" : "ocsp");
  object.Text("issuer", source.issuer);
  object.Text("crl_number", source.crl_number);
  object.At("this_update", source.this_update);
  if (source.next_update.has_value())
    object.At("next_update", *source.next_update);
  object.Text("sha256", ToHex(source.sha256));
  return object.Take();
}

std::string CertificateObject(const CertificateReport& certificate) {
  JsonObject object;
  object.Number("depth", certificate.depth);
  if (certificate.issuer_sha256.has_value())
    object.Text("issuer_sha256", ToHex(*certificate.issuer_sha256));
  object.Text("serial", certificate.serial.ToText());
  AddAnswer(certificate.verdict, certificate.source, Validity::kKnown, &object);
  return object.Take();
}

}  // namespace

void AddAnswer(const Verdict& verdict, const RevocationSource& source,
               Validity validity, JsonObject* object) {
  object->Text("status", NameOf(verdict.status));
  if (validity == Validity::kKnown)
    object->Raw("expired", verdict.is_expired() ? "true" : "false");
  if ((verdict.flags & Verdict::kMustStaple) != 0)
    object->Raw("must_staple", "true");
  if (verdict.status == Status::kRevoked || verdict.status == Status::kOnHold) {
    object->Text("reason", NameOf(verdict.reason));
    object->At("revocation_time", verdict.revocation_time());
    if (source.invalidity_time.has_value())
      object->At("invalidity_time", *source.invalidity_time);
  }
  object->Text("cause", NameOf(verdict.cause));
  if (source.kind != RevocationSource::Kind::kNone)
    object->Raw("source", SourceObject(source));
}

std::string JsonOf(const RevocationReport& report) {
  std::string certificates;
  for (const CertificateReport& certificate : report.certificates) {
    certificates += certificates.empty() ? '[' : ',';
    certificates += CertificateObject(certificate);
  }
  certificates += certificates.empty() ? "[]" : "]";
  JsonObject object;
  object.At("at", report.at);
  object.Raw("certificates", certificates);
  return object.Take();
}

}  // namespace revstat::c
