#include "tools/revstat/inspect/limits.h"

#include "engine/base/error.h"
#include "engine/verify/signature.h"
#include "engine/x509/oid.h"

namespace revstat::tool {
namespace {

// The message without its "[name]": the cause stands beside it.
std::string WhyOf(const absl::Status& status) {
  std::string_view message = MessageOf(status);
  const std::string name = Concat({" [", NameOf(ErrorCodeOf(status)), "]"});
  if (message.ends_with(name)) message.remove_suffix(name.size());
  return std::string(message);
}

absl::Status CheckAlgorithm(const CrlView& crl, WeakDigest weak_digest) {
  // An empty message: the algorithm alone decides.
  const SignaturePolicy policy{.weak_digest = weak_digest};
  return SignedMessage::Create(crl.signature_algorithm_tlv(), {}, policy)
      .status();
}

void AddAlgorithmLimit(const CrlView& crl, std::vector<CrlLimit>* limits) {
  const absl::Status refusal = CheckAlgorithm(crl, WeakDigest::kRefuse);
  if (refusal.ok()) return;
  const bool sha1 = CheckAlgorithm(crl, WeakDigest::kAllowSha1).ok();
  limits->push_back({CrlUse::kAnyAnswer, sha1 ? "--allow-sha1" : "",
                     CauseOf(ErrorCodeOf(refusal)), WhyOf(refusal)});
}

// What its extensions leave it good for (RFC 5280 5.2.4, 5.2.5, 6.3.3).
void AddScopeLimits(const CrlView& crl, std::vector<CrlLimit>* limits) {
  if (crl.is_delta() && !crl.crl_number().has_value()) {
    limits->push_back({CrlUse::kAnyAnswer, "", Cause::kOutOfScope,
                       "a delta CRL without a cRLNumber applies to nothing"});
  } else if (crl.is_delta()) {
    limits->push_back({CrlUse::kActive, "", Cause::kOutOfScope,
                       "a delta CRL does so only beside a complete CRL of its "
                       "scope and key that it applies to"});
  }
  const auto& point = crl.issuing_distribution_point();
  if (!point.has_value()) return;
  if (point->kinds == CertificateKinds::kAttribute) {
    limits->push_back({CrlUse::kAnyAnswer, "", Cause::kOutOfScope,
                       "it is of attribute certificates only"});
  } else if (point->name.present() || point->kinds != CertificateKinds::kAll ||
             point->only_some_reasons.has_value()) {
    limits->push_back({CrlUse::kBareActive,
                       point->name.present() ? "--all-partitions" : "",
                       Cause::kIncomplete,
                       "it covers a part of the issuer's certificates or "
                       "reasons, so that a bare serial may be elsewhere"});
  }
  if (crl.is_indirect()) {
    limits->push_back({CrlUse::kActive, "", Cause::kOutOfScope,
                       "it speaks for other issuers' certificates only where "
                       "they name its issuer as cRLIssuer"});
  }
}

}  // namespace

std::vector<CrlLimit> LimitsOf(const CrlView& crl,
                               const absl::StatusOr<CrlIndex>& index) {
  std::vector<CrlLimit> limits;
  if (!index.ok()) {
    limits.push_back({CrlUse::kAnyAnswer, "",
                      CauseOf(ErrorCodeOf(index.status())),
                      WhyOf(index.status())});
  }
  AddAlgorithmLimit(crl, &limits);
  AddScopeLimits(crl, &limits);
  if (const Bytes oid = crl.unsupported_critical_extension(); !oid.empty()) {
    limits.push_back(
        {CrlUse::kActive, "", Cause::kUnsupportedCriticalExtension,
         Concat({"its critical extension ", oid::NameOfExtension(oid),
                 " is not processed"})});
  }
  if (index.ok() && index->statistics.unsupported_entry.has_value()) {
    limits.push_back(
        {CrlUse::kActive, "", Cause::kUnsupportedCriticalExtension,
         Concat({"the entry at octet ",
                 std::to_string(*index->statistics.unsupported_entry),
                 " has a critical extension that is not processed"})});
  }
  if (!crl.next_update().has_value()) {
    limits.push_back({CrlUse::kActive, "--max-age or --ignore-next-update",
                      Cause::kNoNextUpdate,
                      "it does not say until when it is current"});
  }
  return limits;
}

}  // namespace revstat::tool
