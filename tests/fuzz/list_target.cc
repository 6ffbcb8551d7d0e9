// A list of certificates: every row has its answer, on a line of its own that
// is a JSON object.
#include <fcntl.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/snapshot/snapshot_builder.h"
#include "tests/fuzz/target.h"
#include "tools/revstat/check/decimal_serial.h"
#include "tools/revstat/check/row_answerer.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::unique_ptr<const Snapshot> snapshot =
      SnapshotBuilder().Build();
  static const int nothing_more = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const std::string list(reinterpret_cast<const char*>(data), size);
  (void)tool::LooksLikeList(list);
  const auto columns = tool::ListColumns::FromHeader(list);
  if (!columns.ok()) return 0;
  (void)tool::LookDecimal(*columns, list);

  tool::ListReader reader(nothing_more, list);
  tool::ListBlock block;
  const auto taken = reader.Take(&block);
  if (!taken.ok() || !*taken) return 0;
  fuzz::Check(block.text() == list, "the whole list is given out");
  tool::RowAnswerer answerer(*snapshot, LookupPolicy{FromUnix(0)},
                             tool::Format::kJsonLines);
  answerer.AnswerList(*columns, block, "list");

  std::string_view text = answerer.results().text.view();
  uint64_t lines = 0;
  for (; !text.empty(); ++lines) {
    const size_t end = text.find('\n');
    fuzz::Check(end != std::string_view::npos, "every line has its end");
    fuzz::Check(nlohmann::json::accept(text.substr(0, end)), "a line is JSON");
    text.remove_prefix(end + 1);
  }
  fuzz::Check(lines == answerer.results().tally.total(), "an answer a row");
  return 0;
}
