#include "engine/check/ocsp_set.h"

#include <functional>

#include "engine/base/error.h"
#include "engine/verify/ocsp_verifier.h"

namespace revstat {

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
  const auto position = static_cast<uint32_t>(sources_.size());
  source->response.ForEachResponse([&](const OcspSingleResponse& single) {
    auto& positions = by_serial_[single.cert_id.serial];
    if (positions.empty() || positions.back() != position)
      positions.push_back(position);
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

OcspEvidence OcspSet::Explain(const LookupKey& key,
                              const Verdict& verdict) const {
  OcspEvidence evidence;
  if (verdict.is_from_ocsp() && verdict.source == OcspCache::kSource) {
    if (cache_ != nullptr) evidence.cached = cache_->Explain(key);
    return evidence;
  }
  if (!verdict.is_from_ocsp() || verdict.source >= sources_.size())
    return evidence;
  evidence.source = &sources_[verdict.source];
  // Of several answers the strictest has decided.
  evidence.source->response.ForEachResponse(
      [&](const OcspSingleResponse& single) {
        if (single.cert_id.serial != key.serial) return;
        if (!evidence.single.has_value() ||
            OcspStatusOf(single) < OcspStatusOf(*evidence.single))
          evidence.single = single;
      });
  return evidence;
}

size_t OcspSet::Hasher::operator()(const SerialNumber& serial) const {
  return std::hash<std::string_view>()(TextOf(serial.content()));
}

}  // namespace revstat
