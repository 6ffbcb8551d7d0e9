#include "bench/ingest.h"

#include <openssl/evp.h>

#include <utility>

#include "bench/peak_memory.h"
#include "engine/base/buffer.h"
#include "engine/base/error.h"
#include "engine/snapshot/snapshot_builder.h"
#include "tools/revstat/bench/timing.h"
#include "tools/revstat/common/input_files.h"

namespace revstat::bench {
namespace {

absl::StatusOr<double> Sha256Seconds(const std::string& path) {
  const auto start = tool::BenchClock::now();
  const auto file = Buffer::ReadFile(path);
  if (!file.ok()) return file.status();
  uint8_t digest[EVP_MAX_MD_SIZE];
  const Bytes bytes = (*file)->bytes();
  if (EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_sha256(),
                 nullptr) != 1) {
    return absl::InternalError("EVP_Digest fails");
  }
  tool::KeepResult(digest[0]);
  return tool::SecondsSince(start);
}

}  // namespace

absl::StatusOr<std::unique_ptr<const Snapshot>> Ingest(
    const std::string& crl_path, std::shared_ptr<const Buffer> ca,
    Threads threads) {
  SnapshotBuilder builder;
  if (auto id = builder.AddIssuer(std::move(ca)); !id.ok()) return id.status();
  auto crl = Buffer::ReadFile(crl_path);
  if (!crl.ok()) return crl.status();
  IngestOptions options;
  options.threads = threads;
  const absl::Status taken = builder.IngestCrl(*std::move(crl), options);
  if (!taken.ok()) return Annotate(taken, crl_path);
  return builder.Build();
}

absl::StatusOr<std::shared_ptr<const Buffer>> ReadCa(const DataFiles& files) {
  auto certificates = tool::ReadObjects(
      files.Ca(), tool::ObjectKind::kCertificate, Buffer::kNoLimit);
  if (!certificates.ok()) {
    return Annotate(certificates.status(), "bench/make-data makes the inputs");
  }
  return certificates->front();
}

absl::StatusOr<IngestFigures> MeasureIngest(
    const std::string& crl_path, const std::shared_ptr<const Buffer>& ca,
    Threads threads) {
  const auto sha256_seconds = Sha256Seconds(crl_path);
  if (!sha256_seconds.ok()) return sha256_seconds.status();
  absl::Status reset = ResetPeakMemory();
  if (!reset.ok()) return reset;

  const auto start = tool::BenchClock::now();
  const auto snapshot = Ingest(crl_path, ca, threads);
  const double ingest_seconds = tool::SecondsSince(start);
  if (!snapshot.ok()) return snapshot.status();
  const CrlSource& source = *(*snapshot)->sources().front();
  return IngestFigures{.entries = source.statistics().entries,
                       .file_bytes = source.crl().der().size(),
                       .index_bytes = source.index_bytes(),
                       .peak_bytes = PeakMemory(),
                       .sha256_seconds = *sha256_seconds,
                       .ingest_seconds = ingest_seconds};
}

}  // namespace revstat::bench
