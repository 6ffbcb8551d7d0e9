#include "engine/snapshot/series.h"

#include <algorithm>
#include <utility>

namespace revstat {
namespace {

using Crls = std::span<const std::shared_ptr<const CrlSource>>;

// 5.2.4. Not where the time contradicts the number.
bool Applies(const CrlView& delta, const CrlView& state) {
  return state.crl_number().has_value() &&
         *delta.base_crl_number() <= *state.crl_number() &&
         *delta.crl_number() > *state.crl_number() &&
         delta.this_update() >= state.this_update();
}

// What the delta has to say is in that state, or over.
bool HasAllOf(const CrlView& delta, const CrlView& state) {
  return state.crl_number().has_value() &&
         *delta.crl_number() <= *state.crl_number() &&
         delta.this_update() <= state.this_update();
}

// Of the deltas that apply to what `newest` ends, those that go furthest.
std::vector<uint32_t> Furthest(Crls crls, const std::vector<uint32_t>& deltas,
                               const CrlView& newest) {
  std::vector<uint32_t> furthest;
  for (uint32_t delta : deltas) {
    const CrlView& crl = crls[delta]->crl();
    if (!Applies(crl, newest)) continue;
    if (!furthest.empty() &&
        *crl.crl_number() < *crls[furthest.front()]->crl().crl_number()) {
      continue;
    }
    if (!furthest.empty() &&
        *crl.crl_number() > *crls[furthest.front()]->crl().crl_number()) {
      furthest.clear();
    }
    furthest.push_back(delta);
  }
  return furthest;
}

// All chains from a complete CRL up, a branch for each delta of one number.
std::vector<std::vector<uint32_t>> ChainsFrom(
    Crls crls, uint32_t base, const std::vector<uint32_t>& deltas) {
  std::vector<std::vector<uint32_t>> open = {{base}};
  std::vector<std::vector<uint32_t>> done;
  while (!open.empty()) {
    std::vector<uint32_t> chain = std::move(open.back());
    open.pop_back();
    const std::vector<uint32_t> next =
        Furthest(crls, deltas, crls[chain.front()]->crl());
    for (uint32_t delta : next) {
      open.push_back(chain);
      open.back().insert(open.back().begin(), delta);
    }
    if (next.empty()) done.push_back(std::move(chain));
    if (open.size() + done.size() > kMaxChains) return {{base}};
  }
  return done;
}

bool IsReplaced(Crls crls, const CrlView& complete) {
  return std::any_of(crls.begin(), crls.end(), [&](const auto& other) {
    return !other->crl().is_delta() && IsNewer(other->crl(), complete);
  });
}

// 5.2.4: a delta has all that has changed since its BaseCRLNumber. So a newer
// one that starts no later says all that an older one does, or why it no longer
// holds. Not where it proves no absence: what it does not list is not known to
// have changed back. By any delta, also by an old one. In a chain it comes to
// that by itself: where the older one applies, so does the newer, which goes
// further.
bool IsSuperseded(Crls crls, const CrlView& delta) {
  return std::any_of(crls.begin(), crls.end(), [&](const auto& source) {
    const CrlView& other = source->crl();
    return other.is_delta() && IsNewer(other, delta) &&
           *other.base_crl_number() <= *delta.base_crl_number() &&
           ProvesAbsence(*source);
  });
}

void AddUnapplied(Crls crls, const std::vector<uint32_t>& deltas,
                  Chains* made) {
  for (uint32_t delta : deltas) {
    const CrlView& crl = crls[delta]->crl();
    const bool is_old = std::any_of(
        made->chains.begin(), made->chains.end(), [&](const auto& chain) {
          return HasAllOf(crl, crls[chain.front()]->crl());
        });
    if (!is_old) made->unapplied.push_back(delta);
  }
}

// Only a complete CRL makes one old. The deltas of a chain may start behind its
// number, and then say nothing of what it alone lists: those that do not,
// supersede it.
void AddFlawed(Crls crls, const std::vector<uint32_t>& deltas, Chains* made) {
  for (uint32_t delta : deltas) {
    const CrlView& crl = crls[delta]->crl();
    bool is_old = false;
    bool would_apply = false;
    for (const std::vector<uint32_t>& chain : made->chains) {
      is_old |= HasAllOf(crl, crls[chain.back()]->crl());
      would_apply |= std::any_of(
          chain.begin(), chain.end(),
          [&](uint32_t member) { return Applies(crl, crls[member]->crl()); });
    }
    if (!is_old)
      (would_apply ? made->flawed : made->unapplied).push_back(delta);
  }
}

}  // namespace

bool IsNewer(const CrlView& a, const CrlView& b) {
  return IsNewer(CrlAge{a.crl_number(), a.this_update()},
                 CrlAge{b.crl_number(), b.this_update()});
}

bool IsNewer(const CrlAge& a, const CrlAge& b) {
  if (a.number.has_value() && b.number.has_value())
    return *a.number > *b.number && a.this_update >= b.this_update;
  return a.this_update > b.this_update;
}

bool ProvesAbsence(const CrlSource& crl) {
  return crl.crl().unsupported_critical_extension().empty() &&
         !crl.statistics().unsupported_entry.has_value();
}

Chains MakeChains(Crls crls) {
  std::vector<uint32_t> bases;
  std::vector<uint32_t> deltas;
  std::vector<uint32_t> flawed;
  Chains made;
  for (uint32_t i = 0; i < crls.size(); ++i) {
    const CrlView& crl = crls[i]->crl();
    if (!crl.is_delta()) {
      if (!IsReplaced(crls, crl)) bases.push_back(i);
    } else if (!crl.crl_number().has_value()) {
      made.unapplied.push_back(i);
    } else {
      (ProvesAbsence(*crls[i]) ? deltas : flawed).push_back(i);
    }
  }
  for (uint32_t base : bases) {
    for (auto& chain : ChainsFrom(crls, base, deltas))
      made.chains.push_back(std::move(chain));
  }
  AddUnapplied(crls, deltas, &made);
  AddFlawed(crls, flawed, &made);
  const auto is_superseded = [&](uint32_t delta) {
    return IsSuperseded(crls, crls[delta]->crl());
  };
  std::erase_if(made.unapplied, is_superseded);
  std::erase_if(made.flawed, is_superseded);
  return made;
}

namespace {

void MarkNeeded(Crls crls, const std::vector<uint32_t>& positions,
                std::vector<bool>* needed) {
  std::vector<std::shared_ptr<const CrlSource>> chosen;
  for (uint32_t position : positions) chosen.push_back(crls[position]);
  const Chains chains = MakeChains(chosen);
  const auto mark = [&](const std::vector<uint32_t>& members) {
    for (uint32_t member : members) (*needed)[positions[member]] = true;
  };
  for (const std::vector<uint32_t>& chain : chains.chains) mark(chain);
  mark(chains.unapplied);
  mark(chains.flawed);
}

}  // namespace

std::vector<bool> StillNeeded(Crls crls, Time at) {
  std::vector<uint32_t> all;
  std::vector<uint32_t> by_then;
  for (uint32_t i = 0; i < crls.size(); ++i) {
    all.push_back(i);
    if (crls[i]->crl().this_update() <= at) by_then.push_back(i);
  }
  std::vector<bool> needed(crls.size());
  MarkNeeded(crls, all, &needed);
  if (by_then.size() < all.size()) MarkNeeded(crls, by_then, &needed);
  return needed;
}

}  // namespace revstat
