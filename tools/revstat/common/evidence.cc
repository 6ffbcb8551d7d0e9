#include "tools/revstat/common/evidence.h"

#include "engine/base/error.h"
#include "tools/revstat/common/input_files.h"
#include "tools/revstat/common/output.h"

namespace revstat::tool {
namespace {

constexpr uint64_t kMaxTrustBytes = uint64_t{256} << 20;

using Buffers = std::vector<std::shared_ptr<const Buffer>>;

}  // namespace

LoadedEvidence LoadEvidence(const EvidenceFiles& files,
                            const EvidencePolicy& policy,
                            const Buffers& more_untrusted) {
  LoadedEvidence loaded;
  EvidencePolicy applied = policy;
  // Other certificates may have paths through those of the store.
  if (!files.trust.empty() || !files.untrusted.empty() ||
      !more_untrusted.empty()) {
    applied.store_paths = StorePaths::kBuilt;
  }
  EvidenceBuilder builder(applied);
  const auto refuse = [&](const std::string& path, const absl::Status& status) {
    ++loaded.failures;
    Report(Concat({path, ": ", MessageOf(status)}));
  };
  const auto read = [&](const std::string& path, ObjectKind kind,
                        uint64_t max_bytes) -> Buffers {
    auto objects = ReadObjects(path, kind, max_bytes);
    if (objects.ok()) return *std::move(objects);
    ++loaded.failures;
    Report(MessageOf(objects.status()));
    return {};
  };
  if (!files.store.empty()) {
    const auto store =
        ReadStore(&FileSystem::System(), StoreFiles(files.store), nullptr);
    if (store.ok()) {
      builder.AddStore(*store);
    } else {
      refuse(files.store, store.status());
    }
  }
  for (const std::string& path : files.trust) {
    for (const auto& certificate :
         read(path, ObjectKind::kCertificate, kMaxTrustBytes)) {
      const absl::Status status = builder.AddTrusted(certificate);
      if (!status.ok()) refuse(path, status);
    }
  }
  for (const auto& certificate : more_untrusted)
    builder.AddUntrusted(certificate).IgnoreError();
  for (const std::string& path : files.untrusted) {
    for (const auto& certificate :
         read(path, ObjectKind::kCertificate, kMaxTrustBytes)) {
      const absl::Status status = builder.AddUntrusted(certificate);
      if (!status.ok()) refuse(path, status);
    }
  }
  Progress progress("taking in CRLs", files.crls.size());
  uint64_t done = 0;
  for (const std::string& path : files.crls) {
    for (const auto& crl : read(path, ObjectKind::kCrl, CrlView::kMaxBytes)) {
      const absl::Status status = builder.IngestCrl(crl);
      // Of two CRLs of one scope the newer serves; giving both is no mistake.
      if (!status.ok() && ErrorCodeOf(status) != ErrorCode::kOlderThanHeld)
        refuse(path, status);
    }
    progress.Update(++done, 0);
  }
  loaded.built = std::move(builder).Build();
  for (const std::string& path : files.ocsp) {
    for (const auto& response :
         read(path, ObjectKind::kOcspResponse, kMaxTrustBytes)) {
      const absl::Status status = loaded.ocsp.Add(response);
      if (!status.ok()) refuse(path, status);
    }
  }
  for (const std::string& path : files.trusted_responders) {
    for (auto& certificate :
         read(path, ObjectKind::kCertificate, kMaxTrustBytes))
      loaded.trusted_responders.push_back(std::move(certificate));
  }
  return loaded;
}

}  // namespace revstat::tool
