// StoreUpdater: CRLs that are authentic and forward, and odd all the same.
#include "engine/refresh/crl_rules.h"
#include "engine/refresh/store_updater.h"

namespace revstat {

// OK, with what was let pass in `result`; or why the CRL is refused.
absl::Status StoreUpdater::CheckOdd(
    const std::shared_ptr<const CrlSource>& source, const Sources& held,
    const ExpectedCrl& expected, TakeResult* result) const {
  const auto judge = [&](absl::Status odd, std::optional<OddCrl> own,
                         OddCrl general) {
    if (odd.ok() || own.value_or(general) == OddCrl::kRefuse) return odd;
    result->odd.push_back(std::move(odd));
    return absl::OkStatus();
  };
  const CrlView& crl = source->crl();
  const OddRules& own = expected.odd;
  absl::Status status =
      judge(CheckConflict(crl, held), own.conflicting, options_.conflicting);
  if (status.ok() && result->before != nullptr) {
    status = judge(CheckShrink(*source, *result->before,
                               own.shrink_to.value_or(options_.shrink_to),
                               options_.shrink_from),
                   own.shrunk, options_.shrunk);
  }
  if (!status.ok()) return status;
  const Vanished vanished = FindVanishedBeside(source, held, expected);
  result->vanished = vanished.count;
  return judge(CheckVanished(crl, vanished), own.vanished, options_.vanished);
}

Vanished StoreUpdater::FindVanishedBeside(
    const std::shared_ptr<const CrlSource>& source, const Sources& held,
    const ExpectedCrl& expected) const {
  if (held.empty()) return {};
  std::set<std::string> issuers;
  for (const auto& other : held) {
    for (const CrlSource::IssuerSet& entries : other->issuer_sets())
      issuers.insert(entries.certificate_issuer);
  }
  std::vector<CertificateView> known;
  for (const std::string& issuer : issuers) {
    const auto issued = certificates_.IssuedBy(issuer);
    known.insert(known.end(), issued.begin(), issued.end());
  }
  for (const auto& certificate : expected.certificates) {
    const auto view = CertificateView::Parse(certificate->bytes());
    if (view.ok()) known.push_back(*view);
  }
  return FindVanished(source, held, known);
}

}  // namespace revstat
