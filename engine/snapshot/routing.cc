#include "engine/snapshot/routing.h"

#include <algorithm>
#include <new>
#include <set>
#include <utility>

namespace revstat {

struct RouterPool::Build::Planning {
  struct Source {
    const SerialSet* set = nullptr;
    std::vector<uint32_t> positions;
  };
  using Routers = std::set<std::shared_ptr<const Kept>>;

  std::map<uint64_t, Source> sources;
  Routers routers;
  std::vector<uint64_t> asked;

  uint64_t SizeOf(std::span<const uint64_t> of) const {
    uint64_t size = 0;
    for (uint64_t source : of) {
      const auto found = sources.find(source);
      if (found != sources.end()) size += found->second.set->size();
    }
    return size;
  }

  // The source that has half of all serials, if there is one.
  uint64_t Dominating() const {
    uint64_t all = 0;
    uint64_t most = 0;
    uint64_t largest = 0;
    for (const auto& [id, source] : sources) {
      all += source.set->size();
      if (source.set->size() <= most) continue;
      most = source.set->size();
      largest = id;
    }
    return 2 * most >= all ? largest : 0;
  }

  std::shared_ptr<const Kept> NewRouter(std::vector<uint64_t> of) const {
    std::vector<const SerialSet*> sets;
    for (uint64_t source : of) sets.push_back(sources.at(source).set);
    auto made = std::make_shared<Kept>();
    made->router = SerialRouter::Build(sets, HashKey::Random());
    made->sources = std::move(of);
    return made;
  }

  // Makes a router of what is asked, if that is much.
  void ReduceAsked() {
    const uint64_t alone = Dominating();
    std::vector<uint64_t> taken;
    for (uint64_t source : asked) {
      if (source != alone) taken.push_back(source);
    }
    if (taken.size() <= kMostAsked) return;
    Routers left = routers;
    for (bool has_grown = true; has_grown;) {
      has_grown = false;
      for (const auto& kept : routers) {
        if (!left.contains(kept) || SizeOf(kept->sources) > 2 * SizeOf(taken)) {
          continue;
        }
        for (uint64_t source : kept->sources) {
          if (sources.contains(source)) taken.push_back(source);
        }
        left.erase(kept);
        has_grown = true;
      }
    }
    try {
      left.insert(NewRouter(std::move(taken)));
    } catch (const std::bad_alloc&) {
      return;  // slower, and the same answers
    }
    routers = std::move(left);
    std::erase_if(asked, [&](uint64_t source) { return source != alone; });
  }

  Routing::Router RouterOf(const Kept& kept) const {
    Routing::Router router{kept.router, {0}, {}};
    for (uint64_t source : kept.sources) {
      const auto found = sources.find(source);
      if (found != sources.end()) {
        const auto& positions = found->second.positions;
        router.lists.insert(router.lists.end(), positions.begin(),
                            positions.end());
      }
      router.first.push_back(static_cast<uint32_t>(router.lists.size()));
    }
    return router;
  }
};

void RouterPool::Add(Kept kept) {
  const auto shared = std::make_shared<const Kept>(std::move(kept));
  const std::lock_guard lock(mutex_);
  for (uint64_t source : shared->sources) {
    if (source != 0) held_[source] = shared;
  }
}

std::vector<std::shared_ptr<const RouterPool::Kept>> RouterPool::held() const {
  const std::lock_guard lock(mutex_);
  std::set<std::shared_ptr<const Kept>> held;
  for (const auto& [source, kept] : held_) held.insert(kept);
  return {held.begin(), held.end()};
}

RouterPool::Build::Build(RouterPool* pool) : pool_(pool) {
  const std::lock_guard lock(pool->mutex_);
  before_ = pool->held_;
}

RouterPool::Build::~Build() {
  const std::lock_guard lock(pool_->mutex_);
  pool_->held_.swap(after_);
}

Routing RouterPool::Build::Plan(std::span<const RoutedList> lists) {
  Planning plan;
  for (const RoutedList& list : lists) {
    Planning::Source& source = plan.sources[list.source];
    source.set = list.set;
    source.positions.push_back(list.position);
  }
  if (plan.sources.size() <= kMostAsked) return {};
  for (const auto& [id, source] : plan.sources) {
    const auto found = before_.find(id);
    // One that leads mostly to what is gone is not kept.
    if (found != before_.end() && 2 * plan.SizeOf(found->second->sources) >=
                                      found->second->router->size()) {
      plan.routers.insert(found->second);
    } else {
      plan.asked.push_back(id);
    }
  }
  plan.ReduceAsked();
  Routing routing;
  for (const auto& kept : plan.routers) {
    routing.routers.push_back(plan.RouterOf(*kept));
    for (uint64_t source : kept->sources) {
      if (plan.sources.contains(source)) after_[source] = kept;
    }
  }
  for (uint64_t source : plan.asked) {
    const auto& positions = plan.sources.at(source).positions;
    routing.asked.insert(routing.asked.end(), positions.begin(),
                         positions.end());
  }
  return routing;
}

}  // namespace revstat
