#include "engine/check/path_checker.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/verify/digest.h"
#include "engine/x509/name_text.h"

namespace revstat {

bool IsAccepted(const Verdict& verdict, UnknownPolicy unknown) {
  return verdict.status == Status::kActive ||
         (verdict.status == Status::kUnknown &&
          unknown == UnknownPolicy::kAccept &&
          verdict.cause != Cause::kRevokedLater &&
          verdict.cause != Cause::kLeftBehind);
}

namespace {

std::string Describe(const CertificateView& certificate,
                     const Verdict& verdict) {
  const std::string subject = FormatName(certificate.subject());
  if (verdict.status == Status::kUnknown) {
    return Concat(
        {"the status of ", subject, " is unknown: ", MeaningOf(verdict.cause)});
  }
  const std::string_view reason = NameOf(verdict.reason);
  return Concat({subject, " is ", NameOf(verdict.status),
                 reason.empty() ? "" : ": ", reason});
}

// Adds the verdict about one certificate and what follows from it.
absl::Status Add(const Snapshot& snapshot, const PathCheckPolicy& policy,
                 std::shared_ptr<const Buffer> certificate,
                 const Buffer* issuer, IssuerResolver* resolver,
                 OcspChecker* ocsp, const Handshake* handshake,
                 CheckedPath* path) {
  const auto view = CertificateView::Parse(certificate->bytes());
  if (!view.ok()) return view.status();
  CheckedCertificate checked;
  checked.question =
      issuer == nullptr
          ? resolver->QuestionOf(*view)
          : resolver->QuestionOf(
                *view, snapshot.IssuerWithCertificate(Sha256(issuer->bytes())));
  checked.verdict = Check(snapshot, policy.lookup, checked.question);
  if (ocsp != nullptr && handshake != nullptr) {
    checked.verdict = ocsp->JoinStapled(checked.question, view->issuer(),
                                        checked.verdict, handshake->stapled);
  } else if (ocsp != nullptr) {
    checked.verdict =
        ocsp->Join(checked.question, view->issuer(), checked.verdict);
  }
  checked.certificate = std::move(certificate);
  const bool is_unknown = checked.verdict.status == Status::kUnknown;
  // The worst of the path counts, a revocation before a status not known; and
  // of two the one nearer to the anchor, from which the other may follow.
  if (!IsAccepted(checked.verdict, policy.unknown) &&
      (path->result != PathResult::kNotValid || !is_unknown)) {
    path->result = is_unknown ? PathResult::kUnknown : PathResult::kNotValid;
    path->error = Describe(*view, checked.verdict);
  }
  if ((checked.verdict.flags & Verdict::kStapleMissing) != 0 &&
      path->result != PathResult::kNotValid) {
    path->result = PathResult::kNotValid;
    path->error = Concat({FormatName(view->subject()),
                          " demands a stapled OCSP response, and none that "
                          "verifies came"});
  }
  path->certificates.push_back(std::move(checked));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CheckedPath> CheckPath(
    const PathBuilder& builder, const Snapshot& snapshot,
    const PathCheckPolicy& policy, std::shared_ptr<const Buffer> certificate,
    IssuerResolver* resolver, OcspChecker* ocsp, const Handshake* handshake) {
  CheckedPath checked;
  const auto path = builder.Build(certificate->bytes());
  if (!path.ok()) {
    // Without the means to check its signatures nothing is known of a path.
    const ErrorCode code = ErrorCodeOf(path.status());
    if (code != ErrorCode::kNoPath && code != ErrorCode::kUnsupportedAlgorithm)
      return path.status();
    const absl::Status added = Add(snapshot, policy, certificate, nullptr,
                                   resolver, ocsp, handshake, &checked);
    if (!added.ok()) return added;
    // Whatever the certificate's own status.
    checked.result = code == ErrorCode::kNoPath ? PathResult::kNotValid
                                                : PathResult::kUnknown;
    checked.error = MessageOf(path.status());
    return checked;
  }
  checked.result = PathResult::kValid;
  const auto& certificates = path->certificates;
  const size_t count = policy.depth == CheckDepth::kEndEntity
                           ? std::min<size_t>(1, certificates.size() - 1)
                           : certificates.size() - 1;
  for (size_t i = 0; i < count; ++i) {
    const absl::Status added =
        Add(snapshot, policy, certificates[i], certificates[i + 1].get(),
            resolver, ocsp, i == 0 ? handshake : nullptr, &checked);
    if (!added.ok()) return added;
  }
  return checked;
}

}  // namespace revstat
