#include "engine/snapshot/verdict.h"

#include <array>
#include <string>

namespace revstat {
namespace {

struct CauseRow {
  std::string_view constant;
  std::string_view text;
};

constexpr auto kCauses = std::to_array<CauseRow>({
#define REVSTAT_ROW(name, text) {#name, text},
    REVSTAT_CAUSES(REVSTAT_ROW)
#undef REVSTAT_ROW
});

// "kNoSource" -> "no_source"; "" for kNone.
std::array<std::string, kCauses.size()> MakeNames() {
  std::array<std::string, kCauses.size()> names;
  for (size_t i = 1; i < names.size(); ++i) {
    for (char c : kCauses[i].constant.substr(1)) {
      const bool upper = c >= 'A' && c <= 'Z';
      if (upper && !names[i].empty()) names[i] += '_';
      names[i] += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return names;
}

}  // namespace

std::string_view NameOf(Status status) {
  switch (status) {
    case Status::kRevoked:
      return "revoked";
    case Status::kOnHold:
      return "on_hold";
    case Status::kExpired:
      return "expired";
    case Status::kNotYetValid:
      return "not_yet_valid";
    case Status::kActive:
      return "active";
    case Status::kUnknown:
      return "unknown";
  }
  return "";
}

std::string_view NameOf(Cause cause) {
  static const auto& names = *new auto(MakeNames());
  return names[static_cast<size_t>(cause)];
}

std::string_view MeaningOf(Cause cause) {
  return kCauses[static_cast<size_t>(cause)].text;
}

Cause CauseOf(ErrorCode refused) {
  switch (refused) {
    case ErrorCode::kOk:
      return Cause::kNone;
    case ErrorCode::kBadSignature:
      return Cause::kBadSignature;
    case ErrorCode::kKeyIdentifierMismatch:
    case ErrorCode::kCrlSignMissing:
    case ErrorCode::kWrongIssuer:
    case ErrorCode::kNoIssuer:
    case ErrorCode::kUnsupportedKey:
      return Cause::kWrongKey;
    case ErrorCode::kUnsupportedAlgorithm:
      return Cause::kUnsupportedAlgorithm;
    case ErrorCode::kWeakAlgorithm:
      return Cause::kWeakAlgorithm;
    case ErrorCode::kUnsupportedCriticalExtension:
      return Cause::kUnsupportedCriticalExtension;
    case ErrorCode::kBadUrl:
    case ErrorCode::kSchemeNotAllowed:
    case ErrorCode::kAddressNotAllowed:
    case ErrorCode::kHostNotFound:
    case ErrorCode::kConnectFailed:
    case ErrorCode::kTlsFailed:
    case ErrorCode::kTimedOut:
    case ErrorCode::kTooSlow:
    case ErrorCode::kTooManyRedirects:
    case ErrorCode::kRedirectNotAllowed:
    case ErrorCode::kHttpStatus:
    case ErrorCode::kUnexpectedNotModified:
    case ErrorCode::kTransferBroken:
    case ErrorCode::kNotHttp:
    case ErrorCode::kBadContentEncoding:
    case ErrorCode::kHeadersTooLarge:
    case ErrorCode::kWrongContentType:
    case ErrorCode::kFetchFailed:
      return Cause::kResponderNotReached;
    case ErrorCode::kOcspMalformedRequest:
      return Cause::kResponderMalformedRequest;
    case ErrorCode::kOcspInternalError:
      return Cause::kResponderInternalError;
    case ErrorCode::kOcspTryLater:
      return Cause::kResponderTryLater;
    case ErrorCode::kOcspSigRequired:
      return Cause::kResponderSigRequired;
    case ErrorCode::kOcspUnauthorized:
      return Cause::kResponderUnauthorized;
    case ErrorCode::kOcspNotBasic:
      return Cause::kNotBasicResponse;
    case ErrorCode::kOcspOtherIssuer:
      return Cause::kOtherIssuerAnswered;
    case ErrorCode::kOcspUnsupportedCertId:
      return Cause::kUnsupportedCertId;
    case ErrorCode::kOcspNoAnswer:
      return Cause::kNotAnswered;
    case ErrorCode::kOcspSignerUnknown:
      return Cause::kResponderNotKnown;
    case ErrorCode::kOcspSignerNotIssued:
      return Cause::kResponderNotDelegated;
    case ErrorCode::kOcspSigningMissing:
      return Cause::kOcspSigningMissing;
    case ErrorCode::kOcspSignerExpired:
      return Cause::kResponderExpired;
    case ErrorCode::kOcspSignerNotYetValid:
      return Cause::kResponderNotYetValid;
    case ErrorCode::kOcspSignerRevoked:
      return Cause::kResponderRevoked;
    case ErrorCode::kOcspSignerUnchecked:
      return Cause::kResponderUnchecked;
    case ErrorCode::kOcspNonceMissing:
      return Cause::kNonceMissing;
    case ErrorCode::kOcspNonceMismatch:
      return Cause::kNonceMismatch;
    case ErrorCode::kOcspNotYetCurrent:
      return Cause::kNotYetCurrent;
    case ErrorCode::kOcspNoNextUpdate:
      return Cause::kNoNextUpdate;
    case ErrorCode::kOcspStale:
    case ErrorCode::kOcspTooOld:
      return Cause::kStale;
    case ErrorCode::kTooLarge:
    case ErrorCode::kTooMany:
      return Cause::kTooLarge;
    default:
      return Cause::kMalformed;
  }
}

}  // namespace revstat
