// The time around a point in which what depends on time stays as it is.
#ifndef REVSTAT_ENGINE_BASE_STEADY_INTERVAL_H_
#define REVSTAT_ENGINE_BASE_STEADY_INTERVAL_H_

#include <algorithm>

#include "engine/base/time.h"

namespace revstat {

// A value.
class SteadyInterval {
 public:
  // Of no length: steady at no time.
  SteadyInterval() = default;
  explicit SteadyInterval(Time at)
      : at_(at), from_(Time::min()), until_(Time::max()) {}

  // Something changes at `border`: it is so before, and otherwise from then on.
  void AddBorder(Time border) {
    if (border > at_) {
      until_ = std::min(until_, border);
    } else {
      from_ = std::max(from_, border);
    }
  }
  // Something holds from `first` to `last`, both included.
  void AddValidity(Time first, Time last) {
    AddBorder(first);
    if (last < Time::max()) AddBorder(last + std::chrono::seconds(1));
  }

  bool Contains(Time time) const { return from_ <= time && time < until_; }
  // The first time that is outside; Time::max() for none.
  Time until() const { return until_; }

 private:
  Time at_;
  Time from_ = Time::max();
  Time until_ = Time::min();
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_STEADY_INTERVAL_H_
