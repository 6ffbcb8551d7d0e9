#include "engine/snapshot/series.h"

#include <algorithm>
#include <optional>

namespace revstat {
namespace {

// Of the deltas that apply at `number`, those that go furthest.
std::vector<uint32_t> Furthest(std::span<const CrlView> crls,
                               const std::vector<uint32_t>& deltas,
                               const CrlNumber& number) {
  std::vector<uint32_t> furthest;
  for (uint32_t delta : deltas) {
    const CrlView& crl = crls[delta];
    if (*crl.base_crl_number() > number || *crl.crl_number() <= number)
      continue;
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

}  // namespace

bool IsNewer(const CrlView& a, const CrlView& b) {
  if (a.crl_number().has_value() && b.crl_number().has_value()) {
    return *a.crl_number() > *b.crl_number() &&
           a.this_update() >= b.this_update();
  }
  return a.this_update() > b.this_update();
}

std::vector<std::vector<uint32_t>> MakeChains(std::span<const CrlView> crls) {
  std::vector<uint32_t> bases;
  std::vector<uint32_t> deltas;
  for (uint32_t i = 0; i < crls.size(); ++i) {
    if (!crls[i].is_delta()) {
      const bool is_replaced =
          std::any_of(crls.begin(), crls.end(), [&](const CrlView& other) {
            return !other.is_delta() && IsNewer(other, crls[i]);
          });
      if (!is_replaced) bases.push_back(i);
    } else if (crls[i].crl_number().has_value()) {
      deltas.push_back(i);
    }
  }
  std::vector<std::vector<uint32_t>> chains;
  for (uint32_t base : bases) {
    std::vector<uint32_t> chain = {base};
    std::optional<CrlNumber> number = crls[base].crl_number();
    std::vector<uint32_t> last;
    while (number.has_value()) {
      std::vector<uint32_t> next = Furthest(crls, deltas, *number);
      if (next.empty()) break;
      number = crls[next.front()].crl_number();
      chain.insert(chain.begin(), next.front());
      last = std::move(next);
    }
    chains.push_back(chain);
    // Two deltas of one number and other content: each has its say.
    for (size_t i = 1; i < last.size(); ++i) {
      chain.front() = last[i];
      chains.push_back(chain);
    }
  }
  return chains;
}

}  // namespace revstat
