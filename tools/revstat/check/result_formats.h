// The writers behind ResultWriter::Create.
#ifndef REVSTAT_TOOLS_REVSTAT_CHECK_RESULT_FORMATS_H_
#define REVSTAT_TOOLS_REVSTAT_CHECK_RESULT_FORMATS_H_

#include <memory>

#include "tools/revstat/check/result_writer.h"

namespace revstat::tool {

std::unique_ptr<ResultWriter> MakeTableWriter(const Snapshot& snapshot);
std::unique_ptr<ResultWriter> MakeCsvWriter(const Snapshot& snapshot);
std::unique_ptr<ResultWriter> MakeJsonWriter(const Snapshot& snapshot);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_CHECK_RESULT_FORMATS_H_
