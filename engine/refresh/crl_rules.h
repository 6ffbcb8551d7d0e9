// Whether an authentic CRL may take its place beside or instead of those held:
// pure functions.
#ifndef REVSTAT_ENGINE_REFRESH_CRL_RULES_H_
#define REVSTAT_ENGINE_REFRESH_CRL_RULES_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/time.h"
#include "engine/snapshot/crl_source.h"
#include "engine/snapshot/vanished.h"

namespace revstat {

// Of the same kind as `crl`, complete or delta, the newest of `held`; or null.
std::shared_ptr<const CrlSource> NewestLike(
    const CrlView& crl, std::span<const std::shared_ptr<const CrlSource>> held);

// kOlderThanHeld where one held of the same kind has a higher number or a later
// thisUpdate: a CRL never goes backwards in either. `held` are those of the
// same signer and scope.
absl::Status CheckForward(
    const CrlView& crl, std::span<const std::shared_ptr<const CrlSource>> held);

// kConflictingCrl where one held of the same kind has the same number, or the
// same time and one of them no number.
absl::Status CheckConflict(
    const CrlView& crl, std::span<const std::shared_ptr<const CrlSource>> held);

// kShrunk where `crl` is complete and has fewer entries than `shrink_to` of
// those of `before`, which has `shrink_from` or more.
absl::Status CheckShrink(const CrlSource& crl, const CrlSource& before,
                         double shrink_to, uint64_t shrink_from);

// kVanished where any has: what FindVanished has found for `crl`.
absl::Status CheckVanished(const CrlView& crl, const Vanished& vanished);

// How errors name a CRL: "number 1a of 2026-01-01T00:00:00Z".
std::string Describe(const CrlView& crl);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_CRL_RULES_H_
