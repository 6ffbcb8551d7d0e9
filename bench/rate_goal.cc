#include "bench/rate_goal.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "bench/program.h"
#include "tools/revstat/bench/timing.h"

namespace revstat::bench {
namespace {

constexpr double kMillion = 1e6;

}  // namespace

double Rate(Contender& contender, unsigned threads, double seconds) {
  return tool::RatePerSecond(threads, seconds, [&](unsigned thread) {
    return contender.Run(thread, kPiece);
  });
}

Goal RateGoal(std::string what, const char* other, double least, int rounds,
              const std::function<double()>& rate,
              const std::function<double()>& other_rate) {
  const PairFigures pair = MeasurePair(rounds, rate, other_rate);
  return {std::move(what),
          least > 0 ? absl::StrFormat(">= %g x %s", least, other)
                    : absl::StrFormat("beside %s", other),
          absl::StrFormat("%.2f x (%.2f M/s beside %.2f M/s)", pair.ratio,
                          pair.a / kMillion, pair.b / kMillion),
          least > 0 ? AtLeast(pair.ratio, least) : Reached::kNoGoal,
          {.value = pair.a / kMillion,
           .unit = "M/s",
           .beside = pair.b / kMillion,
           .ratio = pair.ratio}};
}

std::unique_ptr<Contender> Checked(std::unique_ptr<Contender> contender) {
  Require(contender->Check());
  return contender;
}

}  // namespace revstat::bench
