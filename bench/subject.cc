#include "bench/subject.h"

#include "bench/ingest.h"
#include "bench/program.h"
#include "tools/revstat/bench/options.h"

namespace revstat::bench {

Subject::Subject(const DataFiles& files, uint64_t entries)
    : snapshot_(Require(Ingest(files.Crl(entries), Require(ReadCa(files))))),
      queries_(source(), /*issuer=*/0, kQuestions) {
  for (unsigned percent : tool::kHitPercents)
    questions_.emplace(percent, queries_.Make(percent));
}

}  // namespace revstat::bench
