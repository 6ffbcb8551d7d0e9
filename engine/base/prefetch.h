// Where a cache line goes that is asked for ahead of its use.
#ifndef REVSTAT_ENGINE_BASE_PREFETCH_H_
#define REVSTAT_ENGINE_BASE_PREFETCH_H_

namespace revstat {

// The third argument of __builtin_prefetch for lines of large tables that are
// wanted many others later: into the second-level cache. Many more can be on
// their way there than into the first, which 64 at once overrun: a random line
// of 70 MB then comes every 6 ns instead of every 12 (AMD EPYC, family 25,
// model 17) or 9 (Intel Xeon, model 207). Near its use a line may be asked for
// again, into the first. A constant and no function, because g++ 12 drops calls
// that it has not inlined of functions that only prefetch.
inline constexpr int kIntoSecondLevel = 2;

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_PREFETCH_H_
