// What a store holds, as a table and as JSON lines.
#ifndef REVSTAT_TOOLS_REVSTAT_STORE_STORE_LIST_H_
#define REVSTAT_TOOLS_REVSTAT_STORE_STORE_LIST_H_

#include <string>

#include "engine/check/store_contents.h"

namespace revstat::tool {

std::string ListAsTable(const StoreContents& contents, Time at);
std::string ListAsJsonLines(const StoreContents& contents, Time at);

// "complete", "delta of 1a, users, http://ca.example/1.crl".
std::string ScopeText(const CrlView& crl);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_STORE_STORE_LIST_H_
