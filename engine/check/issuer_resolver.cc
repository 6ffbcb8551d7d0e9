#include "engine/check/issuer_resolver.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/verify/crl_verifier.h"
#include "engine/x509/authority_info_access.h"
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
    if (FitOf(snapshot.issuers()[id], wanted) != KeyFit::kNo)
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
void SetFittingKey(const CertificateView& certificate, std::string* key) {
  key->assign(TextOf(certificate.issuer().tlv()));
  key->append(TextOf(certificate.authority_key_identifier().key_identifier));
}

// As people copy it: also with colons.
std::optional<Sha256Digest> DigestOf(std::string_view text) {
  std::string digits(text);
  std::erase(digits, ':');
  const auto octets = FromHex(digits);
  Sha256Digest digest;
  if (!octets.has_value() || octets->size() != digest.size())
    return std::nullopt;
  std::copy(octets->begin(), octets->end(), digest.begin());
  return digest;
}

bool IsMadeOfDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == ':' || HexDigit(c) >= 0; });
}

absl::Status NoDigest(std::string_view text) {
  return MakeError(
      ErrorCode::kBadText,
      Concat(
          {"issuer \"", text.substr(0, 80),
           "\": the SHA-256 of a certificate has 64 hexadecimal digits, "
           "this has ",
           std::to_string(text.size() - static_cast<size_t>(std::count(
                                            text.begin(), text.end(), ':')))}));
}

// As OpenSSL prints a name in its own order, and RFC 4514 does not.
bool IsSpaced(std::string_view text) {
  return text.find(", ") != std::string_view::npos ||
         text.find(" = ") != std::string_view::npos;
}

}  // namespace

IssuerId IssuerResolver::IssuerOf(const CertificateView& certificate) {
  const IssuerId id = IssuerByKey(certificate);
  return id == kAmbiguousIssuer ? Choose(certificate) : id;
}

IssuerId IssuerResolver::IssuerByKey(const CertificateView& certificate) {
  SetFittingKey(certificate, &key_);
  if (key_ == last_key_) return last_issuer_;
  const auto found = by_certificate_.find(key_);
  IssuerId id = found != by_certificate_.end() ? found->second : kUnknownIssuer;
  if (found == by_certificate_.end()) {
    const std::vector<IssuerId> fitting = Fitting(snapshot_, certificate);
    const bool is_named_by_key =
        fitting.size() == 1 &&
        FitOf(snapshot_.issuers()[fitting.front()],
              certificate.authority_key_identifier().key_identifier) ==
            KeyFit::kNamed;
    if (!fitting.empty())
      id = is_named_by_key ? fitting.front() : kAmbiguousIssuer;
    if (by_certificate_.size() >= kMaxRemembered) by_certificate_.clear();
    if (key_.size() <= kMaxKeyBytes) by_certificate_.emplace(key_, id);
  }
  if (key_.size() <= kMaxKeyBytes) {
    last_key_ = key_;
    last_issuer_ = id;
  }
  return id;
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
  key_ = is_ca ? 'c' : 'u';
  key_ += std::to_string(issuer);
  key_ += '/';
  key_ += TextOf(certificate.crl_distribution_points());
  if (key_ != last_coverage_key_) {
    last_coverage_ = RememberedCoverageOf(certificate, issuer);
    last_coverage_key_ = key_;
  }
  return last_coverage_;
}

// By key_.
std::shared_ptr<const Coverage> IssuerResolver::RememberedCoverageOf(
    const CertificateView& certificate, IssuerId issuer) {
  const auto found = coverages_.find(key_);
  if (found != coverages_.end()) return found->second;
  Coverage coverage =
      snapshot_.CoverageOf(issuer, CertificateScope::Of(certificate));
  std::shared_ptr<const Coverage> kept;
  if (!coverage.IsLike(snapshot_.BareCoverage(issuer)))
    kept = std::make_shared<const Coverage>(std::move(coverage));
  const size_t parts = kept == nullptr ? 0 : kept->parts().size();
  if (coverages_.size() >= kMaxRemembered ||
      remembered_parts_ + parts > kMaxParts) {
    coverages_.clear();
    remembered_parts_ = 0;
  }
  if (key_.size() <= kMaxKeyBytes && coverages_.emplace(key_, kept).second)
    remembered_parts_ += parts;
  return kept;
}

Question IssuerResolver::QuestionOf(const CertificateView& certificate,
                                    IssuerId issuer) {
  Question question;
  question.key.serial = certificate.serial();
  question.key.issuer = issuer;
  question.key.snapshot = snapshot_.tag();
  question.not_before = certificate.not_before();
  question.not_after = certificate.not_after();
  question.coverage = CoverageOf(certificate, issuer);
  question.stapling = certificate.stapling();
  // RFC 9608 3: not in CA certificates, nor beside what says where revocation
  // information is published.
  if (certificate.kind() == CertificateView::Kind::kUser &&
      certificate.crl_distribution_points().empty() &&
      certificate.freshest_crl().empty() && OcspUrlsOf(certificate).empty()) {
    question.revocation_info = certificate.revocation_info();
  }
  return question;
}

IssuerNaming IssuerResolver::NamingOf(std::string_view text) {
  return DigestOf(text).has_value() ? IssuerNaming::kByKey
                                    : IssuerNaming::kByName;
}

std::span<const IssuerId> IssuerResolver::KeysOf(IssuerId issuer) {
  const auto issuers = snapshot_.issuers();
  if (issuer >= issuers.size()) return {};
  // Lists mostly go on with the issuer that they have begun with.
  if (std::find(keys_.begin(), keys_.end(), issuer) != keys_.end())
    return keys_;
  keys_.clear();
  for (const IssuerId id :
       snapshot_.IssuersNamed(issuers[issuer].canonical_name)) {
    if (issuers[id].authority == issuers[issuer].authority) keys_.push_back(id);
  }
  return keys_;
}

absl::StatusOr<IssuerId> IssuerResolver::IssuerNamed(std::string_view text) {
  const auto found = by_text_.find(std::string(text));
  if (found != by_text_.end()) return found->second;
  IssuerId id = kUnknownIssuer;
  if (const auto digest = DigestOf(text)) {
    id = snapshot_.IssuerWithCertificate(*digest);
  } else {
    std::vector<IssuerId> named;
    for (RdnOrder order : {RdnOrder::kLastFirst, RdnOrder::kFirstFirst}) {
      // The name in the other order may be another CA's.
      if (order == RdnOrder::kFirstFirst && !IsSpaced(text)) break;
      const auto name = CanonicalNameOfText(text, order);
      if (!name.ok() && IsMadeOfDigits(text)) return NoDigest(text);
      if (!name.ok()) return name.status();
      const auto so = snapshot_.IssuersNamed(*name);
      named.insert(named.end(), so.begin(), so.end());
    }
    if (!named.empty())
      id = AreOneAuthority(snapshot_, named) ? named.front() : kAmbiguousIssuer;
  }
  if (by_text_.size() >= kMaxRemembered) by_text_.clear();
  if (text.size() <= kMaxKeyBytes) by_text_.emplace(text, id);
  return id;
}

}  // namespace revstat
