#include "engine/check/ocsp_set.h"

#include "engine/base/error.h"
#include "engine/verify/ocsp_verifier.h"

namespace revstat {
namespace {

// What a response says of this serial; of several answers the strictest.
std::optional<OcspSingleResponse> StrictestAbout(
    const OcspResponseView& response, const SerialNumber& serial) {
  std::optional<OcspSingleResponse> strictest;
  response.ForEachResponse([&](const OcspSingleResponse& single) {
    if (single.cert_id.serial != serial) return;
    if (!strictest.has_value() ||
        OcspStatusOf(single) < OcspStatusOf(*strictest))
      strictest = single;
  });
  return strictest;
}

}  // namespace

absl::StatusOr<OcspSource> OcspSource::Create(std::shared_ptr<const Buffer> der,
                                              const OcspLimits& limits) {
  const auto response = OcspResponseView::Parse(der->bytes(), limits);
  if (!response.ok()) return response.status();
  const Sha256Digest sha256 = Sha256(der->bytes());
  return OcspSource{std::move(der), *response, sha256};
}

absl::Status OcspSet::Add(std::shared_ptr<const Buffer> der,
                          const OcspLimits& limits) {
  auto source = OcspSource::Create(std::move(der), limits);
  if (!source.ok()) return source.status();
  absl::Status usable = CheckIsAnswer(source->response);
  if (!usable.ok()) return usable;
  const auto number = static_cast<uint32_t>(sources_.size());
  source->response.ForEachResponse([&](const OcspSingleResponse& single) {
    by_serial_[single.cert_id.serial].push_back(
        static_cast<uint32_t>(places_.size()));
    places_.push_back({number, single.tlv});
  });
  sources_.push_back(*std::move(source));
  return absl::OkStatus();
}

std::span<const uint32_t> OcspSet::About(const SerialNumber& serial) const {
  if (by_serial_.empty()) return {};
  const auto found = by_serial_.find(serial);
  if (found == by_serial_.end()) return {};
  return found->second;
}

OcspSingleResponse OcspSet::SingleAt(uint32_t position) const {
  const Bytes tlv = places_[position].single_tlv;
  der::Trace trace(tlv);
  der::Cursor cursor(tlv, &trace);
  return ReadOcspSingleResponse(cursor, "SingleResponse");
}

OcspEvidence OcspSet::Explain(const LookupKey& key,
                              const Verdict& verdict) const {
  OcspEvidence evidence;
  if (!verdict.is_from_ocsp()) return evidence;
  if (verdict.source == OcspCache::kSource) {
    if (cache_ != nullptr) evidence.cached = cache_->Explain(key);
  } else if (verdict.source == kStapled) {
    if (!stapled_.has_value()) return evidence;
    evidence.source = &*stapled_;
    evidence.single = StrictestAbout(stapled_->response, key.serial);
  } else if (verdict.source < places_.size()) {
    evidence.source = &sources_[places_[verdict.source].source];
    evidence.single = SingleAt(verdict.source);
  }
  return evidence;
}

}  // namespace revstat
