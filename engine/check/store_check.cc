#include "engine/check/store_check.h"

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/verify/crl_verifier.h"
#include "engine/verify/digest.h"

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

}  // namespace

absl::Status CheckStoredCrl(const StoreContents& contents, const StoredCrl& crl,
                            const StoreFiles& names) {
  const std::string path = names.SegmentPath(crl.record.id);
  absl::Status status = crl.segment->CheckContents(path);
  if (!status.ok()) return status;
  status = CheckSignature(contents, crl);
  if (!status.ok()) return Annotate(status, path);
  return CheckEntries(crl, path);
}

}  // namespace revstat
