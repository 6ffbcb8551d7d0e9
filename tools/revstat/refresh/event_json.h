// Events of refresh as JSON lines.
#ifndef REVSTAT_TOOLS_REVSTAT_REFRESH_EVENT_JSON_H_
#define REVSTAT_TOOLS_REVSTAT_REFRESH_EVENT_JSON_H_

#include <string>

#include "engine/refresh/event.h"

namespace revstat::tool {

// One line with its end. What is not known is absent.
std::string JsonOf(const RefreshEvent& event);

// The line "status": how current a source is.
std::string JsonOf(const SourceHealth& health, Time now);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_REFRESH_EVENT_JSON_H_
