#include "engine/check/signer_checker.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace revstat {

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
  for (const auto& der : snapshot_.issuers()[signer].certificates) {
    const auto certificate = CertificateView::Parse(der->bytes());
    if (!certificate.ok()) continue;  // was read before
    // Status is in order of precedence: revoked before active before unknown.
    // Expired certificates of the key say nothing of it.
    const Status one = StatusOf(*certificate, signer, believed);
    if (one != Status::kExpired && one != Status::kNotYetValid)
      status = std::min(status, one);
  }
  return status;
}

Status SignerChecker::StatusOf(const CertificateView& certificate,
                               IssuerId signer, const Marks& believed) {
  Question question = resolver_.QuestionOf(certificate);
  const IssuerId issuer = question.key.issuer;
  if (issuer >= believed.size() || !believed[issuer]) return Status::kUnknown;
  const Coverage& coverage = question.coverage != nullptr
                                 ? *question.coverage
                                 : snapshot_.BareCoverage(issuer);
  question.coverage = std::make_shared<const Coverage>(snapshot_.Restrict(
      coverage, [&](IssuerId by) { return by == signer || believed[by]; }));
  return Check(snapshot_, policy_, question).status;
}

}  // namespace revstat
