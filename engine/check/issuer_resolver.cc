#include "engine/check/issuer_resolver.h"

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
    if (!fitting.empty())
      id = fitting.size() == 1 ? fitting.front() : kAmbiguousIssuer;
    if (by_certificate_.size() >= kMaxRemembered) by_certificate_.clear();
    by_certificate_.emplace(std::move(key), id);
  }
  return id == kAmbiguousIssuer ? Choose(certificate) : id;
}

// Only the signature tells CAs of one name apart; the answer holds for this
// certificate alone.
IssuerId IssuerResolver::Choose(const CertificateView& certificate) {
  SignaturePolicy policy;
  // A weak digest is no risk here: the choice is between CAs we trust.
  policy.weak_digest = WeakDigest::kAllowSha1;
  for (IssuerId id : Fitting(snapshot_, certificate)) {
    if (VerifyIssuedBy(certificate, snapshot_.issuers()[id].view, policy).ok())
      return id;
  }
  return kUnknownIssuer;
}

Question IssuerResolver::QuestionOf(const CertificateView& certificate) {
  Question question;
  question.key.serial = certificate.serial();
  question.key.issuer = IssuerOf(certificate);
  question.not_before = certificate.not_before();
  question.not_after = certificate.not_after();
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
      id = named.size() == 1 ? named.front() : kAmbiguousIssuer;
  }
  if (by_text_.size() >= kMaxRemembered) by_text_.clear();
  by_text_.emplace(text, id);
  return id;
}

}  // namespace revstat
