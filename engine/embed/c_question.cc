#include "engine/embed/c_question.h"

#include <algorithm>
#include <array>

#include "engine/base/error.h"

namespace revstat::c {
namespace {

// The content of the INTEGER of an unsigned number.
absl::StatusOr<SerialNumber> SerialOf(Bytes number) {
  if (number.empty())
    return MakeError(ErrorCode::kMissingField, "the serial is empty");
  while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
  std::array<uint8_t, SerialNumber::kMaxOctets> content = {};
  // X.690 8.3.3: without it the number would be negative.
  const size_t sign = (number[0] & 0x80) != 0 ? 1 : 0;
  if (sign + number.size() > content.size())
    return MakeError(ErrorCode::kSerialTooLong, "the query's serial");
  std::copy(number.begin(), number.end(), content.begin() + sign);
  return *SerialNumber::FromContent(Bytes(content).first(sign + number.size()));
}

int32_t StatusOf(Status status) {
  switch (status) {
    case Status::kRevoked:
      return REVSTAT_REVOKED;
    case Status::kOnHold:
      return REVSTAT_ON_HOLD;
    case Status::kExpired:
      return REVSTAT_EXPIRED;
    case Status::kNotYetValid:
      return REVSTAT_NOT_YET_VALID;
    case Status::kActive:
      return REVSTAT_ACTIVE;
    case Status::kUnknown:
      break;
  }
  return REVSTAT_UNKNOWN;
}

static_assert(REVSTAT_IS_EXPIRED == Verdict::kIsExpired);
static_assert(REVSTAT_SOURCE_IS_STALE == Verdict::kStaleSource);
static_assert(REVSTAT_MUST_STAPLE == Verdict::kMustStaple);
constexpr uint32_t kResultFlags =
    REVSTAT_IS_EXPIRED | REVSTAT_SOURCE_IS_STALE | REVSTAT_MUST_STAPLE;

}  // namespace

absl::StatusOr<Question> QueryReader::QuestionOf(const revstat_query& query) {
  const auto certificate = CertificateView::Parse(CertificateOf(query));
  if (!certificate.ok()) return certificate.status();
  return resolver_.QuestionOf(*certificate);
}

absl::StatusOr<LookupKey> QueryReader::KeyOf(const revstat_query& query) {
  if (query.issuer == nullptr || query.serial == nullptr) {
    return MakeError(ErrorCode::kMissingField,
                     "neither a certificate nor an issuer and a serial");
  }
  const auto serial = SerialOf({query.serial, query.serial_size});
  if (!serial.ok()) return serial.status();
  const auto issuer = IssuerNamed(query.issuer);
  if (!issuer.ok()) return issuer.status();
  return LookupKey{*serial, *issuer};
}

absl::StatusOr<IssuerId> QueryReader::IssuerNamed(std::string_view text) {
  if (last_text_.data() != nullptr && text == last_text_) return last_issuer_;
  const auto issuer = resolver_.IssuerNamed(text);
  if (!issuer.ok()) return issuer.status();
  last_text_ = text;
  last_issuer_ = *issuer;
  return last_issuer_;
}

revstat_result ResultOf(const Verdict& verdict) {
  revstat_result result = {};
  result.status = StatusOf(verdict.status);
  if (verdict.status == Status::kRevoked || verdict.status == Status::kOnHold)
    result.revocation_time = verdict.revocation_seconds;
  result.cause = static_cast<int32_t>(verdict.cause);
  result.reason = verdict.reason == ReasonCode::kAbsent
                      ? -1
                      : static_cast<int32_t>(verdict.reason);
  result.flags = verdict.flags & kResultFlags;
  return result;
}

}  // namespace revstat::c
