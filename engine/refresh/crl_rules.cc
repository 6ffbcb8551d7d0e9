#include "engine/refresh/crl_rules.h"

#include "engine/base/error.h"
#include "engine/snapshot/series.h"

namespace revstat {

std::shared_ptr<const CrlSource> NewestLike(
    const CrlView& crl,
    std::span<const std::shared_ptr<const CrlSource>> held) {
  std::shared_ptr<const CrlSource> newest;
  for (const auto& other : held) {
    if (other->crl().is_delta() == crl.is_delta() &&
        (newest == nullptr || IsNewer(other->crl(), newest->crl()))) {
      newest = other;
    }
  }
  return newest;
}

absl::Status CheckForward(
    const CrlView& crl,
    std::span<const std::shared_ptr<const CrlSource>> held) {
  for (const auto& other : held) {
    const CrlView& view = other->crl();
    if (view.is_delta() != crl.is_delta()) continue;
    const bool has_numbers =
        view.crl_number().has_value() && crl.crl_number().has_value();
    if ((has_numbers && *view.crl_number() > *crl.crl_number()) ||
        view.this_update() > crl.this_update()) {
      return MakeError(ErrorCode::kOlderThanHeld,
                       Concat({Describe(crl), "; held: ", Describe(view)}));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckConflict(
    const CrlView& crl,
    std::span<const std::shared_ptr<const CrlSource>> held) {
  for (const auto& other : held) {
    const CrlView& view = other->crl();
    if (view.is_delta() != crl.is_delta()) continue;
    const bool is_same =
        view.crl_number().has_value() && crl.crl_number().has_value()
            ? *view.crl_number() == *crl.crl_number()
            : view.this_update() == crl.this_update();
    if (is_same) {
      return MakeError(ErrorCode::kConflictingCrl,
                       Concat({Describe(crl), "; held: ", Describe(view)}));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckShrink(const CrlSource& crl, const CrlSource& before,
                         double shrink_to, uint64_t shrink_from) {
  const uint64_t entries = crl.statistics().entries;
  const uint64_t held = before.statistics().entries;
  if (crl.crl().is_delta() || held < shrink_from ||
      static_cast<double>(entries) >= static_cast<double>(held) * shrink_to) {
    return absl::OkStatus();
  }
  return MakeError(ErrorCode::kShrunk,
                   Concat({Describe(crl.crl()), ", ", std::to_string(entries),
                           " entries; held: ", Describe(before.crl()), ", ",
                           std::to_string(held)}));
}

absl::Status CheckVanished(const CrlView& crl, const Vanished& vanished) {
  if (vanished.count == 0) return absl::OkStatus();
  return MakeError(ErrorCode::kVanished,
                   Concat({Describe(crl), "; serial ", vanished.first_serial,
                           vanished.count == 1 ? "" : " and others, ",
                           vanished.count == 1
                               ? ""
                               : std::to_string(vanished.count) + " in all"}));
}

std::string Describe(const CrlView& crl) {
  std::string text = crl.is_delta() ? "delta " : "";
  text += crl.crl_number().has_value()
              ? Concat({"number ", ToHex(crl.crl_number()->magnitude())})
              : std::string("no number");
  return text + " of " + FormatTime(crl.this_update());
}

}  // namespace revstat
