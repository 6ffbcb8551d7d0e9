// The sources file of refresh with all that it names.
#ifndef REVSTAT_TOOLS_REVSTAT_REFRESH_SOURCE_FILES_H_
#define REVSTAT_TOOLS_REVSTAT_REFRESH_SOURCE_FILES_H_

#include <string>
#include <vector>

#include "engine/refresh/sources.h"

namespace revstat::tool {

struct LoadedSources {
  std::vector<IssuerSource> issuers;
  // Lines "<file>:<line>:<column>: <message>"; empty where all is well.
  std::string problems;
};

// Reads the file, and the certificates that it names: PEM or DER, one or many
// in a file.
LoadedSources LoadSources(const std::string& path);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_REFRESH_SOURCE_FILES_H_
