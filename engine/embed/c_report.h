// Verdicts and what is behind them as JSON. A part of the C interface.
#ifndef REVSTAT_ENGINE_EMBED_C_REPORT_H_
#define REVSTAT_ENGINE_EMBED_C_REPORT_H_

#include <string>

#include "engine/base/json_text.h"
#include "engine/embed/chain_judge.h"

namespace revstat::c {

// Whether there is a notAfter by which it may be expired.
enum class Validity : uint8_t { kKnown, kUnknown };

// Adds the members from "status" to "source", as the command line has them.
void AddAnswer(const Verdict& verdict, const RevocationSource& source,
               Validity validity, JsonObject* object);

std::string JsonOf(const RevocationReport& report);

}  // namespace revstat::c

#endif  // REVSTAT_ENGINE_EMBED_C_REPORT_H_
