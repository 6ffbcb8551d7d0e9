#include "engine/check/store_reader.h"

#include <utility>

#include "engine/check/evidence_builder.h"
#include "engine/check/store_addition.h"

namespace revstat {

StoreReader::StoreReader(StoreFiles names, const EvidencePolicy& policy,
                         FileSystem* files, GenerationWord word)
    : names_(std::move(names)), files_(files), policy_(policy) {
  words_.push_back(std::make_unique<GenerationWord>(std::move(word)));
  word_.store(words_.back().get(), std::memory_order_release);
}

absl::StatusOr<std::unique_ptr<StoreReader>> StoreReader::Open(
    const std::string& folder, const EvidencePolicy& policy,
    FileSystem* files) {
  StoreFiles names(folder);
  auto word = GenerationWord::Open(files, names.Generation());
  if (!word.ok()) return word.status();
  std::unique_ptr<StoreReader> reader(
      new StoreReader(std::move(names), policy, files, *std::move(word)));
  // Before what it announces: what comes meanwhile is news.
  reader->seen_.store(reader->generation_word().Load(),
                      std::memory_order_relaxed);
  auto contents = ReadStore(files, reader->names_, nullptr);
  if (!contents.ok()) return contents.status();
  reader->contents_ = *std::move(contents);
  reader->generation_.store(reader->contents_.manifest.generation,
                            std::memory_order_relaxed);
  reader->publisher_ = std::make_unique<SnapshotPublisher>(
      reader->MakeSnapshot(),
      [reader = reader.get()] { return reader->IsOutdated(); });
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

absl::Status StoreReader::FollowFolder() {
  const auto there = files_->Identify(names_.Generation());
  if (!there.ok()) return there.status();
  if (*there == generation_word().file()) return absl::OkStatus();
  auto word = GenerationWord::Open(files_, names_.Generation());
  if (!word.ok()) return word.status();
  // Whatever its number, it is of another store.
  seen_.store(~word->Load(), std::memory_order_relaxed);
  words_.push_back(std::make_unique<GenerationWord>(*std::move(word)));
  word_.store(words_.back().get(), std::memory_order_release);
  return absl::OkStatus();
}

// A writer that dies between the manifest and the word has made a generation
// that the word does not tell.
bool StoreReader::IsManifestReplaced() const {
  const auto there = files_->Identify(names_.Manifest());
  // What cannot be looked at is not newer either.
  return there.ok() && *there != contents_.manifest_file->file();
}

absl::StatusOr<StoreReader::Outcome> StoreReader::Update(Time at) {
  const std::lock_guard<std::mutex> turn(updating_);
  absl::Status status = FollowFolder();
  const uint64_t seen = generation_word().Load();
  bool is_new = false;
  if (IsOutdated() || IsManifestReplaced()) {
    auto contents = ReadStore(files_, names_, &contents_);
    // A folder whose word cannot be read may still have a generation.
    status = contents.status();
    is_new = contents.ok();
    if (is_new) contents_ = *std::move(contents);
  }
  // A generation that cannot be read does not keep a signer in force whose own
  // time is over.
  if (!is_new && steady_.Contains(at)) {
    if (!status.ok()) return status;
    return Outcome::kUnchanged;
  }
  policy_.lookup.at = at;
  auto snapshot = MakeSnapshot();
  // First: who has seen an answer of the new generation is told its number.
  generation_.store(contents_.manifest.generation, std::memory_order_relaxed);
  publisher_->Publish(std::move(snapshot));
  if (is_new) seen_.store(seen, std::memory_order_relaxed);
  if (!status.ok()) return status;
  return Outcome::kPublished;
}

}  // namespace revstat
