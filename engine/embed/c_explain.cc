#include <string>

#include "engine/base/json_text.h"
#include "engine/embed/c_question.h"
#include "engine/embed/c_report.h"
#include "engine/embed/c_store.h"
#include "engine/x509/name_text.h"

namespace revstat::c {
namespace {

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
  AddAnswer(
      verdict, SourceOfCrl(snapshot.Explain(question.key, verdict)),
      question.not_after != Time::max() ? Validity::kKnown : Validity::kUnknown,
      &object);
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
