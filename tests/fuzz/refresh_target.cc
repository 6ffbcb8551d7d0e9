// The sources file, the refresher's state, CRLs in PEM, and the headers that
// say how long an answer is fresh: the first octet chooses.
#include "engine/refresh/http_freshness.h"
#include "engine/refresh/pem_crl.h"
#include "engine/refresh/refresh_state.h"
#include "engine/refresh/sources.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text = TextOf(Bytes(data + 1, size - 1));
  if (data[0] == 's') {
    const ParsedSources parsed = ParseSources(text, "folder");
    fuzz::Check(!parsed.problems.empty() || !parsed.issuers.empty(),
                "a block or a problem");
    for (const ConfigProblem& problem : parsed.problems)
      fuzz::Check(!problem.message.empty(), "a problem has a message");
  } else if (data[0] == 't') {
    const RefreshState state = DecodeRefreshState(text);
    const RefreshState again = DecodeRefreshState(EncodeRefreshState(state));
    fuzz::Check(again == state, "the state is read back");
  } else if (data[0] == 'p') {
    const Bytes body = BytesOf(text);
    size_t octets = 0;
    const auto append = [&](Bytes piece) {
      octets += piece.size();
      return absl::OkStatus();
    };
    if (IsPemCrl(body)) DecodePemCrl(body, append).IgnoreError();
    fuzz::Check(octets < size, "DER is shorter than its base64");
    const absl::Status error = absl::InvalidArgumentError("refused");
    fuzz::Check(!TellWhatItIs(body, error).ok(), "an error stays one");
  } else {
    const std::string_view head = text.substr(0, text.find('\n'));
    const std::string_view rest = text.substr(head.size());
    const auto fresh = FreshnessOf({head, rest, head, rest});
    (void)IsStrongLastModified(head, rest, FromUnix(1'780'000'000));
    const auto retry = ParseRetryAfter(head, FromUnix(1'780'000'000));
    for (const auto& value : {fresh, retry}) {
      fuzz::Check(!value || (value->count() >= 0 &&
                             *value <= std::chrono::hours(24 * 366)),
                  "a time is within a year");
    }
  }
  return 0;
}
