#include "engine/refresh/store_updater.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "engine/base/error.h"
#include "engine/refresh/crl_rules.h"
#include "engine/refresh/validated_paths.h"
#include "engine/snapshot/scope.h"
#include "engine/snapshot/series.h"
#include "engine/verify/digest.h"

namespace revstat {
namespace {

using Trust = ManifestCertificate::Trust;
using Sources = std::vector<std::shared_ptr<const CrlSource>>;

constexpr uint64_t kTwoThreadsFrom = 1 << 18;

std::string KeyOf(const Sha256Digest& digest) {
  return std::string(TextOf(digest));
}

std::string ParentOf(const std::string& folder) {
  const size_t end = folder.find_last_not_of('/');
  const size_t slash = folder.find_last_of('/', end);
  if (end == std::string::npos || slash == 0) return "/";
  return slash == std::string::npos ? "." : folder.substr(0, slash);
}

// The name of a staged file, and whether a name is one.
std::string StagedName(uint64_t number) {
  return Concat({"crl-", std::to_string(number), ".part"});
}
bool IsStagedName(std::string_view name) {
  return name.starts_with("crl-") && name.ends_with(".part");
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
  std::unique_ptr<StoreUpdater> updater(
      new StoreUpdater(folder, options, files));
  absl::Status status = files->MakeFolder(folder);
  if (status.ok()) status = updater->Lock();
  if (status.ok()) status = updater->Load();
  if (status.ok()) status = updater->Prune();
  if (!status.ok()) return status;
  return updater;
}

absl::Status StoreUpdater::Lock() {
  auto file = files_->Open(names_.Lock(), FileSystem::OpenMode::kOpenOrCreate);
  if (!file.ok()) return file.status();
  lock_ = *std::move(file);
  absl::Status status = lock_->Lock();
  if (ErrorCodeOf(status) == ErrorCode::kStoreLocked) {
    const auto holder = files_->Map(names_.Lock());
    if (!holder.ok() || (*holder)->bytes().empty()) return status;
    return MakeError(ErrorCode::kStoreLocked,
                     Concat({names_.folder(), " by ",
                             TextOf((*holder)->bytes().first(std::min<size_t>(
                                 (*holder)->bytes().size(), 200)))}));
  }
  if (!status.ok()) return status;
  const std::string holder =
      Concat({"process ", std::to_string(getpid()),
              options_.holder.empty() ? "" : " (", options_.holder,
              options_.holder.empty() ? "" : ")"});
  status = lock_->Truncate(0);
  return status.ok() ? WriteAll(lock_.get(), 0, BytesOf(holder)) : status;
}

absl::Status StoreUpdater::Load() {
  absl::Status status = files_->MakeFolder(names_.Segments());
  if (status.ok()) status = files_->MakeFolder(names_.Incoming());
  if (!status.ok()) return status;
  auto contents = ReadStore(files_, names_, nullptr);
  if (contents.ok()) {
    contents_ = *std::move(contents);
  } else if (ErrorCodeOf(contents.status()) == ErrorCode::kNoSuchFile) {
    // The first generation is durable only if the folders' own names are.
    status = files_->SyncFolder(names_.folder());
    if (status.ok()) status = files_->SyncFolder(ParentOf(names_.folder()));
  } else {
    status = contents.status();
  }
  if (!status.ok()) return status;
  for (size_t i = 0; i < certificates().size(); ++i)
    Index(certificates()[i], i);
  for (const StoredCrl& crl : crls()) Index(crl);
  auto word = GenerationWord::OpenForWriter(files_, names_.Generation());
  if (!word.ok()) return word.status();
  word_ = *std::move(word);
  // The last writer may have died between the manifest and the word.
  if (word_->Load() != generation()) word_->Store(generation());
  return absl::OkStatus();
}

absl::Status StoreUpdater::AddTrusted(
    std::shared_ptr<const Buffer> certificate) {
  return Add(std::move(certificate), Trust::kVouchedFor);
}

absl::Status StoreUpdater::AddUntrusted(
    std::shared_ptr<const Buffer> certificate) {
  return Add(std::move(certificate), Trust::kUntrusted);
}

absl::Status StoreUpdater::Add(std::shared_ptr<const Buffer> certificate,
                               Trust trust) {
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  absl::Status readable = PathBuilder({}).AddUntrusted(certificate->bytes());
  if (!readable.ok()) return readable;
  auto& held = contents_.manifest.certificates;
  const auto found = by_sha256_.find(KeyOf(Sha256(certificate->bytes())));
  if (found == by_sha256_.end()) {
    held.push_back({std::move(certificate), trust, {}});
    Index(held.back(), held.size() - 1);
  } else if (trust == Trust::kVouchedFor &&
             held[found->second].trust == Trust::kUntrusted) {
    held[found->second].trust = trust;
  } else {
    return absl::OkStatus();
  }
  has_changed_ = true;
  paths_steady_ = SteadyInterval();
  return absl::OkStatus();
}

void StoreUpdater::Index(const ManifestCertificate& certificate,
                         size_t position) {
  by_sha256_.emplace(KeyOf(Sha256(certificate.der->bytes())), position);
  const auto view = CertificateView::Parse(certificate.der->bytes());
  if (view.ok()) by_name_[CanonicalName(view->subject())].push_back(position);
}

void StoreUpdater::Index(const StoredCrl& crl) {
  groups_[GroupKeyOf(crl.source->crl(), crl.segment->signer_sha256())]
      .push_back(crl.record.id);
}

void StoreUpdater::Validate(Time at) {
  if (paths_steady_.Contains(at)) return;
  auto& held = contents_.manifest.certificates;
  std::vector<std::vector<ManifestPath>> before;
  for (const ManifestCertificate& certificate : held)
    before.push_back(certificate.paths);
  paths_steady_ = ValidatePaths(at, options_.ingest.signature, &held);
  for (size_t i = 0; i < held.size(); ++i)
    has_changed_ |= held[i].paths != before[i];
}

// The certificates that may have signed a CRL, as in
// SnapshotBuilder::SigningCandidates.
std::vector<CertificateView> StoreUpdater::CandidatesFor(const CrlView& crl,
                                                         Time at) const {
  std::vector<CertificateView> candidates;
  const auto named = by_name_.find(CanonicalName(crl.issuer()));
  if (named == by_name_.end()) return candidates;
  for (size_t position : named->second) {
    const ManifestCertificate& certificate = certificates()[position];
    const auto view = CertificateView::Parse(certificate.der->bytes());
    const bool is_validated =
        std::any_of(certificate.paths.begin(), certificate.paths.end(),
                    [&](const ManifestPath& path) {
                      return path.not_before <= at && at <= path.not_after;
                    });
    if (view.ok() && (certificate.trust == Trust::kVouchedFor ||
                      (is_validated && view->key_usage().has_value()))) {
      candidates.push_back(*view);
    }
  }
  return candidates;
}

absl::StatusOr<std::unique_ptr<StagedFile>> StoreUpdater::StageFile() {
  // Relaxed: the numbers only differ.
  const uint64_t number = next_staged_.fetch_add(1, std::memory_order_relaxed);
  return StagedFile::Create(
      files_, Concat({names_.Incoming(), "/", StagedName(number)}),
      options_.max_crl_bytes);
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
  std::string key = CrlScope::Of(crl).Key();
  const auto found = by_sha256_.find(KeyOf(signer));
  if (found == by_sha256_.end()) return key + KeyOf(signer);
  const auto view =
      CertificateView::Parse(certificates()[found->second].der->bytes());
  if (!view.ok()) return key + KeyOf(signer);
  return key + CanonicalName(view->subject()) +
         std::string(TextOf(view->subject_public_key_info_tlv()));
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
  const std::vector<CertificateView> signers = CandidatesFor(*crl, at);
  IngestOptions ingest = options_.ingest;
  // To start a thread takes longer than all there is to do.
  if ((*der)->bytes().size() < kTwoThreadsFrom) ingest.threads = Threads::kOne;
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
  status = CheckConflict(*crl, held);
  if (!status.ok()) {
    if (options_.conflicting == OddCrl::kRefuse) return Refused(status);
    result.odd.push_back(status);
  }
  if (result.before != nullptr) {
    status = CheckShrink(**source, *result.before, options_.shrink_to,
                         options_.shrink_from);
    if (!status.ok()) {
      if (options_.shrunk == OddCrl::kRefuse) return Refused(status);
      result.odd.push_back(status);
    }
  }
  std::vector<CrlView> all = {*crl};
  for (const auto& other : held) all.push_back(other->crl());
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
  auto segment = Segment::Open(*std::move(mapping), path);
  if (!segment.ok()) return segment.status();
  auto opened = CrlSource::FromSegment(*segment);
  if (!opened.ok()) return Annotate(opened.status(), path);
  status = staged->MoveTo(path);
  if (!status.ok()) return status;
  ++contents_.manifest.next_segment;
  has_new_segments_ = true;
  const ManifestSegment record{id, (*segment)->file_bytes(),
                               (*segment)->header_checksum(), at};
  return StoredCrl{record, *std::move(segment), *std::move(opened)};
}

void StoreUpdater::DropSuperseded(const std::string& group_key, Time at) {
  const Group group = GroupOf(group_key);
  std::vector<CrlView> views;
  for (const StoredCrl* crl : group) views.push_back(crl->source->crl());
  const std::vector<bool> needed = StillNeeded(views, at);
  std::set<uint64_t> ids;
  for (size_t i = 0; i < group.size(); ++i) {
    if (!needed[i]) ids.insert(group[i]->record.id);
  }
  dropped_.insert(dropped_.end(), ids.begin(), ids.end());
  std::erase_if(groups_[group_key],
                [&](uint64_t id) { return ids.contains(id); });
  std::erase_if(contents_.crls, [&](const StoredCrl& crl) {
    return ids.contains(crl.record.id);
  });
}

absl::StatusOr<uint64_t> StoreUpdater::Commit(Time at) {
  if (has_failed_)
    return MakeError(ErrorCode::kNotWritable, "an earlier commit failed");
  Validate(at);
  if (!has_changed_) return generation();
  auto written = WriteGeneration(at);
  if (!written.ok()) {
    has_failed_ = true;
    return written;
  }
  has_changed_ = has_new_segments_ = false;
  // What cannot be removed now is removed by the next Prune.
  for (uint64_t id : dropped_)
    files_->Remove(names_.SegmentPath(id)).IgnoreError();
  dropped_.clear();
  return written;
}

// Each step is on disk before the next begins, so that whenever the power goes
// a whole generation is there.
absl::StatusOr<uint64_t> StoreUpdater::WriteGeneration(Time at) {
  Manifest& next = contents_.manifest;
  next.segments.clear();
  for (const StoredCrl& crl : contents_.crls)
    next.segments.push_back(crl.record);
  ++next.generation;
  next.written_at = at;
  const std::vector<uint8_t> octets = EncodeManifest(next);
  absl::Status status;
  if (has_new_segments_) status = files_->SyncFolder(names_.Segments());
  if (!status.ok()) return status;
  {
    const auto file =
        files_->Open(names_.NewManifest(), FileSystem::OpenMode::kCreate);
    if (!file.ok()) return file.status();
    status = WriteAll(file->get(), 0, octets);
    if (status.ok()) status = (*file)->Sync();
    if (!status.ok()) return status;
  }
  status = files_->Rename(names_.NewManifest(), names_.Manifest());
  if (status.ok()) status = files_->SyncFolder(names_.folder());
  if (!status.ok()) return status;
  word_->Store(next.generation);
  return next.generation;
}

absl::Status StoreUpdater::Prune() {
  const auto incoming = files_->List(names_.Incoming());
  if (!incoming.ok()) return incoming.status();
  for (const std::string& name : *incoming) {
    if (!IsStagedName(name)) continue;  // somebody else's
    absl::Status status =
        files_->Remove(Concat({names_.Incoming(), "/", name}));
    if (!status.ok()) return status;
  }
  std::set<uint64_t> held;
  for (const StoredCrl& crl : contents_.crls) held.insert(crl.record.id);
  const auto segments = files_->List(names_.Segments());
  if (!segments.ok()) return segments.status();
  for (const std::string& name : *segments) {
    const auto id = StoreFiles::SegmentOf(name);
    if (!id.has_value() || held.contains(*id)) continue;
    absl::Status status = files_->Remove(names_.SegmentPath(*id));
    if (!status.ok()) return status;
  }
  return files_->Remove(names_.NewManifest());
}

}  // namespace revstat
