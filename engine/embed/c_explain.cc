#include <string>

#include "engine/base/json_text.h"
#include "engine/embed/c_question.h"
#include "engine/embed/c_store.h"
#include "engine/x509/name_text.h"

namespace revstat::c {
namespace {

std::string SourceObject(const CrlSource& source) {
  const CrlView& crl = source.crl();
  JsonObject object;
  object.Text("kind", "crl");
  object.Text("issuer", FormatName(crl.issuer()));
  if (crl.crl_number().has_value())
    object.Text("crl_number", ToHex(crl.crl_number()->magnitude()));
  object.At("this_update", crl.this_update());
  if (crl.next_update().has_value())
    object.At("next_update", *crl.next_update());
  object.Text("sha256", ToHex(source.sha256()));
  return object.Take();
}

// `certificate` null for a bare serial.
std::string Explanation(const Snapshot& snapshot, uint64_t generation,
                        const CertificateView* certificate,
                        const Question& question, const Verdict& verdict) {
  JsonObject object;
  if (certificate != nullptr) {
    object.Text("subject", FormatName(certificate->subject()));
    object.Text("issuer", FormatName(certificate->issuer()));
  } else if (question.key.issuer < snapshot.issuers().size()) {
    object.Text(
        "issuer",
        FormatName(snapshot.issuers()[question.key.issuer].view.subject()));
  }
  object.Text("serial", question.key.serial.ToText());
  object.Text("status", NameOf(verdict.status));
  if (question.not_after != Time::max())
    object.Raw("expired", verdict.is_expired() ? "true" : "false");
  if ((verdict.flags & Verdict::kMustStaple) != 0)
    object.Raw("must_staple", "true");
  const Evidence evidence = snapshot.Explain(question.key, verdict);
  if (verdict.status == Status::kRevoked || verdict.status == Status::kOnHold) {
    object.Text("reason", NameOf(verdict.reason));
    object.At("revocation_time", verdict.revocation_time());
    if (evidence.entry.has_value() &&
        evidence.entry->invalidity_date.has_value())
      object.At("invalidity_time", *evidence.entry->invalidity_date);
  }
  object.Text("cause", NameOf(verdict.cause));
  if (evidence.crl != nullptr)
    object.Raw("source", SourceObject(*evidence.crl));
  object.Number("generation", static_cast<int64_t>(generation));
  return object.Take();
}

revstat_error Explain(const revstat_store& store, int64_t at,
                      const revstat_query& query, std::string* text) {
  const uint64_t generation = store.reader->generation();
  const SnapshotPublisher::Reader snapshot(store.reader->publisher());
  if (snapshot->is_left_behind()) return IsForked();
  QueryReader reader(*snapshot);
  Question question;
  absl::StatusOr<CertificateView> certificate = absl::UnknownError("");
  if (query.certificate != nullptr) {
    certificate = CertificateView::Parse(CertificateOf(query));
    if (!certificate.ok()) return Fail(certificate.status());
    question = *reader.QuestionOf(query);
  } else {
    const auto key = reader.KeyOf(query);
    if (!key.ok()) return Fail(key.status());
    question.key = *key;
  }
  const Verdict verdict = Check(*snapshot, store.PolicyAt(at), question);
  *text = Explanation(*snapshot, generation,
                      certificate.ok() ? &*certificate : nullptr, question,
                      verdict);
  return REVSTAT_OK;
}

}  // namespace
}  // namespace revstat::c

revstat_error revstat_explain(const revstat_store* store, int64_t at,
                              const revstat_query* query, char* buffer,
                              size_t size, size_t* needed) {
  using namespace revstat::c;
  if (needed != nullptr) *needed = 0;
  if (buffer == nullptr && size > 0) return Refuse("buffer");
  if (size > 0) buffer[0] = '\0';
  if (store == nullptr) return Refuse("store");
  if (query == nullptr) return Refuse("query");
  if (!IsTime(at)) return Refuse("at");
  return Guarded([&] {
    std::string text;
    const revstat_error error = Explain(*store, at, *query, &text);
    return error == REVSTAT_OK ? WriteText(text, buffer, size, needed) : error;
  });
}
