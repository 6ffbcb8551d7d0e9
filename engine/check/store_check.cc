#include "engine/check/store_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/store/generation_word.h"
#include "engine/store/pack_file.h"
#include "engine/verify/crl_verifier.h"
#include "engine/verify/digest.h"
#include "engine/verify/path_builder.h"

namespace revstat {
namespace {

bool IsListed(const CrlSource& source, const CrlEntry& entry) {
  for (const CrlSource::IssuerSet& entries : source.issuer_sets()) {
    if (entries.set.Find(entry.serial) != SerialSet::kNotListed) return true;
  }
  return false;
}

absl::Status CheckSignature(const StoreContents& contents,
                            const StoredCrl& crl) {
  for (const ManifestCertificate& held : contents.manifest.certificates) {
    if (Sha256(held.der->bytes()) != crl.segment->signer_sha256()) continue;
    const auto signer = CertificateView::Parse(held.der->bytes());
    if (!signer.ok()) return signer.status();
    SignaturePolicy policy;
    policy.weak_digest = WeakDigest::kAllowSha1;
    const std::vector<CertificateView> candidates = {*signer};
    return VerifyCrl(crl.source->crl(), candidates, policy).status();
  }
  return MakeError(ErrorCode::kNoIssuer, "the signer is not in the manifest");
}

absl::Status CheckEntries(const StoredCrl& crl, const std::string& path) {
  const CrlView& view = crl.source->crl();
  uint64_t entries = 0;
  CrlEntryReader reader(view);
  while (reader.Next()) {
    ++entries;
    if (!IsListed(*crl.source, reader.entry())) {
      return DamagedAt(path, StagedFile::kDerOffset + reader.entry().offset,
                       "the index does not find this entry");
    }
  }
  if (!reader.error().ok()) return Annotate(ToStatus(reader.error()), path);
  uint64_t indexed = 0;
  for (const CrlSource::IssuerSet& one : crl.source->issuer_sets())
    indexed += one.set.size();
  const CrlStatistics& statistics = crl.segment->statistics();
  if (statistics.entries != entries ||
      indexed + statistics.duplicates != entries) {
    return DamagedAt(path, 0, "the entries are not as many as were counted");
  }
  return absl::OkStatus();
}

// How many of the CRL issuer's own entries the router does not lead to `part`.
size_t CountMissed(const SerialRouter& router, uint32_t part,
                   const CrlSource& source) {
  constexpr size_t kBatch = 1024;
  const SerialSet& own = source.issuer_sets().front().set;
  std::vector<SerialNumber> serials;
  std::vector<RoutedSerial> found(16 * kBatch);
  size_t missed = 0;
  const auto ask = [&] {
    const size_t count =
        router.FindRouted({serials.data(), sizeof(SerialNumber)},
                          serials.size(), found.data(), found.size());
    std::vector<bool> is_led(serials.size());
    for (size_t i = 0; i < count && count != kTooManyRouted; ++i) {
      if (found[i].part == part) is_led[found[i].probe] = true;
    }
    missed += static_cast<size_t>(std::ranges::count(is_led, false));
    serials.clear();
  };
  CrlEntryReader reader(source.crl());
  while (reader.Next()) {
    // An indirect CRL lists those of others too.
    if (own.Find(reader.entry().serial) == SerialSet::kNotListed) continue;
    serials.push_back(reader.entry().serial);
    if (serials.size() == kBatch) ask();
  }
  ask();
  return missed;
}

// That OpenSSL finds a path from a certificate to this anchor, and no other.
absl::Status CheckPath(const Manifest& manifest,
                       const ManifestCertificate& certificate,
                       const ManifestPath& path, Time at) {
  PathPolicy policy;
  policy.at = at;
  policy.anchor_kind = path.anchor_kind;
  policy.weak_digest = path.weak_digest;
  PathBuilder builder(policy);
  const ManifestCertificate& anchor = manifest.certificates[path.anchor];
  if (anchor.trust != ManifestCertificate::Trust::kVouchedFor)
    return MakeError(ErrorCode::kNoPath, "nobody vouches for the anchor");
  absl::Status status = builder.AddAnchor(anchor.der->bytes());
  for (const ManifestCertificate& other : manifest.certificates) {
    // One that OpenSSL cannot read is on no path.
    if (other.trust == ManifestCertificate::Trust::kUntrusted)
      builder.AddUntrusted(other.der->bytes()).IgnoreError();
  }
  if (status.ok()) status = builder.Build(certificate.der->bytes()).status();
  return status;
}

}  // namespace

absl::Status CheckStoredPaths(const StoreContents& contents,
                              const StoreFiles& names) {
  for (const ManifestCertificate& certificate :
       contents.manifest.certificates) {
    for (const ManifestPath& path : certificate.paths) {
      // For OpenSSL a certificate has expired at its notAfter.
      const Time last =
          std::max(path.not_before, path.not_after - std::chrono::seconds(1));
      for (const Time at : {path.not_before, last}) {
        const absl::Status status =
            CheckPath(contents.manifest, certificate, path, at);
        if (status.ok()) continue;
        return MakeError(
            ErrorCode::kStoreDamaged,
            Concat({names.Manifest(), ": a path of the certificate ",
                    ToHex(Sha256(certificate.der->bytes())), " at ",
                    FormatTime(at), ": ", MessageOf(status)}));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckStoredGeneration(FileSystem* files,
                                   const StoreContents& contents,
                                   const StoreFiles& names) {
  const auto word = GenerationWord::Open(files, names.Generation());
  if (!word.ok()) return word.status();
  const uint64_t told = word->Load();
  if (told == contents.manifest.generation) return absl::OkStatus();
  // A writer may have made another since `contents` was read.
  const auto newest = ReadStore(files, names, &contents);
  if (!newest.ok()) return newest.status();
  const uint64_t held = newest->manifest.generation;
  if (told == held || told != word->Load()) return absl::OkStatus();
  return MakeError(
      ErrorCode::kStoreDamaged,
      Concat({names.Generation(), ": says ", std::to_string(told),
              ", and the manifest is of generation ", std::to_string(held)}));
}

absl::Status CheckStoredRouter(const StoreContents& contents,
                               const StoredRouter& router,
                               const StoreFiles& names) {
  const std::string path = names.RouterPath(router.record.id);
  absl::Status status = router.file->CheckContents(path);
  if (!status.ok()) return status;
  const auto segments = router.file->segments();
  for (uint32_t part = 0; part < segments.size(); ++part) {
    const auto crl = std::ranges::find(
        contents.crls, segments[part],
        [](const StoredCrl& stored) { return stored.record.id; });
    if (crl == contents.crls.end()) continue;
    const size_t missed =
        CountMissed(*router.file->router(), part, *crl->source);
    if (missed != 0) {
      return DamagedAt(path, 0,
                       Concat({std::to_string(missed), " serials of ",
                               StoreFiles::SegmentName(segments[part]),
                               " are not led to it"}));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckStoredCrl(const StoreContents& contents, const StoredCrl& crl,
                            const StoreFiles& names) {
  const std::string path = NameOf(names, crl.record);
  absl::Status status = crl.segment->CheckContents(path);
  if (!status.ok()) return status;
  status = CheckSignature(contents, crl);
  if (!status.ok()) return Annotate(status, path);
  return CheckEntries(crl, path);
}

}  // namespace revstat
