#include "engine/refresh/store_updater.h"

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/crl_rules.h"
#include "engine/snapshot/scope.h"
#include "engine/snapshot/series.h"
#include "engine/store/store_writing.h"
#include "engine/verify/digest.h"

namespace revstat {
namespace {

constexpr uint64_t kTwoThreadsFrom = 1 << 18;

std::string ParentOf(const std::string& folder) {
  const size_t end = folder.find_last_not_of('/');
  const size_t slash = folder.find_last_of('/', end);
  if (end == std::string::npos || slash == 0) return "/";
  return slash == std::string::npos ? "." : folder.substr(0, slash);
}

// A folder without a manifest may be a copy that is under way. It is a store
// only where the word says that there was no first generation yet.
absl::Status CheckIsStore(FileSystem* files, const StoreFiles& names) {
  const absl::Status manifest = files->Identify(names.Manifest()).status();
  if (ErrorCodeOf(manifest) != ErrorCode::kNoSuchFile) return manifest;
  const auto word = GenerationWord::Open(files, names.Generation());
  return word.ok() && word->Load() == 0 ? absl::OkStatus() : manifest;
}

absl::Status CheckExpected(const CrlView& crl, const ExpectedCrl& expected) {
  const auto refuse = [](std::string_view what) {
    return MakeError(ErrorCode::kScopeChanged, what);
  };
  if (expected.issuer && *expected.issuer != CanonicalName(crl.issuer()))
    return refuse("the issuer");
  if (expected.scope_key && *expected.scope_key != CrlScope::Of(crl).Key())
    return refuse("issuingDistributionPoint");
  if (expected.kind &&
      (*expected.kind == ExpectedCrl::Kind::kDelta) != crl.is_delta()) {
    return refuse(crl.is_delta() ? "a delta CRL instead of a complete one"
                                 : "a complete CRL instead of a delta");
  }
  return absl::OkStatus();
}

TakeResult Refused(const absl::Status& why) {
  TakeResult result;
  result.refusal = why;
  return result;
}

}  // namespace

StoreUpdater::StoreUpdater(const std::string& folder,
                           const StoreUpdaterOptions& options,
                           FileSystem* files)
    : names_(folder), options_(options), files_(files) {}

absl::StatusOr<std::unique_ptr<StoreUpdater>> StoreUpdater::Open(
    const std::string& folder, const StoreUpdaterOptions& options,
    FileSystem* files) {
  const absl::Status status = files->MakeFolder(folder);
  if (!status.ok()) return status;
  return OpenFolder(folder, options, files);
}

absl::StatusOr<std::unique_ptr<StoreUpdater>> StoreUpdater::OpenExisting(
    const std::string& folder, const StoreUpdaterOptions& options,
    FileSystem* files) {
  const absl::Status status = CheckIsStore(files, StoreFiles(folder));
  if (!status.ok()) return status;
  return OpenFolder(folder, options, files);
}

absl::StatusOr<std::unique_ptr<StoreUpdater>> StoreUpdater::OpenFolder(
    const std::string& folder, const StoreUpdaterOptions& options,
    FileSystem* files) {
  std::unique_ptr<StoreUpdater> updater(
      new StoreUpdater(folder, options, files));
  auto lock = LockStore(files, updater->names_, options.holder);
  if (!lock.ok()) return lock.status();
  updater->lock_ = *std::move(lock);
  absl::Status status = updater->Load();
  if (status.ok()) status = updater->Prune();
  if (!status.ok()) return status;
  return updater;
}

absl::Status StoreUpdater::Load() {
  absl::Status status = files_->MakeFolder(names_.Segments());
  if (status.ok()) status = files_->MakeFolder(names_.Incoming());
  if (!status.ok()) return status;
  auto contents = ReadStore(files_, names_, nullptr);
  const bool is_new = ErrorCodeOf(contents.status()) == ErrorCode::kNoSuchFile;
  // Readers trust the bytes behind the headers; who writes looks at them, so
  // that what has been damaged is taken in anew.
  if (contents.ok()) {
    const absl::Status whole = CompareChecksums(*contents, names_);
    if (!whole.ok()) contents = whole;
  }
  if (contents.ok()) {
    contents_ = *std::move(contents);
  } else if (ErrorCodeOf(contents.status()) == ErrorCode::kStoreDamaged) {
    status = Salvage();
    if (!status.ok()) return status;
  } else if (!is_new) {
    return contents.status();
  }
  // The last writer may have ended between a rename and its sync, and what it
  // left must not be called held before it is durable. The first generation is
  // that only if the folders' own names are.
  status = files_->SyncFolder(names_.folder());
  if (status.ok() && is_new)
    status = files_->SyncFolder(ParentOf(names_.folder()));
  if (!status.ok()) return status;
  certificates_ = HeldCertificates(contents_.manifest.certificates);
  for (const StoredCrl& crl : crls()) Index(crl);
  auto word = GenerationWord::OpenForWriter(files_, names_.Generation());
  if (!word.ok()) return word.status();
  word_ = *std::move(word);
  // A store whose manifest was removed goes on from where its readers are.
  if (is_new) contents_.manifest.generation = word_->Load();
  // The last writer may have died between the manifest and the word.
  if (word_->Load() != generation()) word_->Store(generation());
  return absl::OkStatus();
}

// One bad file must not keep all the others from being mended.
absl::Status StoreUpdater::Salvage() {
  auto salvaged = SalvageStore(files_, names_);
  if (!salvaged.ok()) return salvaged.status();
  contents_ = std::move(salvaged->contents);
  lost_ = std::move(salvaged->lost);
  has_changed_ = true;
  std::set<std::string> used;
  for (const StoredCrl& crl : crls()) {
    if (crl.record.pack != 0) used.insert(names_.PackPath(crl.record.pack));
  }
  for (const LostFile& lost : lost_) {
    // Of a pack that others are read from the lost part is just left out.
    if (used.contains(lost.path)) continue;
    // Kept for whoever wants to know what happened to it.
    const absl::Status moved =
        files_->Rename(lost.path, lost.path + ".damaged");
    if (!moved.ok() && ErrorCodeOf(moved) != ErrorCode::kNoSuchFile)
      return moved;
  }
  return absl::OkStatus();
}

void StoreUpdater::Index(const StoredCrl& crl) {
  groups_[GroupKeyOf(crl.source->crl(), crl.segment->signer_sha256())]
      .push_back(crl.record.id);
}

void StoreUpdater::Validate(Time at) {
  Note(certificates_.Validate(at, options_.ingest.signature));
}

bool StoreUpdater::IsReplaced() const {
  const auto is_in_place = IsLockInPlace(files_, names_, lock_);
  return is_in_place.ok() && !*is_in_place;
}

absl::Status StoreUpdater::CheckFolder() const {
  const auto is_in_place = IsLockInPlace(files_, names_, lock_);
  if (!is_in_place.ok()) return is_in_place.status();
  if (*is_in_place) return absl::OkStatus();
  return MakeError(
      ErrorCode::kNotWritable,
      Concat({names_.folder(), " was replaced while it was open"}));
}

absl::StatusOr<std::unique_ptr<StagedFile>> StoreUpdater::StageFile() {
  const absl::Status ours = CheckFolder();
  if (!ours.ok()) return ours;
  return revstat::StageFile(files_, names_, options_.max_crl_bytes);
}

absl::StatusOr<TakeResult> StoreUpdater::Take(const Buffer& der, Time at,
                                              const ExpectedCrl& expected) {
  const auto crl = CrlView::Parse(der.bytes());
  if (!crl.ok()) return Refused(crl.status());
  auto staged = StageFile();
  if (!staged.ok()) return staged.status();
  const absl::Status status = (*staged)->Append(der.bytes());
  if (ErrorCodeOf(status) == ErrorCode::kTooLarge) return Refused(status);
  if (!status.ok()) return status;
  return Take(*std::move(staged), at, expected);
}

// One signer's key and one scope: within these, CRLs replace each other.
std::string StoreUpdater::GroupKeyOf(const CrlView& crl,
                                     const Sha256Digest& signer) const {
  return CrlScope::Of(crl).Key() + certificates_.SignerKeyOf(signer);
}

StoreUpdater::Group StoreUpdater::GroupOf(const std::string& key) const {
  Group group;
  const auto found = groups_.find(key);
  if (found == groups_.end()) return group;
  for (const uint64_t id : found->second) {
    // Numbers only grow.
    const auto crl = std::lower_bound(
        contents_.crls.begin(), contents_.crls.end(), id,
        [](const StoredCrl& a, uint64_t b) { return a.record.id < b; });
    group.push_back(&*crl);
  }
  return group;
}

const StoredCrl* StoreUpdater::FindSame(const CrlView& crl) const {
  for (const StoredCrl& held : contents_.crls) {
    if (Equal(held.segment->der(), crl.der())) return &held;
  }
  return nullptr;
}

absl::StatusOr<TakeResult> StoreUpdater::Take(
    std::unique_ptr<StagedFile> staged, Time at, const ExpectedCrl& expected) {
  auto der = staged->Der();
  if (!der.ok()) return der.status();
  const auto crl = CrlView::Parse((*der)->bytes());
  if (!crl.ok()) return Refused(crl.status());
  absl::Status status = CheckExpected(*crl, expected);
  if (!status.ok()) return Refused(status);
  TakeResult result;
  if (const StoredCrl* same = FindSame(*crl)) {
    result.outcome = TakeResult::Outcome::kSameAsHeld;
    result.crl = result.before = same->source;
    return result;
  }
  Validate(at);
  const std::vector<CertificateView> signers =
      certificates_.CandidatesFor(*crl, at);
  IngestOptions ingest = options_.ingest;
  // That of the store, which each CRL hands on to the next.
  if (!ingest.hash_key.has_value() && !contents_.crls.empty()) {
    const CrlSource& newest = *contents_.crls.back().source;
    ingest.hash_key = newest.issuer_sets().front().set.key();
  }
  // To start a thread takes longer than all there is to do.
  if ((*der)->bytes().size() < kTwoThreadsFrom) {
    ingest.threads = Threads::kOne;
  } else if (!signers.empty() && (*der)->bytes().size() >= kSmallSegment) {
    staged->StartSync();  // the disk works while this does
  }
  const auto source = CrlSource::Ingest(*der, signers, ingest);
  if (!source.ok()) return Refused(source.status());
  const Sha256Digest signer = Sha256(signers[(*source)->issuer_index()].der());

  const std::string group_key = GroupKeyOf(*crl, signer);
  Sources held;
  for (const StoredCrl* other : GroupOf(group_key))
    held.push_back(other->source);
  result.before = NewestLike(*crl, held);
  status = CheckForward(*crl, held);
  if (!status.ok()) return Refused(status);
  status = CheckOdd(*source, held, expected, &result);
  if (!status.ok()) return Refused(status);
  Sources all = {*source};
  all.insert(all.end(), held.begin(), held.end());
  if (!StillNeeded(all, at).front()) {
    return Refused(MakeError(ErrorCode::kOlderThanHeld, Describe(*crl)));
  }
  auto stored = Write(std::move(staged), **source, signer, at);
  if (!stored.ok()) return stored.status();
  result.crl = stored->source;
  contents_.crls.push_back(*std::move(stored));
  groups_[group_key].push_back(contents_.crls.back().record.id);
  DropSuperseded(group_key, at);
  has_changed_ = true;
  result.outcome = TakeResult::Outcome::kTaken;
  // Of very many that are taken in for one Commit the disk sees the packs
  // alone.
  if (bytes_since_packing_ >= options_.packing.pack_bytes) PackAnew(at);
  return result;
}

absl::StatusOr<StoredCrl> StoreUpdater::Write(
    std::unique_ptr<StagedFile> staged, const CrlSource& source,
    const Sha256Digest& signer, Time at) {
  SegmentParts parts;
  parts.signer_sha256 = signer;
  parts.statistics = source.statistics();
  for (const CrlSource::IssuerSet& entries : source.issuer_sets())
    parts.sets.push_back({entries.certificate_issuer, entries.index});
  absl::Status status = WriteSegment(staged.get(), parts,
                                     source.crl().der().size() < kTwoThreadsFrom
                                         ? Threads::kOne
                                         : options_.ingest.threads);
  if (!status.ok()) return status;
  const uint64_t id = manifest().next_segment;
  const std::string path = names_.SegmentPath(id);
  auto mapping = staged->Map();
  if (!mapping.ok()) return mapping.status();
  const Bytes octets = (*mapping)->bytes();
  auto segment =
      Segment::Open(Buffer::Share(*std::move(mapping), octets), path);
  if (!segment.ok()) return segment.status();
  auto opened = CrlSource::FromSegment(*segment);
  if (!opened.ok()) return Annotate(opened.status(), path);
  status = staged->MoveTo(path);
  if (!status.ok()) return status;
  ++contents_.manifest.next_segment;
  has_new_segments_ = true;
  if ((*segment)->file_bytes() < kSmallSegment) {
    unsynced_.insert(path);
    bytes_since_packing_ += (*segment)->file_bytes();
  }
  ManifestSegment record;
  record.id = id;
  record.file_bytes = (*segment)->file_bytes();
  record.header_checksum = (*segment)->header_checksum();
  record.taken_at = at;
  return StoredCrl{record, *std::move(segment), *std::move(opened)};
}

void StoreUpdater::DropSuperseded(const std::string& group_key, Time at) {
  const Group group = GroupOf(group_key);
  Sources sources;
  for (const StoredCrl* crl : group) sources.push_back(crl->source);
  const std::vector<bool> needed = StillNeeded(sources, at);
  std::set<uint64_t> ids;
  for (size_t i = 0; i < group.size(); ++i) {
    if (!needed[i]) ids.insert(group[i]->record.id);
  }
  std::erase_if(groups_[group_key],
                [&](uint64_t id) { return ids.contains(id); });
  Drop(ids);
}

void StoreUpdater::Drop(const std::set<uint64_t>& ids) {
  std::erase_if(contents_.crls, [&](const StoredCrl& crl) {
    if (!ids.contains(crl.record.id)) return false;
    if (crl.record.pack == 0) Discard(names_.SegmentPath(crl.record.id));
    return true;
  });
}

absl::Status StoreUpdater::Prune() {
  return RemoveLeftovers(files_, names_, manifest());
}

}  // namespace revstat
