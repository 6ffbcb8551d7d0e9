#include "engine/check/store_reader.h"

#include <utility>

#include "engine/check/evidence_builder.h"

namespace revstat {

StoreReader::StoreReader(StoreFiles names, const EvidencePolicy& policy,
                         FileSystem* files, GenerationWord word)
    : names_(std::move(names)),
      files_(files),
      word_(std::move(word)),
      policy_(policy) {}

absl::StatusOr<std::unique_ptr<StoreReader>> StoreReader::Open(
    const std::string& folder, const EvidencePolicy& policy,
    FileSystem* files) {
  StoreFiles names(folder);
  auto word = GenerationWord::Open(files, names.Generation());
  if (!word.ok()) return word.status();
  std::unique_ptr<StoreReader> reader(
      new StoreReader(std::move(names), policy, files, *std::move(word)));
  auto contents = ReadStore(files, reader->names_, nullptr);
  if (!contents.ok()) return contents.status();
  reader->contents_ = *std::move(contents);
  reader->generation_.store(reader->contents_.manifest.generation,
                            std::memory_order_relaxed);
  reader->publisher_ =
      std::make_unique<SnapshotPublisher>(reader->MakeSnapshot());
  return reader;
}

std::unique_ptr<const Snapshot> StoreReader::MakeSnapshot() {
  SnapshotBuilder builder;
  if (policy_.partitions == Partitions::kAllHeld)
    builder.DeclareAllPartitionsHeld();
  const StoreAddition addition = AddStore(contents_, policy_, &builder);
  SteadyInterval steady = addition.steady;
  // What the steady interval does not know of: a signer that is listed with a
  // revocation time in the future.
  constexpr auto kLongest = std::chrono::minutes(10);
  steady.AddBorder(policy_.lookup.at + kLongest);
  auto snapshot = BuildJudged(
      builder, policy_.lookup,
      addition.has_validated ? Judging::kNeeded : Judging::kNotNeeded);
  // Once there is such a snapshot: after an exception the next Update has to
  // see that time has passed.
  steady_ = steady;
  return snapshot;
}

absl::StatusOr<StoreReader::Outcome> StoreReader::Update(Time at) {
  const std::lock_guard<std::mutex> turn(updating_);
  const bool is_outdated = IsOutdated();
  if (!is_outdated && steady_.Contains(at)) return Outcome::kUnchanged;
  absl::Status status;
  if (is_outdated) {
    auto contents = ReadStore(files_, names_, &contents_);
    status = contents.status();
    if (contents.ok()) contents_ = *std::move(contents);
  }
  // A generation that cannot be read does not keep a signer in force whose own
  // time is over.
  if (!status.ok() && steady_.Contains(at)) return status;
  policy_.lookup.at = at;
  publisher_->Publish(MakeSnapshot());
  generation_.store(contents_.manifest.generation, std::memory_order_relaxed);
  if (!status.ok()) return status;
  return Outcome::kPublished;
}

}  // namespace revstat
