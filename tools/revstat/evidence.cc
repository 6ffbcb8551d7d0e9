#include "tools/revstat/evidence.h"

#include "engine/base/error.h"
#include "tools/revstat/input_files.h"
#include "tools/revstat/output.h"

namespace revstat::tool {
namespace {

constexpr uint64_t kMaxTrustBytes = uint64_t{256} << 20;

}  // namespace

LoadedEvidence LoadEvidence(const EvidenceFiles& files,
                            const IngestOptions& options) {
  LoadedEvidence loaded;
  SnapshotBuilder builder;
  const auto refuse = [&](const std::string& path, const absl::Status& status) {
    ++loaded.failures;
    Report(Concat({path, ": ", MessageOf(status)}));
  };
  for (const std::string& path : files.trust) {
    const auto certificates =
        ReadObjects(path, ObjectKind::kCertificate, kMaxTrustBytes);
    if (!certificates.ok()) {
      ++loaded.failures;
      Report(MessageOf(certificates.status()));
      continue;
    }
    for (const auto& certificate : *certificates) {
      const auto issuer = builder.AddIssuer(certificate);
      if (!issuer.ok()) refuse(path, issuer.status());
    }
  }
  Progress progress("taking in CRLs", files.crls.size());
  uint64_t done = 0;
  for (const std::string& path : files.crls) {
    const auto crls = ReadObjects(path, ObjectKind::kCrl, CrlView::kMaxBytes);
    if (!crls.ok()) {
      ++loaded.failures;
      Report(MessageOf(crls.status()));
      continue;
    }
    for (const auto& crl : *crls) {
      const absl::Status status = builder.IngestCrl(crl, options);
      // Of two CRLs of one scope the newer serves; giving both is no mistake.
      if (!status.ok() && ErrorCodeOf(status) != ErrorCode::kOlderThanHeld)
        refuse(path, status);
    }
    progress.Update(++done, 0);
  }
  loaded.snapshot = std::move(builder).Build();
  return loaded;
}

}  // namespace revstat::tool
