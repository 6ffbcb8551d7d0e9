// Read sections of userspace RCU: what a reader sees inside one is not freed
// before it ends.
#ifndef REVSTAT_ENGINE_SNAPSHOT_READ_SECTION_H_
#define REVSTAT_ENGINE_SNAPSHOT_READ_SECTION_H_

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

}  // namespace revstat

#endif  // REVSTAT_ENGINE_SNAPSHOT_READ_SECTION_H_
