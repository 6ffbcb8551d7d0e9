#include "engine/snapshot/crl_source.h"

#include <new>
#include <optional>
#include <utility>

#include "engine/base/error.h"

namespace revstat {

absl::StatusOr<std::shared_ptr<const CrlSource>> CrlSource::Ingest(
    std::shared_ptr<const Buffer> der,
    std::span<const CertificateView> candidates, const IngestOptions& options) {
  try {
    return IngestOrThrow(std::move(der), candidates, options);
  } catch (const std::bad_alloc&) {
    return MakeError(ErrorCode::kTooLarge, "no memory for the CRL's index");
  }
}

absl::StatusOr<std::shared_ptr<const CrlSource>> CrlSource::IngestOrThrow(
    std::shared_ptr<const Buffer> der,
    std::span<const CertificateView> candidates, const IngestOptions& options) {
  const auto crl = CrlView::Parse(der->bytes());
  if (!crl.ok()) return crl.status();
  std::optional<absl::StatusOr<VerifiedCrl>> verified;
  std::optional<absl::StatusOr<CrlIndex>> index;
  const auto verify = [&] {
    verified.emplace(VerifyCrl(*crl, candidates, options.signature));
  };
  // An index for each of ten thousand issuers is not made for a stranger.
  if (crl->is_indirect()) verify();
  if (verified.has_value() && !verified->ok()) return verified->status();
  RunBeside(
      options.threads,
      [&] { index.emplace(IndexCrl(*crl, HashKey::Random(), options.limits)); },
      [&] {
        if (!verified.has_value()) verify();
      });
  if (!index->ok()) return index->status();
  if (!verified->ok()) return verified->status();

  std::shared_ptr<CrlSource> source(new CrlSource);
  source->der_ = std::move(der);
  source->crl_ = *crl;
  source->issuer_index_ = (*verified)->issuer_index();
  source->algorithm_ = (*verified)->algorithm();
  source->index_ = **std::move(index);
  for (const IssuerIndex& issuer : source->index_.issuers) {
    auto set = SerialSet::Open(issuer.index.bytes(), source->crl_.der());
    if (!set.ok()) return set.status();
    source->sets_.push_back({issuer.certificate_issuer, *set});
  }
  for (const IssuerSet& entries : source->sets_)
    source->set_of_.emplace(entries.certificate_issuer, &entries.set);
  return source;
}

const SerialSet* CrlSource::SetOf(const std::string& certificate_issuer) const {
  const auto found = set_of_.find(certificate_issuer);
  return found == set_of_.end() ? nullptr : found->second;
}

size_t CrlSource::index_bytes() const {
  size_t bytes = 0;
  for (const IssuerIndex& issuer : index_.issuers) bytes += issuer.index.size();
  return bytes;
}

const Sha256Digest& CrlSource::sha256() const {
  std::call_once(sha256_once_, [this] { sha256_ = Sha256(crl_.der()); });
  return sha256_;
}

}  // namespace revstat
