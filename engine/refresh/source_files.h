// The sources file of refresh with all that it names.
#ifndef REVSTAT_ENGINE_REFRESH_SOURCE_FILES_H_
#define REVSTAT_ENGINE_REFRESH_SOURCE_FILES_H_

#include <string>
#include <vector>

#include "engine/refresh/sources.h"

namespace revstat {

struct LoadedSources {
  std::vector<IssuerSource> issuers;
  // Lines "<file>:<line>:<column>: <message>"; empty where all is well.
  std::string problems;
};

// Reads the file, and the certificates that it names: PEM or DER, one or many
// in a file.
LoadedSources LoadSources(const std::string& path);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_SOURCE_FILES_H_
