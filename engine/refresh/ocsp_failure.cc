#include "engine/refresh/ocsp_failure.h"

namespace revstat {

bool IsHostFailure(ErrorCode code) {
  return code == ErrorCode::kHostNotFound ||
         code == ErrorCode::kConnectFailed || code == ErrorCode::kTlsFailed ||
         code == ErrorCode::kTimedOut || code == ErrorCode::kTooSlow;
}

bool IsPassing(ErrorCode code, int http_status) {
  if (code == ErrorCode::kHttpStatus)
    return http_status == 408 || http_status == 429 || http_status >= 500;
  return IsHostFailure(code) || code == ErrorCode::kTransferBroken ||
         code == ErrorCode::kOcspTryLater ||
         code == ErrorCode::kOcspInternalError;
}

bool IsFromThePast(ErrorCode code) {
  return code == ErrorCode::kOcspStale || code == ErrorCode::kOcspTooOld ||
         code == ErrorCode::kOlderThanHeld;
}

// Of a body that is cut off at the
// limit, nothing is known; of an answer from before the one held, that it is
// old.
Cause CauseOfAsking(ErrorCode code) {
  if (code == ErrorCode::kTooLarge) return Cause::kResponderNotReached;
  return code == ErrorCode::kOlderThanHeld ? Cause::kStale : CauseOf(code);
}

}  // namespace revstat
