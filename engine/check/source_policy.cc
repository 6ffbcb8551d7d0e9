#include "engine/check/source_policy.h"

#include <algorithm>
#include <array>

namespace revstat {
namespace {

constexpr std::array<std::string_view, 5> kNames = {
    "crl_only", "ocsp_only", "prefer_crl", "prefer_ocsp", "both"};

// Flags about the certificate, which both verdicts have, and the staple's.
constexpr uint8_t kOfCertificate =
    Verdict::kIsExpired | Verdict::kMustStaple | Verdict::kStapleMissing;

// Revoked, on hold, expired, not yet valid, unknown, active.
int StrictnessOf(Status status) {
  switch (status) {
    case Status::kUnknown:
      return 1;
    case Status::kActive:
      return 0;
    default:
      return 9 - static_cast<int>(status);
  }
}

// Of two that say the same, the one that something proves.
bool IsBetterProven(const Verdict& a, const Verdict& b) {
  return a.status == b.status && a.cause == Cause::kNone &&
         b.cause != Cause::kNone;
}

// Of why a status is unknown: most that the certificate is listed, if only from
// a later time on, and what was not asked for says less than what was.
bool SaysMore(const Verdict& a, const Verdict& b) {
  if (a.cause == Cause::kRevokedLater) return true;
  if (b.cause == Cause::kRevokedLater) return false;
  return b.cause == Cause::kNoSource ||
         (a.cause != Cause::kNoSource && a.cause >= b.cause);
}

// Whether `a` is active for want of a source, and `b` is not known in spite of
// one: a responder that does not know the certificate, say.
bool IsOverruled(const Verdict& a, const Verdict& b) {
  return a.status == Status::kActive && a.cause == Cause::kNoRevocationInfo &&
         b.status == Status::kUnknown && !IsForWantOfSource(b.cause);
}

Verdict Choose(SourcePolicy policy, const Verdict& crl, const Verdict& ocsp) {
  if (IsListed(crl) || IsListed(ocsp) || policy == SourcePolicy::kBoth) {
    const int of_crl = StrictnessOf(crl.status);
    const int of_ocsp = StrictnessOf(ocsp.status);
    if (of_crl != of_ocsp) return of_crl > of_ocsp ? crl : ocsp;
    if (IsBetterProven(ocsp, crl)) return ocsp;
    return crl.status != Status::kUnknown || SaysMore(crl, ocsp) ? crl : ocsp;
  }
  if (IsOverruled(crl, ocsp)) return ocsp;
  if (IsOverruled(ocsp, crl)) return crl;
  const bool is_crl_first = policy == SourcePolicy::kPreferCrl;
  const Verdict& first = is_crl_first ? crl : ocsp;
  const Verdict& second = is_crl_first ? ocsp : crl;
  if (first.status != Status::kUnknown)
    return IsBetterProven(second, first) ? second : first;
  if (second.status != Status::kUnknown) return second;
  return SaysMore(first, second) ? first : second;
}

}  // namespace

std::string_view NameOf(SourcePolicy policy) {
  return kNames[static_cast<size_t>(policy)];
}

std::optional<SourcePolicy> SourcePolicyNamed(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (std::equal(
            name.begin(), name.end(), kNames[i].begin(), kNames[i].end(),
            [](char a, char b) { return a == b || (a == '-' && b == '_'); }))
      return static_cast<SourcePolicy>(i);
  }
  return std::nullopt;
}

Verdict Join(SourcePolicy policy, const Verdict& crl, const Verdict& ocsp) {
  const auto flags =
      static_cast<uint8_t>((crl.flags | ocsp.flags) & kOfCertificate);
  Verdict verdict = policy == SourcePolicy::kCrlOnly ? crl
                    : policy == SourcePolicy::kOcspOnly
                        ? ocsp
                        : Choose(policy, crl, ocsp);
  verdict.flags |= flags;
  const bool is_contradicted =
      (IsListed(crl) && ocsp.status == Status::kActive) ||
      (IsListed(ocsp) && crl.status == Status::kActive);
  if (is_contradicted && policy != SourcePolicy::kCrlOnly &&
      policy != SourcePolicy::kOcspOnly)
    verdict.flags |= Verdict::kContradicted;
  return verdict;
}

}  // namespace revstat
