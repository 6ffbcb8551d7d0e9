#include "engine/refresh/held_crls.h"

#include <utility>

#include "engine/base/bytes.h"
#include "engine/snapshot/scope.h"
#include "engine/snapshot/series.h"

namespace revstat {
namespace {

CrlAge AgeOf(const HeldCrl& crl) {
  CrlAge age{std::nullopt, crl.this_update};
  if (crl.number.has_value()) age.number = CrlNumber(Bytes(*crl.number));
  return age;
}

}  // namespace

HeldCrl::HeldCrl(const CrlSource& crl)
    : sha256(crl.sha256()),
      issuer(crl.canonical_issuer()),
      scope_key(CrlScope::Of(crl.crl()).Key()),
      kind(crl.crl().is_delta() ? CrlKind::kDelta : CrlKind::kComplete),
      this_update(crl.crl().this_update()),
      next_update(crl.crl().next_update()) {
  if (crl.crl().crl_number().has_value()) {
    const Bytes magnitude = crl.crl().crl_number()->magnitude();
    number.emplace(magnitude.begin(), magnitude.end());
  }
}

void HeldCrls::Add(const HeldCrl& crl) {
  const auto [newest, is_new] =
      newest_.try_emplace({crl.issuer, crl.scope_key, crl.kind}, crl);
  if (!is_new && IsNewer(AgeOf(crl), AgeOf(newest->second)))
    newest->second = crl;
  by_sha256_.insert_or_assign(ToHex(crl.sha256), crl);
}

std::optional<HeldCrl> HeldCrls::Find(const SourceState& state,
                                      CrlKind kind) const {
  const auto same = by_sha256_.find(state.crl_sha256);
  if (same != by_sha256_.end()) return same->second;
  const auto like = newest_.find({state.issuer, state.scope_key, kind});
  if (like == newest_.end()) return std::nullopt;
  return like->second;
}

}  // namespace revstat
