#include "engine/snapshot/snapshot.h"

#include <atomic>

#include "engine/index/find_batch.h"

namespace revstat {
namespace {

std::atomic<uint64_t> snapshots_made = 0;  // a count: pairs with nothing

}  // namespace

Snapshot::Snapshot()
    : id_(snapshots_made.fetch_add(1, std::memory_order_relaxed) + 1),
      tag_(static_cast<uint32_t>(id_ % 0xffffffff) + 1) {}

std::unique_ptr<const Snapshot> Snapshot::LeftBehind() {
  std::unique_ptr<Snapshot> snapshot(new Snapshot());
  snapshot->without_issuer_ = Cause::kLeftBehind;
  return snapshot;
}

KeyFit FitOf(const Issuer& issuer, Bytes key_identifier) {
  if (key_identifier.empty()) return KeyFit::kPossible;
  KeyFit fit = KeyFit::kNo;
  for (const auto& der : issuer.certificates) {
    const auto view = CertificateView::Parse(der->bytes());
    const Bytes own = view.ok() ? view->subject_key_identifier() : Bytes();
    if (own.empty()) fit = KeyFit::kPossible;
    if (Equal(own, key_identifier)) return KeyFit::kNamed;
  }
  return fit;
}

Evidence Snapshot::Explain(const LookupKey& key, const Verdict& verdict) const {
  Evidence evidence;
  if (verdict.is_from_ocsp() || verdict.source >= sources_.size() ||
      key.issuer >= issuers_.size() || IsForeign(key)) {
    return evidence;
  }
  const CrlSource& source = *sources_[verdict.source];
  evidence.crl = &source;
  const SerialSet* const set =
      source.SetOf(issuers_[key.issuer].canonical_name);
  const uint32_t offset =
      set == nullptr ? SerialSet::kNotListed : FindOne(*set, key.serial).offset;
  if (offset != SerialSet::kNotListed)
    evidence.entry = CrlEntryReader::At(source.crl(), offset);
  return evidence;
}

std::span<const IssuerId> Snapshot::IssuersNamed(
    const std::string& canonical_name) const {
  const auto found = by_name_.find(canonical_name);
  return found == by_name_.end() ? std::span<const IssuerId>() : found->second;
}

IssuerId Snapshot::IssuerWithCertificate(const Sha256Digest& sha256) const {
  const auto found = by_sha256_.find(std::string(TextOf(sha256)));
  return found == by_sha256_.end() ? kUnknownIssuer : found->second;
}

}  // namespace revstat
