// Events of refresh as JSON lines.
#ifndef REVSTAT_ENGINE_REFRESH_EVENT_JSON_H_
#define REVSTAT_ENGINE_REFRESH_EVENT_JSON_H_

#include <string>

#include "engine/refresh/event.h"

namespace revstat {

// One line with its end. What is not known is absent.
std::string JsonOf(const RefreshEvent& event);

// The line "status": how current a source is.
std::string JsonOf(const SourceHealth& health, Time now);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_EVENT_JSON_H_
