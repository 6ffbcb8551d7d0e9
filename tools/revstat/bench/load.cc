#include "tools/revstat/bench/load.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/snapshot/snapshot_builder.h"
#include "engine/verify/digest.h"
#include "tools/revstat/bench/timing.h"
#include "tools/revstat/common/input_files.h"

namespace revstat::tool {
namespace {

constexpr int kMaxRuns = 20;
constexpr double kRunSeconds = 3;  // no further run after so long

uint64_t PeakBytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

absl::StatusOr<std::shared_ptr<const Buffer>> ReadCrl(const std::string& path) {
  auto crls = ReadObjects(path, ObjectKind::kCrl, Buffer::kNoLimit);
  if (!crls.ok()) return crls.status();
  if (crls->size() == 1) return crls->front();
  return MakeError(ErrorCode::kTooMany,
                   Concat({path, ": one CRL is measured"}));
}

using Certificates = std::vector<std::shared_ptr<const Buffer>>;
absl::StatusOr<Certificates> ReadTrust(const std::vector<std::string>& paths) {
  Certificates all;
  for (const std::string& path : paths) {
    auto some = ReadObjects(path, ObjectKind::kCertificate, Buffer::kNoLimit);
    if (!some.ok()) return some.status();
    all.insert(all.end(), some->begin(), some->end());
  }
  return all;
}

// A delta alone answers nothing, and an indirect CRL's serials are of several
// issuers.
absl::Status CheckIsMeasured(Bytes der) {
  const auto crl = CrlView::Parse(der);
  if (!crl.ok()) return crl.status();
  if (!crl->is_delta() && !crl->is_indirect()) return absl::OkStatus();
  return MakeError(ErrorCode::kUnknownFormat,
                   "delta and indirect CRLs are not measured");
}

absl::StatusOr<BenchSubject> Load(std::shared_ptr<const Buffer> crl,
                                  const Certificates& trust,
                                  const IngestOptions& ingest) {
  const absl::Status measured = CheckIsMeasured(crl->bytes());
  if (!measured.ok()) return measured;
  SnapshotBuilder builder;
  for (const auto& certificate : trust) {
    if (auto id = builder.AddIssuer(certificate); !id.ok()) return id.status();
  }
  absl::Status taken = builder.IngestCrl(std::move(crl), ingest);
  if (!taken.ok()) return taken;
  BenchSubject subject;
  subject.snapshot = builder.Build();
  subject.source = subject.snapshot->sources().front().get();
  subject.issuer = static_cast<IssuerId>(subject.source->issuer_index());
  return subject;
}

}  // namespace

absl::StatusOr<BenchSubject> LoadBenchSubject(const BenchOptions& options) {
  const auto trust = ReadTrust(options.trust);
  if (!trust.ok()) return trust.status();
  IngestOptions ingest;
  ingest.signature.weak_digest = options.weak_digest;
  ingest.threads = options.threads == 1 ? Threads::kOne : Threads::kTwo;

  BenchSubject subject;
  LoadFigures best;
  const auto start = BenchClock::now();
  for (int run = 0; run < kMaxRuns && SecondsSince(start) < kRunSeconds;
       ++run) {
    // The digest comes first: it brings the file into the page cache.
    auto crl = ReadCrl(options.crl);
    if (!crl.ok()) return crl.status();
    const auto digest_start = BenchClock::now();
    KeepResult(Sha256((*crl)->bytes())[0]);
    const double digest_seconds = SecondsSince(digest_start);
    crl->reset();
    subject = BenchSubject();

    crl = ReadCrl(options.crl);
    if (!crl.ok()) return crl.status();
    const auto load_start = BenchClock::now();
    auto loaded = Load(*std::move(crl), *trust, ingest);
    const double load_seconds = SecondsSince(load_start);
    if (!loaded.ok()) return Annotate(loaded.status(), options.crl);
    subject = *std::move(loaded);
    if (run == 0) {
      best = {load_seconds, digest_seconds, PeakBytes()};
      continue;
    }
    best.load_seconds = std::min(best.load_seconds, load_seconds);
    best.sha256_seconds = std::min(best.sha256_seconds, digest_seconds);
  }
  subject.figures = best;
  return subject;
}

}  // namespace revstat::tool
