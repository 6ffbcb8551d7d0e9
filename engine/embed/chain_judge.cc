#include "engine/embed/chain_judge.h"

#include <algorithm>
#include <utility>

#include "engine/verify/crl_verifier.h"
#include "engine/x509/name_text.h"

namespace revstat {
namespace {

// Of a chain whose issuers the snapshot names: no longer than OpenSSL's.
constexpr size_t kMaxDepth = 100;

IssuerId IssuerIn(const Snapshot& snapshot, Bytes certificate) {
  const IssuerId same = snapshot.IssuerWithCertificate(Sha256(certificate));
  if (same != kUnknownIssuer) return same;
  // A renewal or a cross-certificate of a key that the snapshot knows.
  const auto view = CertificateView::Parse(certificate);
  if (!view.ok()) return kUnknownIssuer;
  for (IssuerId id : snapshot.IssuersNamed(CanonicalName(view->subject()))) {
    if (Equal(snapshot.issuers()[id].view.subject_public_key_info_tlv(),
              view->subject_public_key_info_tlv()))
      return id;
  }
  return kUnknownIssuer;
}

// Where the chain has no issuer. By its signature, which nobody else verifies
// then: what only names a CA must not become active by that CA's CRLs.
IssuerId SignerIn(const Snapshot& snapshot, const CertificateView& certificate,
                  IssuerResolver* resolver) {
  const IssuerId id = resolver->IssuerOf(certificate);
  if (id >= snapshot.issuers().size()) return kUnknownIssuer;
  SignaturePolicy policy;
  // A weak digest is no risk here: the certificates of CAs we trust.
  policy.weak_digest = WeakDigest::kAllowSha1;
  return VerifyIssuedBy(certificate, snapshot.issuers()[id].view, policy).ok()
             ? id
             : kUnknownIssuer;
}

bool IsSelfIssued(const CertificateView& view) {
  return Equal(view.subject().tlv(), view.issuer().tlv()) ||
         CanonicalName(view.subject()) == CanonicalName(view.issuer());
}

// The certificate of this issuer that somebody may have revoked; empty for one
// that is trusted and that nobody known has issued. To be trusted is not enough
// to end here: an operator who trusts a root and its issuing CA wants to know
// when the root revokes the latter.
Bytes CertificateToAskAbout(const Issuer& issuer, IssuerResolver* resolver) {
  if (!issuer.is_vouched_for) return issuer.certificates.front()->bytes();
  Bytes issued;
  for (const auto& certificate : issuer.certificates) {
    const auto view = CertificateView::Parse(certificate->bytes());
    if (!view.ok()) continue;
    // A root, whatever cross-certificates it has beside.
    if (IsSelfIssued(*view)) return {};
    if (issued.empty() && resolver->IssuerOf(*view) != kUnknownIssuer)
      issued = certificate->bytes();
  }
  return issued;
}

RevocationSource SourceOfStapled(const OcspResponseView& response,
                                 const SerialNumber& serial) {
  RevocationSource source;
  source.kind = RevocationSource::Kind::kOcsp;
  source.sha256 = Sha256(response.der());
  response.ForEachResponse([&](const OcspSingleResponse& single) {
    if (single.cert_id.serial != serial) return;
    source.this_update = single.this_update;
    source.next_update = single.next_update;
    source.invalidity_time = single.invalidity_date;
  });
  return source;
}

RevocationSource SourceOfCached(const OcspAnswer& answer) {
  RevocationSource source;
  source.kind = RevocationSource::Kind::kOcsp;
  source.this_update = answer.this_update;
  if (answer.end == OcspAnswer::End::kNextUpdate)
    source.next_update = answer.until;
  source.sha256 = answer.sha256;
  return source;
}

// Asks one snapshot at one time.
class Judge {
 public:
  Judge(const Snapshot& snapshot, const RevocationPolicy& policy, Time at)
      : snapshot_(snapshot),
        policy_(policy),
        lookup_(policy.evidence.lookup),
        resolver_(snapshot) {
    lookup_.at = at;
    report_.at = at;
    if (policy.ocsp_cache != nullptr) {
      held_.UseCache(std::make_shared<const CachedOcsp>(
          *policy.ocsp_cache, snapshot, CachedOcsp::Resolve::kWhenAsked));
    }
  }

  IssuerResolver& resolver() { return resolver_; }

  void Ask(const CertificateView& certificate, IssuerId issuer,
           const StapledResponse& stapled) {
    CertificateReport& report = Add();
    report.serial = certificate.serial();
    if (issuer < snapshot_.issuers().size()) {
      report.issuer_sha256 =
          Sha256(snapshot_.issuers()[issuer].certificates.front()->bytes());
    }
    const Question question = resolver_.QuestionOf(certificate, issuer);
    report.verdict = Check(snapshot_, lookup_, question);
    if (report.verdict.status == Status::kExpired) {
      // Hosts may forgive this: whether anything says that it is not revoked
      // counts then, and a CRL from after its expiry does not.
      LookupPolicy strict = lookup_;
      strict.not_after = question.not_after;
      report.verdict = Check(snapshot_, strict, question);
    }
    // What OCSP says does not make up for what is not looked at.
    if (snapshot_.is_left_behind()) return;
    const bool is_stapled = stapled.asked == StapledResponse::Asked::kYes;
    if (is_stapled || held_.cache() != nullptr) {
      AskOcsp(certificate, question, is_stapled ? &stapled : nullptr, &report);
      if (report.source.kind == RevocationSource::Kind::kOcsp) return;
    }
    report.source =
        SourceOfCrl(snapshot_.Explain(question.key, report.verdict));
  }

  void AddUnreadable() { Add().verdict = Unknown(Cause::kBadInput); }

  RevocationReport Report() && { return std::move(report_); }

 private:
  CertificateReport& Add() {
    CertificateReport& report = report_.certificates.emplace_back();
    report.depth = static_cast<int>(report_.certificates.size()) - 1;
    return report;
  }

  // Made where it is needed: a chain may have nothing but CRLs. Null: a trusted
  // responder cannot be used.
  OcspChecker* Checker() {
    if (checker_ != nullptr) return checker_.get();
    OcspCheckPolicy policy = policy_.evidence;
    policy.lookup = lookup_;
    auto checker = OcspChecker::Create(snapshot_, held_, std::move(policy));
    if (checker.ok()) checker_ = *std::move(checker);
    return checker_.get();
  }

  // `stapled` is null where nothing was to come.
  void AskOcsp(const CertificateView& certificate, const Question& question,
               const StapledResponse* stapled, CertificateReport* report) {
    OcspChecker* const checker = Checker();
    if (checker == nullptr) {
      report->verdict = Unknown(Cause::kBadInput);
      return;
    }
    const auto response = OcspResponseView::Parse(
        stapled == nullptr ? Bytes() : stapled->der, policy_.evidence.limits);
    Verdict& verdict = report->verdict;
    verdict =
        stapled == nullptr
            ? checker->Join(question, certificate.issuer(), verdict)
            : checker->JoinStapled(question, certificate.issuer(), verdict,
                                   response.ok() ? &*response : nullptr);
    if (!verdict.is_from_ocsp()) return;
    const OcspEvidence kept = held_.Explain(question.key, verdict);
    if (kept.cached.has_value()) {
      report->source = SourceOfCached(*kept.cached);
    } else if (verdict.source == OcspSet::kStapled && response.ok()) {
      report->source = SourceOfStapled(*response, question.key.serial);
    }
  }

  const Snapshot& snapshot_;
  const RevocationPolicy& policy_;
  LookupPolicy lookup_;
  IssuerResolver resolver_;
  OcspSet held_;
  std::unique_ptr<OcspChecker> checker_;
  RevocationReport report_;
};

}  // namespace

RevocationSource SourceOfCrl(const Evidence& evidence) {
  RevocationSource source;
  if (evidence.crl == nullptr) return source;
  const CrlView& crl = evidence.crl->crl();
  source.kind = RevocationSource::Kind::kCrl;
  source.issuer = FormatName(crl.issuer());
  if (crl.crl_number().has_value())
    source.crl_number = ToHex(crl.crl_number()->magnitude());
  source.this_update = crl.this_update();
  source.next_update = crl.next_update();
  if (evidence.entry.has_value())
    source.invalidity_time = evidence.entry->invalidity_date;
  source.sha256 = evidence.crl->sha256();
  return source;
}

bool IsAccepted(const RevocationPolicy& policy, const Verdict& verdict) {
  if ((verdict.flags & Verdict::kStapleMissing) != 0) return false;
  return IsAccepted(verdict, policy.unknown);
}

RevocationReport JudgeChain(const Snapshot& snapshot,
                            const RevocationPolicy& policy, Time at,
                            std::span<const ChainLink> links,
                            const StapledResponse& stapled) {
  Judge judge(snapshot, policy, at);
  const size_t count = policy.depth == CheckDepth::kEndEntity
                           ? std::min<size_t>(1, links.size())
                           : links.size();
  for (size_t i = 0; i < count; ++i) {
    const auto certificate = CertificateView::Parse(links[i].certificate);
    if (!certificate.ok()) {
      judge.AddUnreadable();
      continue;
    }
    judge.Ask(*certificate,
              links[i].issuer.empty()
                  ? SignerIn(snapshot, *certificate, &judge.resolver())
                  : IssuerIn(snapshot, links[i].issuer),
              i == 0 ? stapled : StapledResponse{});
  }
  return std::move(judge).Report();
}

RevocationReport JudgePeer(const Snapshot& snapshot,
                           const RevocationPolicy& policy, Time at,
                           Bytes certificate) {
  Judge judge(snapshot, policy, at);
  std::vector<IssuerId> passed;  // CAs may have certified each other
  Bytes next = certificate;
  while (!next.empty()) {
    const auto view = CertificateView::Parse(next);
    if (!view.ok()) {
      judge.AddUnreadable();
      break;
    }
    const IssuerId issuer = judge.resolver().IssuerOf(*view);
    judge.Ask(*view, issuer, {});
    if (policy.depth == CheckDepth::kEndEntity ||
        issuer >= snapshot.issuers().size() || passed.size() >= kMaxDepth ||
        std::find(passed.begin(), passed.end(), issuer) != passed.end()) {
      break;
    }
    passed.push_back(issuer);
    next = CertificateToAskAbout(snapshot.issuers()[issuer], &judge.resolver());
  }
  return std::move(judge).Report();
}

}  // namespace revstat
