#include "engine/check/store_contents.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/parallel.h"
#include "engine/verify/digest.h"

namespace revstat {
namespace {

absl::StatusOr<StoredCrl> OpenCrl(FileSystem* files, const StoreFiles& names,
                                  const ManifestSegment& record) {
  const std::string path = names.SegmentPath(record.id);
  auto mapping = files->Map(path);
  if (!mapping.ok()) return mapping.status();
  auto segment = Segment::Open(*std::move(mapping), path);
  if (!segment.ok()) return segment.status();
  if ((*segment)->file_bytes() != record.file_bytes ||
      (*segment)->header_checksum() != record.header_checksum) {
    return DamagedAt(path, 0, "not the segment that the manifest names");
  }
  auto source = CrlSource::FromSegment(*segment);
  if (!source.ok()) return Annotate(source.status(), path);
  return StoredCrl{record, *std::move(segment), *std::move(source)};
}

// The CRL of this number, or null.
const StoredCrl* FindCrl(const std::vector<StoredCrl>& crls, uint64_t id) {
  const auto crl = std::lower_bound(
      crls.begin(), crls.end(), id,
      [](const StoredCrl& a, uint64_t b) { return a.record.id < b; });
  return crl != crls.end() && crl->record.id == id ? &*crl : nullptr;
}

// Whether the router leads this serial to this part.
bool LeadsTo(const SerialRouter& router, uint32_t part,
             const SerialNumber& serial) {
  std::array<RoutedSerial, 16> found;
  const size_t count = router.FindRouted({&serial, sizeof(serial)}, 1,
                                         found.data(), found.size());
  if (count == kTooManyRouted) return true;  // every part is asked then
  const auto end = found.begin() + static_cast<ptrdiff_t>(count);
  return std::any_of(found.begin(), end, [&](const RoutedSerial& routed) {
    return routed.part == part;
  });
}

// No reader compares the checksum of a router's table, and a serial that is not
// led is active. So one serial of each part is looked up, which tells where
// much of the table is lost.
absl::Status CheckLeads(const RouterFile& file,
                        const std::vector<StoredCrl>& crls,
                        std::string_view path) {
  const auto segments = file.segments();
  for (uint32_t part = 0; part < segments.size(); ++part) {
    const StoredCrl* const crl = FindCrl(crls, segments[part]);
    if (crl == nullptr) continue;  // no longer of the generation
    const auto serial = crl->source->issuer_sets().front().set.SerialAt(0);
    if (serial.has_value() && !LeadsTo(*file.router(), part, *serial)) {
      return DamagedAt(
          path, 0,
          Concat({"a serial of ", StoreFiles::SegmentName(segments[part]),
                  " is not led to it"}));
    }
  }
  return absl::OkStatus();
}

// `crls`: of the generation that the router is of.
absl::StatusOr<StoredRouter> OpenRouter(FileSystem* files,
                                        const StoreFiles& names,
                                        const ManifestRouter& record,
                                        const std::vector<StoredCrl>& crls) {
  const std::string path = names.RouterPath(record.id);
  auto mapping = files->Map(path);
  if (!mapping.ok()) return mapping.status();
  auto file = RouterFile::Open(*std::move(mapping), path);
  if (!file.ok()) return file.status();
  if ((*file)->file_bytes() != record.file_bytes ||
      (*file)->header_checksum() != record.header_checksum) {
    return DamagedAt(path, 0, "not the router that the manifest names");
  }
  const absl::Status leads = CheckLeads(**file, crls, path);
  if (!leads.ok()) return leads;
  return StoredRouter{record, *std::move(file)};
}

// Those of the manifest; what `held` has of them is shared.
absl::StatusOr<std::vector<StoredRouter>> OpenRouters(
    FileSystem* files, const StoreFiles& names, const Manifest& manifest,
    const std::vector<StoredCrl>& crls, const StoreContents* held) {
  std::vector<StoredRouter> routers;
  for (const ManifestRouter& record : manifest.routers) {
    const StoredRouter* same = nullptr;
    for (size_t i = 0; held != nullptr && i < held->routers.size(); ++i) {
      if (held->routers[i].record == record) same = &held->routers[i];
    }
    auto router = same != nullptr ? absl::StatusOr<StoredRouter>(*same)
                                  : OpenRouter(files, names, record, crls);
    if (!router.ok()) return router.status();
    routers.push_back(*std::move(router));
  }
  return routers;
}

using CrlsById = std::unordered_map<uint64_t, const StoredCrl*>;

// From so many new segments on, two threads open them.
constexpr size_t kTwoThreadsFrom = 256;

// Opens those of `missing`, positions in `crls`, that are `first`, `first` +
// `step` and so on there, up to the first error.
absl::Status OpenThese(FileSystem* files, const StoreFiles& names,
                       const std::vector<size_t>& missing, size_t first,
                       size_t step, std::vector<StoredCrl>* crls) {
  for (size_t i = first; i < missing.size(); i += step) {
    auto crl = OpenCrl(files, names, (*crls)[missing[i]].record);
    if (!crl.ok()) return crl.status();
    (*crls)[missing[i]] = *std::move(crl);
  }
  return absl::OkStatus();
}

// `contents`: its manifest, and nothing else yet.
absl::StatusOr<StoreContents> ReadOnce(FileSystem* files,
                                       const StoreFiles& names,
                                       StoreContents contents,
                                       const StoreContents* held,
                                       const CrlsById& held_by_id) {
  std::vector<size_t> missing;
  for (const ManifestSegment& record : contents.manifest.segments) {
    const auto found = held_by_id.find(record.id);
    if (found != held_by_id.end() &&
        found->second->record.header_checksum == record.header_checksum) {
      contents.crls.push_back(*found->second);
    } else {
      missing.push_back(contents.crls.size());
      contents.crls.emplace_back();
    }
    contents.crls.back().record = record;
  }
  const bool is_much = missing.size() >= kTwoThreadsFrom;
  absl::Status here;
  absl::Status beside;
  RunBeside(
      is_much ? Threads::kTwo : Threads::kOne,
      [&] {
        here = OpenThese(files, names, missing, 0, is_much ? 2 : 1,
                         &contents.crls);
      },
      [&] {
        if (is_much)
          beside = OpenThese(files, names, missing, 1, 2, &contents.crls);
      });
  if (!here.ok()) return here;
  if (!beside.ok()) return beside;
  auto routers =
      OpenRouters(files, names, contents.manifest, contents.crls, held);
  if (!routers.ok()) return routers.status();
  contents.routers = *std::move(routers);
  return contents;
}

// The manifest alone.
absl::StatusOr<StoreContents> ReadManifest(FileSystem* files,
                                           const std::string& path) {
  auto mapping = files->Map(path);
  if (!mapping.ok()) return mapping.status();
  auto manifest =
      DecodeManifest(Buffer::Share(*mapping, (*mapping)->bytes()), path);
  if (!manifest.ok()) return manifest.status();
  StoreContents contents;
  contents.manifest = *std::move(manifest);
  contents.manifest_file = *std::move(mapping);
  return contents;
}

// The path that serves under this policy at this time, or null.
const ManifestPath* PathFor(const ManifestCertificate& certificate,
                            const EvidencePolicy& policy,
                            SteadyInterval* steady) {
  const ManifestPath* serving = nullptr;
  for (const ManifestPath& path : certificate.paths) {
    if (path.anchor_kind != policy.anchor_kind ||
        (path.weak_digest == WeakDigest::kAllowSha1 &&
         policy.ingest.signature.weak_digest == WeakDigest::kRefuse)) {
      continue;
    }
    steady->AddValidity(path.not_before, path.not_after);
    const Time at = policy.lookup.at;
    if (serving == nullptr && path.not_before <= at && at <= path.not_after)
      serving = &path;
  }
  return serving;
}

// When what this CRL lets one conclude may change.
void AddBorders(const CrlView& crl, const LookupPolicy& policy,
                SteadyInterval* steady) {
  steady->AddBorder(crl.this_update() - policy.clock_skew);
  if (crl.next_update().has_value()) {
    steady->AddValidity(Time::min(), *crl.next_update() + policy.clock_skew);
  }
  if (policy.max_age.has_value()) {
    steady->AddValidity(
        Time::min(), crl.this_update() + *policy.max_age + policy.clock_skew);
  }
}

}  // namespace

std::vector<RouterPool::Kept> StoreContents::RoutersBySource() const {
  std::vector<RouterPool::Kept> kept;
  for (const StoredRouter& stored : routers) {
    RouterPool::Kept one{stored.file->router(), {}};
    for (uint64_t segment : stored.file->segments()) {
      const StoredCrl* const crl = FindCrl(crls, segment);
      one.sources.push_back(crl == nullptr ? 0 : crl->source->id());
    }
    kept.push_back(std::move(one));
  }
  return kept;
}

absl::StatusOr<StoreContents> ReadStore(FileSystem* files,
                                        const StoreFiles& names,
                                        const StoreContents* held) {
  CrlsById by_id;
  if (held != nullptr) {
    for (const StoredCrl& crl : held->crls) by_id.emplace(crl.record.id, &crl);
  }
  auto newest = ReadManifest(files, names.Manifest());
  for (;;) {
    if (!newest.ok()) return newest.status();
    const uint64_t generation = newest->manifest.generation;
    auto contents = ReadOnce(files, names, *std::move(newest), held, by_id);
    if (contents.ok() ||
        ErrorCodeOf(contents.status()) != ErrorCode::kNoSuchFile) {
      return contents;
    }
    // A writer may have made the next generation and removed what only this
    // one had.
    newest = ReadManifest(files, names.Manifest());
    if (newest.ok() && newest->manifest.generation == generation) {
      return MakeError(ErrorCode::kStoreDamaged,
                       Concat({names.Manifest(), ": a segment is missing: ",
                               MessageOf(contents.status())}));
    }
  }
}

namespace {

bool IsLoss(const absl::Status& status) {
  const ErrorCode code = ErrorCodeOf(status);
  return code == ErrorCode::kStoreDamaged || code == ErrorCode::kNoSuchFile;
}

}  // namespace

absl::Status CompareChecksums(const StoreContents& contents,
                              const StoreFiles& names) {
  for (const StoredCrl& crl : contents.crls) {
    const absl::Status status =
        crl.segment->CompareChecksums(names.SegmentPath(crl.record.id));
    if (!status.ok()) return status;
  }
  for (const StoredRouter& router : contents.routers) {
    const absl::Status status =
        router.file->CheckContents(names.RouterPath(router.record.id));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<SalvagedStore> SalvageStore(FileSystem* files,
                                           const StoreFiles& names) {
  auto newest = ReadManifest(files, names.Manifest());
  if (!newest.ok()) return newest.status();
  SalvagedStore salvaged;
  StoreContents& contents = salvaged.contents;
  contents = *std::move(newest);
  Manifest& manifest = contents.manifest;
  for (const ManifestSegment& record : manifest.segments) {
    const std::string path = names.SegmentPath(record.id);
    auto crl = OpenCrl(files, names, record);
    if (crl.ok()) {
      const absl::Status whole = crl->segment->CompareChecksums(path);
      if (!whole.ok()) crl = whole;
    }
    if (crl.ok()) {
      contents.crls.push_back(*std::move(crl));
    } else if (IsLoss(crl.status())) {
      salvaged.lost.push_back({path, crl.status()});
    } else {
      return crl.status();
    }
  }
  for (const ManifestRouter& record : manifest.routers) {
    const std::string path = names.RouterPath(record.id);
    auto router = OpenRouter(files, names, record, contents.crls);
    if (router.ok()) {
      const absl::Status whole = router->file->CheckContents(path);
      if (!whole.ok()) router = whole;
    }
    if (router.ok()) {
      contents.routers.push_back(*std::move(router));
    } else if (IsLoss(router.status())) {
      salvaged.lost.push_back({path, router.status()});
    } else {
      return router.status();
    }
  }
  manifest.segments.clear();
  for (const StoredCrl& crl : contents.crls)
    manifest.segments.push_back(crl.record);
  manifest.routers.clear();
  for (const StoredRouter& router : contents.routers)
    manifest.routers.push_back(router.record);
  return salvaged;
}

namespace {

// The issuers that stored CRLs are of. A certificate that was replaced by
// another of the same name and key, as CAs do when one runs out, still names
// the signer of what was verified with it.
class Signers {
 public:
  Signers(const StoreContents& contents, const SnapshotBuilder& builder)
      : contents_(contents), builder_(builder) {}

  IssuerId Of(const Sha256Digest& certificate) {
    const IssuerId added = builder_.IssuerWithCertificate(certificate);
    if (added != kUnknownIssuer) return added;
    if (by_certificate_.empty()) ReadAll();
    const auto key = by_certificate_.find(KeyOf(certificate));
    if (key == by_certificate_.end()) return kUnknownIssuer;
    const auto issuer = by_name_and_key_.find(key->second);
    return issuer == by_name_and_key_.end() ? kUnknownIssuer : issuer->second;
  }

 private:
  static std::string KeyOf(const Sha256Digest& digest) {
    return std::string(TextOf(digest));
  }
  void ReadAll() {
    for (const ManifestCertificate& held : contents_.manifest.certificates) {
      const auto view = CertificateView::Parse(held.der->bytes());
      if (!view.ok()) continue;
      const Sha256Digest digest = Sha256(view->der());
      const std::string key =
          CanonicalName(view->subject()) +
          std::string(TextOf(view->subject_public_key_info_tlv()));
      by_certificate_[KeyOf(digest)] = key;
      const IssuerId issuer = builder_.IssuerWithCertificate(digest);
      if (issuer != kUnknownIssuer) by_name_and_key_[key] = issuer;
    }
  }

  const StoreContents& contents_;
  const SnapshotBuilder& builder_;
  std::unordered_map<std::string, std::string> by_certificate_;
  std::unordered_map<std::string, IssuerId> by_name_and_key_;
};

}  // namespace

StoreAddition AddStore(const StoreContents& contents,
                       const EvidencePolicy& policy, SnapshotBuilder* builder) {
  StoreAddition addition;
  addition.steady = SteadyInterval(policy.lookup.at);
  const auto& certificates = contents.manifest.certificates;
  std::vector<IssuerId> ids(certificates.size(), kUnknownIssuer);
  using Trust = ManifestCertificate::Trust;
  for (size_t i = 0; i < certificates.size(); ++i) {
    if (certificates[i].trust != Trust::kVouchedFor) continue;
    const auto id = builder->AddIssuer(certificates[i].der);
    if (id.ok()) ids[i] = *id;
  }
  for (const ManifestCertificate& certificate : certificates) {
    if (certificate.trust == Trust::kVouchedFor) continue;
    const ManifestPath* const path =
        PathFor(certificate, policy, &addition.steady);
    // An anchor that is not vouched for is refused by the builder.
    if (path != nullptr &&
        builder->AddValidatedIssuer(certificate.der, ids[path->anchor]).ok()) {
      addition.has_validated = true;
    }
  }
  Signers signers(contents, *builder);
  for (const StoredCrl& crl : contents.crls) {
    const CrlView& view = crl.source->crl();
    AddBorders(view, policy.lookup, &addition.steady);
    const absl::Status strength =
        CheckStrength(crl.source->algorithm(), policy.ingest.signature);
    const IssuerId signer = signers.Of(crl.segment->signer_sha256());
    if (!strength.ok()) {
      builder->NoteRefusal(view, ErrorCodeOf(strength));
    } else if (signer == kUnknownIssuer) {
      builder->NoteRefusal(view, ErrorCode::kNoIssuer);
    } else {
      // One that a newer one replaces is let serve as far as it does.
      builder->AddCrl(crl.source, signer).IgnoreError();
    }
  }
  for (RouterPool::Kept& router : contents.RoutersBySource())
    builder->AddRouter(std::move(router));
  return addition;
}

}  // namespace revstat
