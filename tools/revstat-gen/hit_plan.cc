#include "tools/revstat-gen/hit_plan.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tools/revstat-gen/counter_rng.h"

namespace revstat::gen {

absl::StatusOr<HitPlan> HitPlan::Create(const SerialOptions& options,
                                        uint64_t entries, uint64_t count,
                                        double hit_rate) {
  const auto hits = static_cast<uint64_t>(
      std::llround(static_cast<double>(count) * hit_rate));
  if (hits > 0 && entries == 0) {
    return absl::InvalidArgumentError(
        "--hit-rate needs --entries: the number of entries of the CRL that "
        "they hit");
  }
  SerialSequence serials(options);
  if (absl::Status status = serials.CheckCapacity(entries + (count - hits));
      !status.ok()) {
    return status;
  }
  return HitPlan(options, std::move(serials), entries, count, hits);
}

HitPlan::HitPlan(const SerialOptions& options, SerialSequence serials,
                 uint64_t entries, uint64_t count, uint64_t hits)
    : serials_(std::move(serials)),
      entries_(entries),
      hits_(hits),
      order_(std::max<uint64_t>(count, 1),
             CounterRng(options.seed, Stream::kQueryOrder).At(0)),
      targets_(std::max<uint64_t>(entries, 1),
               CounterRng(options.seed, Stream::kQueryTarget).At(0)) {}

SerialNumber HitPlan::At(uint64_t i) const {
  const uint64_t place = order_.At(i);
  if (place < hits_) return serials_.At(targets_.At(place % entries_));
  return serials_.At(entries_ + (place - hits_));
}

}  // namespace revstat::gen
