#include "engine/refresh/held_crls.h"

#include <utility>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/refresh/crl_rules.h"
#include "engine/snapshot/scope.h"

namespace revstat {

void HeldCrls::Add(std::shared_ptr<const CrlSource> crl) {
  auto& newest =
      newest_[{crl->canonical_issuer(), CrlScope::Of(crl->crl()).Key(),
               crl->crl().is_delta() ? CrlKind::kDelta : CrlKind::kComplete}];
  newest = newest == nullptr ? crl
                             : NewestLike(crl->crl(), std::vector{newest, crl});
  by_sha256_[ToHex(crl->sha256())] = std::move(crl);
}

std::shared_ptr<const CrlSource> HeldCrls::Find(const SourceState& state,
                                                CrlKind kind) const {
  const auto same = by_sha256_.find(state.crl_sha256);
  if (same != by_sha256_.end()) return same->second;
  const auto like = newest_.find({state.issuer, state.scope_key, kind});
  return like != newest_.end() ? like->second : nullptr;
}

}  // namespace revstat
