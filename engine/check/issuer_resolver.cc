#include "engine/check/issuer_resolver.h"

#include <algorithm>
#include <vector>

#include "engine/base/error.h"
#include "engine/verify/crl_verifier.h"
#include "engine/x509/name_text.h"

namespace revstat {
namespace {

// By name and, where both sides have one, key identifier.
std::vector<IssuerId> Fitting(const Snapshot& snapshot,
                              const CertificateView& certificate) {
  const Bytes wanted = certificate.authority_key_identifier().key_identifier;
  std::vector<IssuerId> fitting;
  for (IssuerId id :
       snapshot.IssuersNamed(CanonicalName(certificate.issuer()))) {
    const Bytes key = snapshot.issuers()[id].view.subject_key_identifier();
    if (wanted.empty() || key.empty() || Equal(wanted, key))
      fitting.push_back(id);
  }
  return fitting;
}

// The keys that one CA has had one after the other answer alike.
bool AreOneAuthority(const Snapshot& snapshot, std::span<const IssuerId> ids) {
  const auto issuers = snapshot.issuers();
  return std::all_of(ids.begin(), ids.end(), [&](IssuerId id) {
    return issuers[id].authority == issuers[ids.front()].authority;
  });
}

// What Fitting looks at, as one string.
std::string FittingKey(const CertificateView& certificate) {
  const Bytes name = certificate.issuer().tlv();
  const Bytes key = certificate.authority_key_identifier().key_identifier;
  std::string text;
  text.reserve(name.size() + key.size());
  text.append(TextOf(name)).append(TextOf(key));
  return text;
}

}  // namespace

IssuerId IssuerResolver::IssuerOf(const CertificateView& certificate) {
  std::string key = FittingKey(certificate);
  const auto found = by_certificate_.find(key);
  IssuerId id = found != by_certificate_.end() ? found->second : kUnknownIssuer;
  if (found == by_certificate_.end()) {
    const std::vector<IssuerId> fitting = Fitting(snapshot_, certificate);
    const bool is_named_by_key =
        fitting.size() == 1 &&
        !certificate.authority_key_identifier().key_identifier.empty() &&
        !snapshot_.issuers()[fitting.front()]
             .view.subject_key_identifier()
             .empty();
    if (!fitting.empty())
      id = is_named_by_key ? fitting.front() : kAmbiguousIssuer;
    if (by_certificate_.size() >= kMaxRemembered) by_certificate_.clear();
    if (key.size() <= kMaxKeyBytes) by_certificate_.emplace(std::move(key), id);
  }
  return id == kAmbiguousIssuer ? Choose(certificate) : id;
}

// Where key identifiers do not decide, only the signature tells a CA from
// another of its name; the answer holds for this certificate alone. One that
// cannot be checked counts for the only CA of that name.
IssuerId IssuerResolver::Choose(const CertificateView& certificate) {
  SignaturePolicy policy;
  // A weak digest is no risk here: the choice is between CAs we trust.
  policy.weak_digest = WeakDigest::kAllowSha1;
  const std::vector<IssuerId> fitting = Fitting(snapshot_, certificate);
  for (IssuerId id : fitting) {
    const absl::Status status =
        VerifyIssuedBy(certificate, snapshot_.issuers()[id].view, policy);
    if (status.ok()) return id;
    if (fitting.size() == 1 && ErrorCodeOf(status) != ErrorCode::kBadSignature)
      return id;
  }
  return kUnknownIssuer;
}

std::shared_ptr<const Coverage> IssuerResolver::CoverageOf(
    const CertificateView& certificate, IssuerId issuer) {
  if (issuer >= snapshot_.issuers().size()) return nullptr;
  const bool is_ca = certificate.kind() == CertificateView::Kind::kCa;
  std::string key = Concat({is_ca ? "c" : "u", std::to_string(issuer), "/",
                            TextOf(certificate.crl_distribution_points())});
  const auto found = coverages_.find(key);
  if (found != coverages_.end()) return found->second;
  Coverage coverage =
      snapshot_.CoverageOf(issuer, CertificateScope::Of(certificate));
  std::shared_ptr<const Coverage> kept;
  const Coverage& bare = snapshot_.BareCoverage(issuer);
  if (coverage.parts.empty() || coverage.parts != bare.parts ||
      coverage.keys != bare.keys || coverage.rule != bare.rule)
    kept = std::make_shared<const Coverage>(std::move(coverage));
  if (coverages_.size() >= kMaxRemembered) coverages_.clear();
  if (key.size() <= kMaxKeyBytes) coverages_.emplace(std::move(key), kept);
  return kept;
}

Question IssuerResolver::QuestionOf(const CertificateView& certificate,
                                    IssuerId issuer) {
  Question question;
  question.key.serial = certificate.serial();
  question.key.issuer = issuer;
  question.not_before = certificate.not_before();
  question.not_after = certificate.not_after();
  question.coverage = CoverageOf(certificate, issuer);
  question.stapling = certificate.stapling();
  // RFC 9608 4: not in CA certificates.
  if (certificate.kind() == CertificateView::Kind::kUser)
    question.revocation_info = certificate.revocation_info();
  return question;
}

absl::StatusOr<IssuerId> IssuerResolver::IssuerNamed(std::string_view text) {
  const auto found = by_text_.find(std::string(text));
  if (found != by_text_.end()) return found->second;
  IssuerId id = kUnknownIssuer;
  Sha256Digest digest;
  const auto octets = FromHex(text);
  if (octets.has_value() && octets->size() == digest.size()) {
    std::copy(octets->begin(), octets->end(), digest.begin());
    id = snapshot_.IssuerWithCertificate(digest);
  } else {
    const auto name = CanonicalNameOfText(text);
    if (!name.ok()) return name.status();
    const auto named = snapshot_.IssuersNamed(*name);
    if (!named.empty())
      id = AreOneAuthority(snapshot_, named) ? named.front() : kAmbiguousIssuer;
  }
  if (by_text_.size() >= kMaxRemembered) by_text_.clear();
  if (text.size() <= kMaxKeyBytes) by_text_.emplace(text, id);
  return id;
}

}  // namespace revstat
