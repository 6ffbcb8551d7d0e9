// StoreUpdater: whose CRLs the store takes in, and no longer does.
#include <algorithm>
#include <map>
#include <utility>

#include "engine/refresh/store_updater.h"
#include "engine/verify/digest.h"

namespace revstat {

absl::Status StoreUpdater::AddTrusted(
    std::shared_ptr<const Buffer> certificate) {
  return Add(std::move(certificate), HeldCertificates::Trust::kVouchedFor);
}

absl::Status StoreUpdater::AddUntrusted(
    std::shared_ptr<const Buffer> certificate) {
  return Add(std::move(certificate), HeldCertificates::Trust::kUntrusted);
}

absl::Status StoreUpdater::Add(std::shared_ptr<const Buffer> certificate,
                               HeldCertificates::Trust trust) {
  const auto outcome = certificates_.Add(std::move(certificate), trust);
  if (outcome.ok()) Note(*outcome);
  return outcome.status();
}

void StoreUpdater::Note(HeldCertificates::Outcome outcome) {
  has_changed_ |= outcome == HeldCertificates::Outcome::kChanged;
}

absl::StatusOr<bool> StoreUpdater::Withdraw(const Sha256Digest& sha256) {
  const bool is_held = std::ranges::any_of(
      certificates(), [&](const ManifestCertificate& certificate) {
        return Sha256(certificate.der->bytes()) == sha256;
      });
  if (!is_held) return false;
  const absl::Status status = Remove({sha256});
  if (!status.ok()) return status;
  return true;
}

absl::Status StoreUpdater::KeepOnly(
    std::span<const std::shared_ptr<const Buffer>> trusted,
    std::span<const std::shared_ptr<const Buffer>> untrusted) {
  std::set<Sha256Digest> kept;
  for (const auto& certificate : trusted)
    kept.insert(Sha256(certificate->bytes()));
  Note(certificates_.Demote(kept));
  for (const auto& certificate : untrusted)
    kept.insert(Sha256(certificate->bytes()));
  std::set<Sha256Digest> others;
  for (const ManifestCertificate& held : certificates_.list()) {
    const Sha256Digest digest = Sha256(held.der->bytes());
    if (!kept.contains(digest)) others.insert(digest);
  }
  return others.empty() ? absl::OkStatus() : Remove(others);
}

absl::Status StoreUpdater::Remove(const std::set<Sha256Digest>& gone) {
  std::map<Sha256Digest, std::string> keys;
  for (const Sha256Digest& digest : gone)
    keys[digest] = certificates_.SignerKeyOf(digest);
  Note(certificates_.Remove(gone));
  std::set<uint64_t> ids;
  std::vector<StoredCrl> attributed;
  for (const StoredCrl& crl : crls()) {
    const auto key = keys.find(crl.segment->signer_sha256());
    if (key == keys.end()) continue;
    ids.insert(crl.record.id);
    const auto signer = certificates_.FindSigner(key->second);
    if (!signer) continue;
    auto anew = Attribute(crl, *signer);
    if (!anew.ok()) {
      has_failed_ = true;  // or the next Commit would lose the CRL
      return anew.status();
    }
    attributed.push_back(*std::move(anew));
  }
  Drop(ids);
  for (StoredCrl& crl : attributed) contents_.crls.push_back(std::move(crl));
  groups_.clear();
  for (const StoredCrl& crl : crls()) Index(crl);
  return absl::OkStatus();
}

// A segment names its signer and never changes, so that this is another one.
absl::StatusOr<StoredCrl> StoreUpdater::Attribute(const StoredCrl& crl,
                                                  const Sha256Digest& signer) {
  auto staged = StageFile();
  if (!staged.ok()) return staged.status();
  const absl::Status status = (*staged)->Append(crl.segment->der());
  if (!status.ok()) return status;
  return Write(*std::move(staged), *crl.source, signer, crl.record.taken_at);
}

}  // namespace revstat
