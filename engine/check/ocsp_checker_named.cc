// OcspChecker: certificates whose issuer is known by its name alone.
#include "engine/check/ocsp_checker.h"

namespace revstat {
namespace {

// Of one key's answer beside the others': that it lists the certificate, if
// only later; that it is silent, for it may be the one that would; that the
// certificate is active; and that it has not issued it (RFC 6960 2.2), which
// leaves it to the others.
int WeightOf(const Verdict& verdict) {
  if (verdict.cause == Cause::kNeverIssued) return 1;
  if (verdict.cause == Cause::kResponderUnknown) return 0;
  if (IsListed(verdict)) return 5;
  if (verdict.cause == Cause::kRevokedLater) return 4;
  return verdict.status == Status::kActive ? 2 : 3;
}

bool CountsBefore(const Verdict& a, const Verdict& b) {
  const int weights[] = {WeightOf(a), WeightOf(b)};
  return weights[0] != weights[1] ? weights[0] > weights[1] : Prevails(a, b);
}

}  // namespace

Verdict OcspChecker::JoinNamed(Question* question, const Verdict& crl) {
  if (policy_.sources == SourcePolicy::kCrlOnly) return crl;
  Question asked = *question;
  Verdict ocsp = AskKeys(&asked);
  ApplyCertificate(policy_.lookup, asked, &ocsp);
  const Verdict joined = revstat::Join(policy_.sources, crl, ocsp);
  if (joined.is_from_ocsp()) question->key.issuer = asked.key.issuer;
  return joined;
}

Verdict OcspChecker::AskKeys(Question* question) {
  const std::span<const IssuerId> found =
      resolver_.KeysOf(question->key.issuer);
  if (found.size() < 2)
    return AskSet(*question, NameView(), About::kCertificate);
  // The resolver is asked about others meanwhile.
  const std::vector<IssuerId> keys(found.begin(), found.end());
  Verdict best;
  for (const IssuerId key : keys) {
    Question own = *question;
    own.key.issuer = key;
    const Verdict verdict = AskSet(own, NameView(), About::kCertificate);
    if (key != keys.front() && !CountsBefore(verdict, best)) continue;
    best = verdict;
    question->key.issuer = key;
  }
  return best;
}

}  // namespace revstat
