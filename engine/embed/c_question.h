// From a query of the C interface to a question of the engine. A part of it.
#ifndef REVSTAT_ENGINE_EMBED_C_QUESTION_H_
#define REVSTAT_ENGINE_EMBED_C_QUESTION_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "engine/check/checker.h"
#include "engine/check/issuer_resolver.h"
#include "engine/embed/revstat.h"

namespace revstat::c {

inline Bytes CertificateOf(const revstat_query& query) {
  return {query.certificate, query.certificate_size};
}

// Reads the queries of one call to one snapshot. Lifetime: borrows the snapshot
// and the texts of the queries. Thread-safety: one thread.
class QueryReader {
 public:
  explicit QueryReader(const Snapshot& snapshot) : resolver_(snapshot) {}

  // Of a query with a certificate. Errors: CertificateView's.
  absl::StatusOr<Question> QuestionOf(const revstat_query& query);
  // Of one with issuer and serial. Errors: kBadText, kSerialTooLong,
  // kMissingField.
  absl::StatusOr<LookupKey> KeyOf(const revstat_query& query);

 private:
  absl::StatusOr<IssuerId> IssuerNamed(std::string_view text);

  IssuerResolver resolver_;
  // Runs of serials mostly have one issuer.
  std::string_view last_text_;
  IssuerId last_issuer_ = kUnknownIssuer;
};

revstat_result ResultOf(const Verdict& verdict);

}  // namespace revstat::c

#endif  // REVSTAT_ENGINE_EMBED_C_QUESTION_H_
