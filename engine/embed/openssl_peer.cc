// What is asked about a peer outside of OpenSSL's verification of its chain.
#include <openssl/tls1.h>

#include <new>
#include <utility>

#include "engine/embed/openssl_hook.h"
#include "engine/embed/openssl_state.h"

namespace revstat {
namespace {

// Not the verify callback's to forgive: OpenSSL has none here.
int Refuse(SSL* ssl, const RevocationCheckOptions& options,
           const CertificateReport& report) {
  const int error = VerifyErrorOf(report.verdict);
  SSL_set_verify_result(ssl, error);
  Tell(options, report, error,
       report.depth == 0 ? SSL_get0_peer_certificate(ssl) : nullptr, ssl);
  return error;
}

Time TimeOf(const SSL* ssl, const RevocationCheckOptions& options) {
  X509_VERIFY_PARAM* const own = SSL_get0_param(const_cast<SSL*>(ssl));
  const bool is_set =
      (X509_VERIFY_PARAM_get_flags(own) & X509_V_FLAG_USE_CHECK_TIME) != 0;
  // A verification takes over what the store sets and the connection does not.
  return TimeOf(is_set ? own : X509_STORE_get0_param(StoreOf(ssl)), options);
}

int Recheck(SSL* ssl, const RevocationCheckOptions& options) {
  X509* const peer = SSL_get0_peer_certificate(ssl);
  if (peer == nullptr) return X509_V_OK;
  const EncodedCertificate encoded(peer);
  const Time at = TimeOf(ssl, options);
  const RevocationReport report =
      Keep(ssl, AskSnapshot(options, [&](const Snapshot& snapshot) {
             return JudgePeer(snapshot, options.policy, at, encoded.bytes());
           }));
  // The listed one, if there is: of a revoked CA's certificates nothing is
  // known.
  const CertificateReport* refused = nullptr;
  for (const CertificateReport& certificate : report.certificates) {
    const Verdict& verdict = certificate.verdict;
    if (IsAccepted(options.policy, verdict)) continue;
    if (refused == nullptr || (verdict.status <= Status::kOnHold &&
                               refused->verdict.status > Status::kOnHold))
      refused = &certificate;
  }
  return refused == nullptr ? X509_V_OK : Refuse(ssl, options, *refused);
}

// The end entity that passed for the time being, or that its CRLs call active,
// with what its server has sent since.
int RecheckStapled(SSL* ssl, const RevocationCheckOptions& options,
                   const STACK_OF(X509) * verified) {
  const RevocationReport* const before = RevocationReportOf(ssl);
  if (before == nullptr || before->certificates.empty()) return X509_V_OK;
  const Verdict& first = before->certificates.front().verdict;
  // Refused, and forgiven by the verify callback.
  if (!IsAccepted(options.policy, first) && first.status != Status::kUnknown)
    return X509_V_OK;
  RevocationPolicy policy = options.policy;
  policy.depth = CheckDepth::kEndEntity;
  RevocationReport report = *before;
  const Chain chain(verified, ChainEnd::kUntrusted);
  report.certificates.front() =
      Ask(options, policy, report.at, chain, StapledOf(ssl))
          .certificates.front();
  report = Keep(ssl, std::move(report));
  return IsAccepted(policy, report.certificates.front().verdict)
             ? X509_V_OK
             : Refuse(ssl, options, report.certificates.front());
}

// For C: what is thrown becomes a verify error.
template <class Question>
int ErrorOf(SSL* ssl, Question&& question) {
  try {
    return question();
  } catch (const std::bad_alloc&) {
    SSL_set_verify_result(ssl, X509_V_ERR_OUT_OF_MEM);
    return X509_V_ERR_OUT_OF_MEM;
  } catch (...) {
    SSL_set_verify_result(ssl, X509_V_ERR_UNSPECIFIED);
    return X509_V_ERR_UNSPECIFIED;
  }
}

// A client's status callback: after the certificate was verified, and whether
// or not a response came. 1: go on; 0: end the handshake.
int OnStapledResponse(SSL* ssl, void*) {
  const RevocationCheckOptions* const options = OptionsOf(StoreOf(ssl));
  const STACK_OF(X509)* const verified = SSL_get0_verified_chain(ssl);
  if (options == nullptr || verified == nullptr || !IsStapleToCome(ssl))
    return 1;
  const int error =
      ErrorOf(ssl, [&] { return RecheckStapled(ssl, *options, verified); });
  const bool is_enforced = (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0;
  return error == X509_V_OK || !is_enforced ? 1 : 0;
}

using StatusCallback = int (*)(SSL*, void*);
StatusCallback StatusCallbackOf(SSL_CTX* context) {
  StatusCallback callback = nullptr;
  SSL_CTX_get_tlsext_status_cb(context, &callback);
  return callback;
}

}  // namespace

bool IsStapleToCome(SSL* ssl) {
  return ssl != nullptr && SSL_is_server(ssl) == 0 &&
         SSL_version(ssl) < TLS1_3_VERSION &&
         SSL_get_tlsext_status_type(ssl) == TLSEXT_STATUSTYPE_ocsp &&
         StatusCallbackOf(SSL_get_SSL_CTX(ssl)) == &OnStapledResponse;
}

absl::Status RequestStapledResponses(SSL_CTX* context) {
  if (StatusCallbackOf(context) != nullptr)
    return absl::AlreadyExistsError("the context has a status callback");
  SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
  SSL_CTX_set_tlsext_status_cb(context, &OnStapledResponse);
  return absl::OkStatus();
}

int RecheckPeer(SSL* ssl) {
  const RevocationCheckOptions* const options = OptionsOf(StoreOf(ssl));
  if (options == nullptr) return X509_V_ERR_INVALID_CALL;
  return ErrorOf(ssl, [&] { return Recheck(ssl, *options); });
}

}  // namespace revstat
