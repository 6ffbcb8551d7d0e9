#include "bench/result_check.h"

#include <string_view>

#include "bench/listed_contenders.h"
#include "engine/base/buffer.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/x509/crl.h"

namespace revstat::bench {
namespace {

// The front of *text up to `end`, which is taken off as well; all of it where
// there is none.
std::string_view Take(std::string_view* text, std::string_view end) {
  const size_t size = text->find(end);
  const std::string_view front = text->substr(0, size);
  text->remove_prefix(size == text->npos ? text->size() : size + end.size());
  return front;
}

absl::Status CheckRow(std::string_view row, const SerialHashSet& listed) {
  Take(&row, "\",");  // input, and the issuer: its name has a comma, so quotes
  const std::string_view text = Take(&row, ",");
  const std::string_view status = Take(&row, ",");
  const auto serial = SerialNumber::FromText(text);
  if (!serial.ok()) return serial.status();
  if (status == (listed.contains(*serial) ? "revoked" : "active"))
    return absl::OkStatus();
  return absl::InternalError(
      Concat({"revstat check says '", status, "' of serial ", text,
              ", and the CRL does not"}));
}

}  // namespace

absl::Status CheckResult(const std::string& csv, const std::string& crl,
                         uint64_t rows) {
  const auto der = Buffer::ReadFile(crl);
  if (!der.ok()) return der.status();
  const auto view = CrlView::Parse((*der)->bytes());
  if (!view.ok()) return view.status();
  const SerialHashSet listed = MakeSerialHashSet(*view);
  const auto result = Buffer::ReadFile(csv);
  if (!result.ok()) return result.status();

  std::string_view rest = TextOf((*result)->bytes());
  Take(&rest, "\n");  // the header
  uint64_t seen = 0;
  for (; !rest.empty(); ++seen) {
    const absl::Status checked = CheckRow(Take(&rest, "\n"), listed);
    if (!checked.ok()) return Annotate(checked, csv);
  }
  if (seen == rows) return absl::OkStatus();
  return absl::InternalError(Concat(
      {csv, ": ", std::to_string(seen), " rows, not ", std::to_string(rows)}));
}

}  // namespace revstat::bench
