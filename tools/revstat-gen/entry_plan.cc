#include "tools/revstat-gen/entry_plan.h"

#include <array>

namespace revstat::gen {
namespace {

constexpr uint64_t kYear = 365 * 86400;
constexpr uint64_t kMonth = 30 * 86400;

// How often a reason is given, in 1/100, roughly as public CAs do; unspecified
// is not among them, because the RFC wants it left out.
struct Weight {
  ReasonCode reason;
  uint64_t up_to;
};
constexpr std::array<Weight, 7> kWeights = {{
    {ReasonCode::kSuperseded, 40},
    {ReasonCode::kCessationOfOperation, 70},
    {ReasonCode::kKeyCompromise, 82},
    {ReasonCode::kAffiliationChanged, 90},
    {ReasonCode::kPrivilegeWithdrawn, 98},
    {ReasonCode::kCaCompromise, 99},
    {ReasonCode::kAaCompromise, 100},
}};

ReasonCode Choose(uint64_t percent) {
  for (const Weight& weight : kWeights) {
    if (percent < weight.up_to) return weight.reason;
  }
  return ReasonCode::kUnspecified;
}

}  // namespace

EntryPlan::EntryPlan(const SerialOptions& serials, const EntryShares& shares,
                     Time revoked_until)
    : serials_(serials),
      revoked_until_(revoked_until),
      holds_(shares.holds),
      removals_(shares.holds + shares.removals),
      reasons_(shares.holds + shares.removals + shares.reasons),
      invalidity_dates_(shares.invalidity_dates),
      kind_rng_(serials.seed, Stream::kEntryReason),
      reason_rng_(serials.seed, Stream::kReasonChoice),
      time_rng_(serials.seed, Stream::kEntryTime),
      invalidity_rng_(serials.seed, Stream::kEntryInvalidity),
      age_rng_(serials.seed, Stream::kInvalidityAge) {}

CrlEntry EntryPlan::At(uint64_t index) const {
  CrlEntry entry;
  entry.serial = serials_.At(index);
  entry.revocation_time =
      revoked_until_ - std::chrono::seconds(1 + time_rng_.Below(index, kYear));
  const uint64_t kind = kind_rng_.At(index);
  if (holds_.Includes(kind)) {
    entry.reason = ReasonCode::kCertificateHold;
  } else if (removals_.Includes(kind)) {
    entry.reason = ReasonCode::kRemoveFromCrl;
  } else if (reasons_.Includes(kind)) {
    entry.reason = Choose(reason_rng_.Below(index, 100));
  }
  if (invalidity_dates_.Includes(invalidity_rng_.At(index))) {
    entry.invalidity_time = entry.revocation_time -
                            std::chrono::seconds(age_rng_.Below(index, kMonth));
  }
  return entry;
}

}  // namespace revstat::gen
