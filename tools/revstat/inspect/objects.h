// A CRL, a certificate, an OCSP response or request as a sheet of facts.
#ifndef REVSTAT_TOOLS_REVSTAT_INSPECT_OBJECTS_H_
#define REVSTAT_TOOLS_REVSTAT_INSPECT_OBJECTS_H_

#include <optional>

#include "absl/status/status.h"
#include "engine/base/bytes.h"
#include "tools/revstat/inspect/sheet.h"

namespace revstat::tool {

// What could be read, and why not all of it could.
struct Inspection {
  std::optional<InspectSheet> sheet;  // nothing where not even the head is good
  absl::Status status;
};

// Reads every entry. Cost: one pass of parsing and indexing, one of SHA-256
// beside it on a second thread when the CRL is large.
Inspection InspectCrl(Bytes der);

Inspection InspectCertificate(Bytes der);
Inspection InspectOcspResponse(Bytes der);
Inspection InspectOcspRequest(Bytes der);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_INSPECT_OBJECTS_H_
