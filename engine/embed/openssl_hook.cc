#include "engine/embed/openssl_hook.h"

#include <new>
#include <utility>

#include "engine/check/ocsp_set.h"
#include "engine/embed/openssl_state.h"
#include "engine/snapshot/snapshot_builder.h"

namespace revstat {
namespace {

// What OpenSSL's own check_revocation does with an error: the verify callback
// has the last word.
int Refuse(X509_STORE_CTX* context, const RevocationCheckOptions& options,
           const CertificateReport& report, int error) {
  X509* const certificate =
      sk_X509_value(X509_STORE_CTX_get0_chain(context), report.depth);
  Tell(options, report, error, certificate, SslOf(context));
  X509_STORE_CTX_set_error_depth(context, report.depth);
  X509_STORE_CTX_set_current_cert(context, certificate);
  X509_STORE_CTX_set_error(context, error);
  return X509_STORE_CTX_get_verify_cb(context)(0, context);
}

// OpenSSL is about to say itself that a certificate is out of its time, unless
// it was told not to look; but whoever forgives that has not yet forgiven that
// its revocation status is unknown.
int RefuseOutOfTime(X509_STORE_CTX* context,
                    const RevocationCheckOptions& options,
                    const CertificateReport& report) {
  const unsigned long flags =
      X509_VERIFY_PARAM_get_flags(X509_STORE_CTX_get0_param(context));
  if ((flags & X509_V_FLAG_NO_CHECK_TIME) == 0) {
    const int ok =
        Refuse(context, options, report, VerifyErrorOf(report.verdict));
    if (ok <= 0) return ok;
  }
  Verdict revocation = report.verdict;
  const bool is_known = revocation.cause == Cause::kNone ||
                        revocation.cause == Cause::kNoRevocationInfo;
  revocation.status = is_known ? Status::kActive : Status::kUnknown;
  if (IsAccepted(options.policy, revocation)) return 1;
  return Refuse(context, options, report, VerifyErrorOf(revocation));
}

int RefuseReported(X509_STORE_CTX* context,
                   const RevocationCheckOptions& options,
                   const CertificateReport& report) {
  const Status status = report.verdict.status;
  return status == Status::kExpired || status == Status::kNotYetValid
             ? RefuseOutOfTime(context, options, report)
             : Refuse(context, options, report, VerifyErrorOf(report.verdict));
}

enum class Pass : uint8_t { kListed, kOthers };
Pass PassOf(const Verdict& verdict) {
  return verdict.status <= Status::kOnHold ? Pass::kListed : Pass::kOthers;
}

int CheckChain(X509_STORE_CTX* context, const RevocationCheckOptions& options) {
  const STACK_OF(X509)* const certificates = X509_STORE_CTX_get0_chain(context);
  // None is trusted where the callback forgave that no anchor was found.
  const bool has_anchor =
      X509_STORE_CTX_get_num_untrusted(context) < sk_X509_num(certificates);
  const Chain chain(certificates,
                    has_anchor ? ChainEnd::kAnchor : ChainEnd::kUntrusted);
  SSL* const ssl = SslOf(context);
  const bool is_staple_to_come = IsStapleToCome(ssl);
  // A copy: the callbacks may have the kept one replaced.
  const RevocationReport report = Keep(
      context, Ask(options, options.policy,
                   TimeOf(X509_STORE_CTX_get0_param(context), options), chain,
                   is_staple_to_come ? StapledResponse{} : StapledOf(ssl)));
  // What is listed first: of a revoked CA's certificates nothing is known, and
  // the error should say why.
  for (const Pass pass : {Pass::kListed, Pass::kOthers}) {
    for (const CertificateReport& certificate : report.certificates) {
      const Verdict& verdict = certificate.verdict;
      if (PassOf(verdict) != pass || IsAccepted(options.policy, verdict))
        continue;
      if (is_staple_to_come && certificate.depth == 0 &&
          verdict.status == Status::kUnknown) {
        continue;  // judged when the response is there, or was not sent
      }
      const int ok = RefuseReported(context, options, certificate);
      if (ok <= 0) return ok;
    }
  }
  return 1;
}

// X509_STORE_CTX_check_revocation_fn. C calls it: nothing is thrown.
int CheckRevocation(X509_STORE_CTX* context) {
  try {
    const RevocationCheckOptions* const options =
        OptionsOf(X509_STORE_CTX_get0_store(context));
    if (options != nullptr) return CheckChain(context, *options);
    X509_STORE_CTX_set_error(context, X509_V_ERR_INVALID_CALL);
  } catch (const std::bad_alloc&) {
    X509_STORE_CTX_set_error(context, X509_V_ERR_OUT_OF_MEM);
  } catch (...) {
    X509_STORE_CTX_set_error(context, X509_V_ERR_UNSPECIFIED);
  }
  return -1;
}

}  // namespace

absl::Status InstallRevocationCheck(X509_STORE* store,
                                    RevocationCheckOptions options) {
  if (store == nullptr || options.snapshots == nullptr || !options.now)
    return absl::InvalidArgumentError(
        "a store, snapshots and a clock are needed");
  if (X509_STORE_get_check_revocation(store) != nullptr)
    return absl::AlreadyExistsError("the store has a revocation check already");
  // That its responders can be used is known now, not at a handshake.
  const auto nothing = SnapshotBuilder().Build();
  const OcspSet none;
  const auto checker =
      OcspChecker::Create(*nothing, none, options.policy.evidence);
  if (!checker.ok()) return checker.status();
  if (!SetOptions(store, std::make_unique<RevocationCheckOptions>(
                             std::move(options)))) {
    return absl::ResourceExhaustedError("OpenSSL has no memory");
  }
  X509_STORE_set_check_revocation(store, &CheckRevocation);
  return absl::OkStatus();
}

}  // namespace revstat
