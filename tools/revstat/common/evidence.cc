#include "tools/revstat/common/evidence.h"

#include <filesystem>
#include <map>

#include "engine/base/error.h"
#include "engine/check/ocsp_cache_file.h"
#include "engine/refresh/crl_rules.h"
#include "tools/revstat/common/input_files.h"
#include "tools/revstat/common/output.h"

namespace revstat::tool {
namespace {

constexpr uint64_t kMaxTrustBytes = uint64_t{256} << 20;

// Of what the caller gives: more than a stranger may send.
constexpr OcspLimits kOcspLimits = {.max_bytes = size_t{64} << 20,
                                    .max_responses = size_t{1} << 20};
constexpr uint32_t kMaxCached = uint32_t{1} << 26;

using Buffers = std::vector<std::shared_ptr<const Buffer>>;

absl::Status LoadCache(const std::string& path, const Sha256Digest& context,
                       Time at, OcspCache* cache) {
  const auto load = LoadOcspCache(path, {context, at}, cache);
  if (!load.ok()) return load.status();
  return load->rest == OcspCacheLoad::Rest::kWhole
             ? absl::OkStatus()
             : MakeError(ErrorCode::kStoreDamaged, "some answers are lost");
}

}  // namespace

Sha256Digest OcspCacheContext(WeakDigest weak_digest,
                              const Buffers& trusted_responders) {
  std::string text =
      Concat({"query", weak_digest == WeakDigest::kAllowSha1 ? " sha1" : ""});
  for (const auto& responder : trusted_responders)
    text += TextOf(Sha256(responder->bytes()));
  return Sha256(BytesOf(text));
}

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
  for (const SnapshotBuilder::Conflict& conflict : builder.conflicts()) {
    Report(MessageOf(
        MakeError(ErrorCode::kConflictingCrl,
                  Concat({Describe(conflict.added->crl()), ", SHA-256 ",
                          ToHex(conflict.added->sha256()), " beside ",
                          ToHex(conflict.held->sha256()), "; both count"}))));
  }
  loaded.built = std::move(builder).Build();
  for (const std::string& path : files.ocsp) {
    for (const auto& response :
         read(path, ObjectKind::kOcspResponse, kMaxTrustBytes)) {
      const absl::Status status = loaded.ocsp.Add(response, kOcspLimits);
      if (status.ok()) loaded.ocsp_files.push_back(path);
      if (!status.ok()) refuse(path, status);
    }
  }
  for (const std::string& path : files.trusted_responders) {
    for (auto& certificate :
         read(path, ObjectKind::kCertificate, kMaxTrustBytes))
      loaded.trusted_responders.push_back(std::move(certificate));
  }
  if (!files.ocsp_caches.empty()) {
    loaded.ocsp_cache = std::make_unique<OcspCache>(
        OcspCacheOptions{.max_answers = kMaxCached});
    const Sha256Digest context = OcspCacheContext(
        policy.ingest.signature.weak_digest, loaded.trusted_responders);
    for (const std::string& path : files.ocsp_caches) {
      const absl::Status status =
          LoadCache(path, context, policy.lookup.at, loaded.ocsp_cache.get());
      if (!status.ok()) refuse(path, status);
    }
    loaded.ocsp.UseCache(std::make_shared<const CachedOcsp>(*loaded.ocsp_cache,
                                                            loaded.snapshot()));
  }
  std::error_code error;
  if (!files.stapled.empty() &&
      std::filesystem::file_size(files.stapled, error) != 0) {
    const auto responses =
        read(files.stapled, ObjectKind::kOcspResponse, kMaxTrustBytes);
    if (responses.size() > 1) {
      refuse(files.stapled,
             MakeError(ErrorCode::kTooMany, "stapled OCSP responses"));
    } else if (!responses.empty()) {
      auto stapled = OcspSource::Create(responses.front());
      if (stapled.ok()) {
        loaded.ocsp.UseStapled(*std::move(stapled));
      } else {
        refuse(files.stapled, stapled.status());
      }
    }
  }
  return loaded;
}

void ReportRefusedOcsp(const LoadedEvidence& evidence,
                       const std::vector<const OcspChecker*>& checkers) {
  std::map<uint32_t, absl::Status> refused;
  for (const OcspChecker* checker : checkers) {
    if (checker != nullptr)
      refused.insert(checker->refused().begin(), checker->refused().end());
  }
  for (const auto& [source, why] : refused)
    Report(Concat({evidence.ocsp_files[source], ": ", MessageOf(why)}));
}

}  // namespace revstat::tool
