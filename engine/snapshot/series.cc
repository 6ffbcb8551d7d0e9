#include "engine/snapshot/series.h"

#include <algorithm>
#include <utility>

namespace revstat {
namespace {

// Of the deltas that apply to what `newest` ends, those that go furthest.
std::vector<uint32_t> Furthest(std::span<const CrlView> crls,
                               const std::vector<uint32_t>& deltas,
                               const CrlView& newest) {
  const CrlNumber number = *newest.crl_number();
  std::vector<uint32_t> furthest;
  for (uint32_t delta : deltas) {
    const CrlView& crl = crls[delta];
    if (*crl.base_crl_number() > number || *crl.crl_number() <= number ||
        crl.this_update() < newest.this_update()) {
      continue;
    }
    if (!furthest.empty() &&
        *crl.crl_number() < *crls[furthest.front()].crl_number()) {
      continue;
    }
    if (!furthest.empty() &&
        *crl.crl_number() > *crls[furthest.front()].crl_number()) {
      furthest.clear();
    }
    furthest.push_back(delta);
  }
  return furthest;
}

// All chains from a complete CRL up, a branch for each delta of one number.
std::vector<std::vector<uint32_t>> ChainsFrom(
    std::span<const CrlView> crls, uint32_t base,
    const std::vector<uint32_t>& deltas) {
  std::vector<std::vector<uint32_t>> open = {{base}};
  std::vector<std::vector<uint32_t>> done;
  while (!open.empty()) {
    std::vector<uint32_t> chain = std::move(open.back());
    open.pop_back();
    const CrlView& newest = crls[chain.front()];
    std::vector<uint32_t> next;
    if (newest.crl_number().has_value()) next = Furthest(crls, deltas, newest);
    for (uint32_t delta : next) {
      open.push_back(chain);
      open.back().insert(open.back().begin(), delta);
    }
    if (next.empty()) done.push_back(std::move(chain));
    if (open.size() + done.size() > kMaxChains) return {{base}};
  }
  return done;
}

}  // namespace

bool IsNewer(const CrlView& a, const CrlView& b) {
  if (a.crl_number().has_value() && b.crl_number().has_value()) {
    return *a.crl_number() > *b.crl_number() &&
           a.this_update() >= b.this_update();
  }
  return a.this_update() > b.this_update();
}

Chains MakeChains(std::span<const CrlView> crls) {
  std::vector<uint32_t> bases;
  std::vector<uint32_t> deltas;
  Chains made;
  for (uint32_t i = 0; i < crls.size(); ++i) {
    if (crls[i].is_delta()) {
      (crls[i].crl_number().has_value() ? deltas : made.unapplied).push_back(i);
      continue;
    }
    const bool is_replaced =
        std::any_of(crls.begin(), crls.end(), [&](const CrlView& other) {
          return !other.is_delta() && IsNewer(other, crls[i]);
        });
    if (!is_replaced) bases.push_back(i);
  }
  for (uint32_t base : bases) {
    for (auto& chain : ChainsFrom(crls, base, deltas))
      made.chains.push_back(std::move(chain));
  }
  for (uint32_t delta : deltas) {
    const bool is_old = std::any_of(
        made.chains.begin(), made.chains.end(), [&](const auto& chain) {
          const CrlView& newest = crls[chain.front()];
          return newest.crl_number().has_value() &&
                 *crls[delta].crl_number() <= *newest.crl_number() &&
                 crls[delta].this_update() <= newest.this_update();
        });
    if (!is_old) made.unapplied.push_back(delta);
  }
  return made;
}

namespace {

void MarkNeeded(std::span<const CrlView> crls,
                const std::vector<uint32_t>& positions,
                std::vector<bool>* needed) {
  std::vector<CrlView> chosen;
  for (uint32_t position : positions) chosen.push_back(crls[position]);
  const Chains chains = MakeChains(chosen);
  for (const std::vector<uint32_t>& chain : chains.chains) {
    for (uint32_t member : chain) (*needed)[positions[member]] = true;
  }
  for (uint32_t delta : chains.unapplied) (*needed)[positions[delta]] = true;
}

}  // namespace

std::vector<bool> StillNeeded(std::span<const CrlView> crls, Time at) {
  std::vector<uint32_t> all;
  std::vector<uint32_t> by_then;
  for (uint32_t i = 0; i < crls.size(); ++i) {
    all.push_back(i);
    if (crls[i].this_update() <= at) by_then.push_back(i);
  }
  std::vector<bool> needed(crls.size());
  MarkNeeded(crls, all, &needed);
  if (by_then.size() < all.size()) MarkNeeded(crls, by_then, &needed);
  return needed;
}

}  // namespace revstat
