// Read sections of userspace RCU: what a reader sees inside one is not freed
// before it ends.
#ifndef REVSTAT_ENGINE_SNAPSHOT_READ_SECTION_H_
#define REVSTAT_ENGINE_SNAPSHOT_READ_SECTION_H_

#include <atomic>
#include <cstdint>

namespace revstat {

// liburcu, bp flavour: the host's threads need not register. Costs a few
// nanoseconds; never waits, locks or allocates, but for a thread's very first
// one. Sections may nest. One thread each, and without blocking inside.
class ReadSection {
 public:
  ReadSection();
  ~ReadSection();
  ReadSection(const ReadSection&) = delete;
  ReadSection& operator=(const ReadSection&) = delete;
};

// Returns when every section that had begun has ended: whatever was made
// unreachable before may then be freed. Never from inside a section.
void WaitForReaders();

// From then on, a child of fork waits for its own readers alone: the sections
// in which other threads of its parent were at that moment never end in it.
// fork itself then waits for a WaitForReaders that is under way, and must not
// be called from inside a section.
void PrepareForForks();

// How many forks lie between this process and the first of its ancestors that
// has called PrepareForForks: grows from parent to child. One load. Counts no
// fork that runs no handlers (_Fork, clone), after which the sections do not
// work either.
inline uint64_t ForksBehind() {
  extern std::atomic<uint64_t> forks_behind;
  // A child's, stored before it goes on: pairs with nothing.
  return forks_behind.load(std::memory_order_relaxed);
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_READ_SECTION_H_
