// The certificates and CRLs that a command was given, made into a snapshot.
#ifndef REVSTAT_TOOLS_REVSTAT_COMMON_EVIDENCE_H_
#define REVSTAT_TOOLS_REVSTAT_COMMON_EVIDENCE_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/check/evidence_builder.h"
#include "engine/check/ocsp_cache.h"
#include "engine/check/ocsp_checker.h"
#include "engine/check/ocsp_set.h"

namespace revstat::tool {

struct EvidenceFiles {
  std::string store;  // its folder; empty for none
  std::vector<std::string> trust;
  std::vector<std::string> untrusted;
  std::vector<std::string> crls;
  std::vector<std::string> ocsp;
  std::vector<std::string> ocsp_caches;  // of `ocsp query --cache`
  std::string stapled;  // in a handshake; an empty file: nothing was
  std::vector<std::string> trusted_responders;
};

struct LoadedEvidence {
  BuiltEvidence built;
  std::unique_ptr<OcspCache> ocsp_cache;  // or null
  OcspSet ocsp;
  std::vector<std::string> ocsp_files;  // of its responses, by source
  std::vector<std::shared_ptr<const Buffer>> trusted_responders;
  uint64_t failures = 0;  // files and CRLs that were refused, each reported

  const Snapshot& snapshot() const { return *built.snapshot; }
};

// What the answers of an OCSP cache file were verified under.
Sha256Digest OcspCacheContext(
    WeakDigest weak_digest,
    const std::vector<std::shared_ptr<const Buffer>>& trusted_responders);

// Reads and takes in all of them; a bad one is reported on standard error and
// the others are still taken. `more_untrusted` come from elsewhere, a bundle
// that is verified say.
LoadedEvidence LoadEvidence(
    const EvidenceFiles& files, const EvidencePolicy& policy,
    const std::vector<std::shared_ptr<const Buffer>>& more_untrusted = {});

// Says of each response that a checker (or null) has refused from which file it
// is, and why; a failure of none of these, for the answers have their causes.
void ReportRefusedOcsp(const LoadedEvidence& evidence,
                       const std::vector<const OcspChecker*>& checkers);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_COMMON_EVIDENCE_H_
