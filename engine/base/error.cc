#include "engine/base/error.h"

#include <array>
#include <string>

#include "absl/strings/cord.h"
#include "engine/base/bytes.h"

namespace revstat {
namespace {

struct ErrorRow {
  std::string_view constant;
  ErrorClass error_class;
  std::string_view text;
};

constexpr auto kErrors = std::to_array<ErrorRow>({
#define REVSTAT_ROW(name, error_class, text) \
  {#name, ErrorClass::error_class, text},
    REVSTAT_ERRORS(REVSTAT_ROW)
#undef REVSTAT_ROW
});

constexpr char kPayloadUrl[] = "revstat/error-code";

const ErrorRow& RowOf(ErrorCode code) {
  return kErrors[static_cast<size_t>(code)];
}

// "kBadBitString" -> "bad_bit_string", once for each code.
std::array<std::string, kErrors.size()> MakeNames() {
  std::array<std::string, kErrors.size()> names;
  for (size_t i = 0; i < names.size(); ++i) {
    for (char c : kErrors[i].constant.substr(1)) {
      const bool upper = c >= 'A' && c <= 'Z';
      if (upper && !names[i].empty()) names[i] += '_';
      names[i] += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return names;
}

absl::StatusCode StatusCodeOf(ErrorCode code) {
  switch (ClassOf(code)) {
    case ErrorClass::kNone:
      return absl::StatusCode::kOk;
    case ErrorClass::kMalformed:
      return absl::StatusCode::kInvalidArgument;
    case ErrorClass::kUnsupported:
      return absl::StatusCode::kUnimplemented;
    case ErrorClass::kUntrue:
      return absl::StatusCode::kFailedPrecondition;
    case ErrorClass::kInput:
      return absl::StatusCode::kUnavailable;
  }
  return absl::StatusCode::kUnknown;
}

absl::Status WithCode(ErrorCode code, const std::string& message) {
  absl::Status status(StatusCodeOf(code), message);
  const char octet = static_cast<char>(code);
  status.SetPayload(kPayloadUrl, absl::Cord(absl::string_view(&octet, 1)));
  return status;
}

}  // namespace

ErrorClass ClassOf(ErrorCode code) { return RowOf(code).error_class; }

std::string_view NameOf(ErrorCode code) {
  static const auto& names = *new auto(MakeNames());
  return names[static_cast<size_t>(code)];
}

std::string_view MeaningOf(ErrorCode code) { return RowOf(code).text; }

absl::Status ToStatus(const ParseError& error) {
  if (error.ok()) return absl::OkStatus();
  return WithCode(error.code, Concat({error.field, ": ", MeaningOf(error.code),
                                      " (octet ", std::to_string(error.offset),
                                      ") [", NameOf(error.code), "]"}));
}

absl::Status MakeError(ErrorCode code, std::string_view detail) {
  return WithCode(code, Concat({MeaningOf(code), detail.empty() ? "" : ": ",
                                detail, " [", NameOf(code), "]"}));
}

ErrorCode ErrorCodeOf(const absl::Status& status) {
  if (status.ok()) return ErrorCode::kOk;
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value() || payload->size() != 1)
    return ErrorCode::kInputUnreadable;
  return static_cast<ErrorCode>((*payload)[0]);
}

absl::Status Annotate(const absl::Status& status, std::string_view context) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(),
                         Concat({context, ": ", MessageOf(status)}));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    annotated.SetPayload(url, payload);
  });
  return annotated;
}

}  // namespace revstat
