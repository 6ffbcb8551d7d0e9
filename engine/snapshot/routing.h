// How the lists of a CA that has many are asked: by SerialRouters over most of
// them, and the rest one by one.
#ifndef REVSTAT_ENGINE_SNAPSHOT_ROUTING_H_
#define REVSTAT_ENGINE_SNAPSHOT_ROUTING_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/index/serial_router.h"

namespace revstat {

// Of one snapshot and authority. Every list is either led to by a router or is
// asked; empty where there are so few lists that all are asked.
struct Routing {
  struct Router {
    std::shared_ptr<const SerialRouter> router;
    // By part: its lists are lists[first[part], first[part + 1]). None for a
    // part that is no longer held.
    std::vector<uint32_t> first;
    std::vector<uint32_t> lists;

    std::span<const uint32_t> ListsOf(uint32_t part) const {
      if (part + size_t{1} >= first.size()) return {};
      return std::span(lists).subspan(first[part],
                                      first[part + 1] - first[part]);
    }
  };
  std::vector<Router> routers;
  std::vector<uint32_t> asked;

  bool empty() const { return routers.empty(); }
};

// A list that is to be routed to. Sources are known by CrlSource::id(); the
// same source gives the same set in every snapshot, and may be in several
// lists.
struct RoutedList {
  uint64_t source = 0;
  const SerialSet* set = nullptr;  // not empty
  uint32_t position = 0;           // in the snapshot
};

// The routers of a builder's newest snapshot, for the next one to use again: a
// list that is new is asked beside them, until there are more than a few. Then
// those become a router, together with routers that are not much larger, so
// that each serial takes part in few of these. A list with half of all serials
// is never in one: deltas do not make their base be read again.
//
// Thread-safety: any number of threads; the copies of a builder share it.
class RouterPool {
 public:
  // Lists that are not worth a router.
  static constexpr size_t kMostAsked = 4;

  // A router and what its parts were made of: sources by part, 0 for one that
  // is not at hand.
  struct Kept {
    std::shared_ptr<const SerialRouter> router;
    std::vector<uint64_t> sources;
  };
  // One that was made elsewhere, for the next Build to use as its own.
  void Add(Kept kept);
  // Those of the newest snapshot, each once.
  std::vector<std::shared_ptr<const Kept>> held() const;

  // One snapshot's use of the pool.
  class Build {
   public:
    explicit Build(RouterPool* pool);
    // What was planned is what the pool then holds.
    ~Build();
    Build(const Build&) = delete;
    Build& operator=(const Build&) = delete;

    // Where there is no memory for a router, all lists are asked.
    Routing Plan(std::span<const RoutedList> lists);

   private:
    friend class RouterPool;
    struct Planning;

    RouterPool* const pool_;
    std::map<uint64_t, std::shared_ptr<const Kept>> before_;  // by source
    std::map<uint64_t, std::shared_ptr<const Kept>> after_;
  };

 private:
  mutable std::mutex mutex_;
  std::map<uint64_t, std::shared_ptr<const Kept>> held_;  // by source
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_ROUTING_H_
