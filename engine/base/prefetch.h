// Where a cache line goes that is asked for ahead of its use.
#ifndef REVSTAT_ENGINE_BASE_PREFETCH_H_
#define REVSTAT_ENGINE_BASE_PREFETCH_H_

namespace revstat {

// The third argument of __builtin_prefetch for lines of large tables, wanted
// some dozens of others later: into the second-level cache. Many more can be on
// their way there than into the first, which 64 at once overrun: a random line
// of 70 MB then comes every 6 ns instead of every 12 (AMD EPYC, model 17). What
// is left of its way is short enough to be hidden. A constant, because g++ 12
// drops calls of functions that only prefetch.
inline constexpr int kIntoSecondLevel = 2;

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_PREFETCH_H_
