#include "tools/revstat/common/evidence.h"

#include <filesystem>
#include <map>
#include <set>

#include "engine/base/error.h"
#include "engine/check/ocsp_cache_file.h"
#include "engine/refresh/crl_rules.h"
#include "tools/revstat/common/input_files.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/store/store_options.h"

namespace revstat::tool {
namespace {

constexpr uint64_t kMaxTrustBytes = uint64_t{256} << 20;

// Of what the caller gives: more than a stranger may send.
constexpr OcspLimits kOcspLimits = {.max_bytes = size_t{64} << 20,
                                    .max_responses = size_t{1} << 20};
constexpr uint32_t kMaxCached = uint32_t{1} << 26;

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
  // In whatever order they are given, and how often.
  std::set<Sha256Digest> responders;
  for (const auto& responder : trusted_responders)
    responders.insert(Sha256(responder->bytes()));
  for (const Sha256Digest& responder : responders) text += TextOf(responder);
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
  const auto fail = [&](std::string_view message) {
    ++loaded.failures;
    Report(message);
  };
  const auto refuse = [&](const std::string& path, const absl::Status& status) {
    fail(Concat({path, ": ", MessageOf(status)}));
  };
  // take(file, object) may refuse an object.
  const auto read = [&](const std::vector<std::string>& paths, ObjectKind kind,
                        uint64_t max_bytes, const auto& take) {
    const auto visit = [&](const std::string& file,
                           absl::StatusOr<Buffers> objects) {
      if (!objects.ok()) return fail(MessageOf(objects.status()));
      for (size_t i = 0; i < objects->size(); ++i) {
        const absl::Status status = take(file, (*objects)[i]);
        if (!status.ok())
          refuse(NameOfObject(file, i, objects->size()), status);
      }
    };
    for (const std::string& path : paths)
      ReadObjectsIn(path, kind, max_bytes, visit);
  };
  if (!files.store.empty()) {
    const auto store =
        ReadStore(&FileSystem::System(), StoreFiles(files.store), nullptr);
    if (store.ok()) {
      builder.AddStore(*store);
    } else {
      fail(Concat(
          {files.store, ": ", StoreProblem(store.status(), files.store)}));
    }
  }
  read(files.trust, ObjectKind::kCertificate, kMaxTrustBytes,
       [&](const std::string&, const auto& certificate) {
         return builder.AddTrusted(certificate);
       });
  for (const auto& certificate : more_untrusted)
    builder.AddUntrusted(certificate).IgnoreError();
  read(files.untrusted, ObjectKind::kCertificate, kMaxTrustBytes,
       [&](const std::string&, const auto& certificate) {
         return builder.AddUntrusted(certificate);
       });
  Progress progress("taking in CRLs", files.crls.size());
  uint64_t done = 0;
  for (const std::string& path : files.crls) {
    read({path}, ObjectKind::kCrl, CrlView::kMaxBytes,
         [&](const std::string&, const auto& crl) {
           absl::Status status = builder.IngestCrl(crl);
           // Of two CRLs of one scope the newer serves; giving both is no
           // mistake.
           if (ErrorCodeOf(status) == ErrorCode::kOlderThanHeld)
             return absl::OkStatus();
           return status;
         });
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
  read(files.ocsp, ObjectKind::kOcspResponse, kMaxTrustBytes,
       [&](const std::string& file, const auto& response) {
         absl::Status status = loaded.ocsp.Add(response, kOcspLimits);
         if (status.ok()) loaded.ocsp_files.push_back(file);
         return status;
       });
  read(files.trusted_responders, ObjectKind::kCertificate, kMaxTrustBytes,
       [&](const std::string&, const auto& certificate) {
         loaded.trusted_responders.push_back(certificate);
         return absl::OkStatus();
       });
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
        ReadObjects(files.stapled, ObjectKind::kOcspResponse, kMaxTrustBytes);
    if (!responses.ok()) {
      fail(MessageOf(responses.status()));
    } else if (responses->size() > 1) {
      refuse(files.stapled,
             MakeError(ErrorCode::kTooMany, "stapled OCSP responses"));
    } else {
      auto stapled = OcspSource::Create(responses->front());
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
  for (const auto& [source, why] : refused) {
    const bool is_unchecked =
        ErrorCodeOf(why) == ErrorCode::kOcspSignerUnchecked;
    Report(Concat({evidence.ocsp_files[source], ": ", MessageOf(why),
                   is_unchecked ? "; a CRL of its CA (--crl) tells, or take "
                                  "its word with --trust-responder"
                                : ""}));
  }
}

}  // namespace revstat::tool
