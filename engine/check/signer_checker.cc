#include "engine/check/signer_checker.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/check/source_policy.h"
#include "engine/snapshot/standing.h"
#include "engine/x509/name.h"

namespace revstat {
namespace {

bool IsRetirement(ReasonCode reason) {
  return reason == ReasonCode::kAffiliationChanged ||
         reason == ReasonCode::kSuperseded ||
         reason == ReasonCode::kCessationOfOperation;
}

}  // namespace

bool SpeaksAgainstKey(const Snapshot& snapshot,
                      const CertificateView& certificate,
                      const Verdict& verdict) {
  if (!IsListed(verdict)) return false;
  if (!IsRetirement(verdict.reason)) return true;
  if (verdict.is_from_ocsp()) return false;
  const std::string issuer = CanonicalName(certificate.issuer());
  for (const auto& source : snapshot.sources()) {
    const auto entry =
        FindEntry(*source, source->SetOf(issuer), certificate.serial());
    if (entry.has_value() && entry->reason != ReasonCode::kRemoveFromCrl &&
        !IsRetirement(entry->reason)) {
      return true;
    }
  }
  return false;
}

SignerChecker::SignerChecker(const Snapshot& snapshot,
                             const LookupPolicy& policy)
    : snapshot_(snapshot), policy_(policy), resolver_(snapshot) {
  const size_t count = snapshot.issuers().size();
  Marks banned(count);
  for (bool is_settled = false; !is_settled;) {
    is_trusted_ = TrustedWithout(banned);
    is_settled = true;
    for (IssuerId id = 0; id < count; ++id) {
      if (!is_trusted_[id] || snapshot.issuers()[id].is_vouched_for) continue;
      // A round that came later may know more.
      const Status status = StatusOf(id, is_trusted_);
      if (status != Status::kRevoked && status != Status::kOnHold) continue;
      banned[id] = true;
      is_settled = false;
    }
  }
}

SignerChecker::Marks SignerChecker::TrustedWithout(const Marks& banned) {
  Marks trusted(banned.size());
  for (IssuerId id = 0; id < trusted.size(); ++id)
    trusted[id] = snapshot_.issuers()[id].is_vouched_for;
  for (bool has_grown = true; has_grown;) {
    has_grown = false;
    const Marks before = trusted;
    for (IssuerId id = 0; id < trusted.size(); ++id) {
      if (trusted[id] || banned[id] ||
          StatusOf(id, before) != Status::kActive) {
        continue;
      }
      trusted[id] = true;
      has_grown = true;
    }
  }
  return trusted;
}

Status SignerChecker::StatusOf(IssuerId signer, const Marks& believed) {
  Status status = Status::kUnknown;
  bool is_retired = false;
  for (const auto& der : snapshot_.issuers()[signer].certificates) {
    const auto certificate = CertificateView::Parse(der->bytes());
    if (!certificate.ok()) continue;  // was read before
    const Verdict verdict = VerdictOf(*certificate, signer, believed);
    // Expired certificates of the key say nothing of it.
    if (verdict.status == Status::kExpired ||
        verdict.status == Status::kNotYetValid) {
      continue;
    }
    // RFC 5280 6.3.3 (f) asks for one path: where another CA has retired its
    // certificate of the key, that is not the one.
    if (IsListed(verdict) &&
        !SpeaksAgainstKey(snapshot_, *certificate, verdict)) {
      is_retired = true;
      continue;
    }
    // Status is in order of precedence: revoked before active before unknown.
    status = std::min(status, verdict.status);
  }
  return status == Status::kUnknown && is_retired ? Status::kRevoked : status;
}

Verdict SignerChecker::VerdictOf(const CertificateView& certificate,
                                 IssuerId signer, const Marks& believed) {
  Question question = resolver_.QuestionOf(certificate);
  const IssuerId issuer = question.key.issuer;
  if (issuer >= believed.size() || !believed[issuer]) return Verdict{};
  const Coverage& coverage = question.coverage != nullptr
                                 ? *question.coverage
                                 : snapshot_.BareCoverage(issuer);
  question.coverage = std::make_shared<const Coverage>(snapshot_.Restrict(
      coverage, [&](IssuerId by) { return by == signer || believed[by]; }));
  return Check(snapshot_, policy_, question);
}

}  // namespace revstat
