#include "engine/snapshot/crl_source.h"

#include <atomic>
#include <new>
#include <optional>
#include <utility>

#include "engine/base/error.h"

namespace revstat {
namespace {

std::atomic<uint64_t> sources_made = 0;  // a count: pairs with nothing

}  // namespace

CrlSource::CrlSource()
    : id_(sources_made.fetch_add(1, std::memory_order_relaxed) + 1) {}

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
  const HashKey key = options.hash_key.value_or(HashKey::OfProcess());
  // An index for each of ten thousand issuers is not made for a stranger.
  if (crl->is_indirect()) verify();
  if (verified.has_value() && !verified->ok()) return verified->status();
  RunBeside(
      options.threads,
      [&] { index.emplace(IndexCrl(*crl, key, options.limits)); },
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
  source->sets_.reserve(source->index_.issuers.size());
  for (const IssuerIndex& issuer : source->index_.issuers) {
    const absl::Status added =
        source->AddSet(issuer.certificate_issuer, issuer.index.bytes());
    if (!added.ok()) return added;
  }
  return source;
}

absl::StatusOr<std::shared_ptr<const CrlSource>> CrlSource::FromSegment(
    std::shared_ptr<const Segment> segment) {
  const auto crl = CrlView::Parse(segment->der());
  if (!crl.ok()) {
    return MakeError(ErrorCode::kStoreDamaged,
                     Concat({"the CRL: ", MessageOf(crl.status())}));
  }
  const auto algorithm =
      ParseSignatureAlgorithm(crl->signature_algorithm_tlv());
  if (!algorithm.ok()) {
    return MakeError(ErrorCode::kStoreDamaged,
                     Concat({"the CRL: ", MessageOf(algorithm.status())}));
  }
  std::shared_ptr<CrlSource> source(new CrlSource);
  source->der_ = Buffer::Share(segment, segment->der());
  source->crl_ = *crl;
  source->algorithm_ = *algorithm;
  source->index_.statistics = segment->statistics();
  source->sets_.reserve(segment->sets().size());
  for (const Segment::Set& set : segment->sets()) {
    const absl::Status added =
        source->AddSet(std::string(set.certificate_issuer), set.index);
    if (!added.ok()) {
      return MakeError(ErrorCode::kStoreDamaged,
                       Concat({"the index: ", MessageOf(added)}));
    }
  }
  const absl::Status whole = source->CheckSets();
  if (!whole.ok()) return whole;
  std::call_once(source->sha256_once_,
                 [&] { source->sha256_ = segment->sha256(); });
  return source;
}

// No reader compares the index's checksum, for it would have to read all of it:
// so what loses much of it at once, or all, is looked for here.
absl::Status CrlSource::CheckSets() const {
  uint64_t indexed = 0;
  for (const IssuerSet& entries : sets_) {
    indexed += entries.set.size();
    if (!entries.set.FindsItsEnd()) {
      return MakeError(ErrorCode::kStoreDamaged,
                       "the index does not find its own entries");
    }
  }
  const CrlStatistics& counted = index_.statistics;
  if (indexed + counted.duplicates != counted.entries) {
    return MakeError(ErrorCode::kStoreDamaged,
                     "the index: entry_count is not what was counted");
  }
  return absl::OkStatus();
}

// sets_ has room for all, so that what set_of_ borrows from it stays.
absl::Status CrlSource::AddSet(std::string certificate_issuer, Bytes index) {
  const auto set = SerialSet::Open(index, crl_.der());
  if (!set.ok()) return set.status();
  sets_.push_back({std::move(certificate_issuer), *set, index, {}});
  if (crl_.is_delta() && set->size() <= SerialFilter::kMostEntries)
    sets_.back().filter.emplace(*set);
  set_of_.emplace(sets_.back().certificate_issuer, &sets_.back());
  return absl::OkStatus();
}

const CrlSource::IssuerSet* CrlSource::IssuerSetOf(
    const std::string& certificate_issuer) const {
  const auto found = set_of_.find(certificate_issuer);
  return found == set_of_.end() ? nullptr : found->second;
}

const SerialSet* CrlSource::SetOf(const std::string& certificate_issuer) const {
  const IssuerSet* const entries = IssuerSetOf(certificate_issuer);
  return entries == nullptr ? nullptr : &entries->set;
}

size_t CrlSource::index_bytes() const {
  size_t bytes = 0;
  for (const IssuerSet& entries : sets_) bytes += entries.index.size();
  return bytes;
}

const Sha256Digest& CrlSource::sha256() const {
  std::call_once(sha256_once_, [this] { sha256_ = Sha256(crl_.der()); });
  return sha256_;
}

}  // namespace revstat
