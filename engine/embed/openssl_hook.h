// Revocation checking inside OpenSSL's own verification: one call for each
// X509_STORE.
//
//   auto snapshots = revstat::WatchStore("/var/lib/revstat");
//   if (!snapshots.ok()) return snapshots.status();
//   revstat::RevocationCheckOptions options;
//   options.snapshots = *std::move(snapshots);
//   return revstat::InstallRevocationCheck(SSL_CTX_get_cert_store(context),
//                                          std::move(options));
//
// From then on every X509_verify_cert that uses the store asks for the status
// of each certificate below the trust anchor (and of an end entity that is the
// anchor, unless it has signed itself), on both sides of TLS, and refuses
// as OpenSSL's own CRL check would: with an X509_V_ERR_ value, the certificate
// and its depth, through the verify callback.
//
// What runs when. OpenSSL 3.0 builds the chain, then calls this check, and only
// then verifies the chain's signatures and validity. So the check looks up and
// does nothing else: it fetches nothing, waits for nothing, and keeps nothing
// of a chain that may be forged. It also replaces OpenSSL's own check:
// X509_V_FLAG_CRL_CHECK and CRLs added to the store are without effect. It is
// not called where OpenSSL verifies no chain: for a resumed session (see
// RecheckPeer) and for a certificate that DANE-EE matched.
//
// Time is that of the verification's parameters where they set one
// (X509_VERIFY_PARAM_set_time), else that of the options.
//
// Thread-safety: a store with the check may be used by any number of threads,
// SSL_CTXs and SSLs; the check locks nothing. Lifetime: what was installed is
// freed with the last reference to the store, and with it the snapshots. Forks:
// in a worker that uses what its parent has watched (see WatchStore), every
// verification fails from the next generation on: cause kLeftBehind.
#ifndef REVSTAT_ENGINE_EMBED_OPENSSL_HOOK_H_
#define REVSTAT_ENGINE_EMBED_OPENSSL_HOOK_H_

#include <openssl/types.h>

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "engine/embed/chain_judge.h"
#include "engine/embed/verify_error.h"
#include "engine/snapshot/publisher.h"

namespace revstat {

// A certificate that did not pass. Valid during the call.
struct RevocationRefusal {
  const CertificateReport& report;  // status, reason, cause, depth, source
  int verify_error = 0;             // X509_V_ERR_...
  // Borrowed; null where only the snapshot knows the certificate (RecheckPeer).
  X509* certificate = nullptr;
  // Borrowed; null outside TLS, and for the host's own certificate, which
  // OpenSSL verifies by the same store where it has to find its chain itself.
  SSL* ssl = nullptr;
};

struct RevocationCheckOptions {
  // A publisher of the host's, or WatchStore's. Not null.
  std::shared_ptr<const SnapshotPublisher> snapshots;
  RevocationPolicy policy;
  // The time to ask for. Called on any number of threads at once, as is
  // on_refusal.
  std::function<Time()> now = [] {
    return std::chrono::floor<std::chrono::seconds>(
        std::chrono::system_clock::now());
  };
  // Called for each refusal, on the verification's thread and before the verify
  // callback, which may forgive it. What it throws refuses the chain.
  std::function<void(const RevocationRefusal&)> on_refusal = {};
};

// Call it before the store is used by other threads. Errors: kInvalidArgument
// without a store or snapshots, and for a trusted responder that cannot be
// used; kAlreadyExists where the store has a check of revocation already;
// kResourceExhausted where OpenSSL has no memory. Then nothing is installed.
absl::Status InstallRevocationCheck(X509_STORE* store,
                                    RevocationCheckOptions options);

// For clients: asks servers for OCSP responses. With TLS 1.3 they come with the
// certificate and are judged with it. With TLS 1.2 they come after it: an end
// entity that is unknown passes the check at first, and is judged anew, and the
// handshake ended by bad_certificate_status_response, before any data is sent.
// That second refusal does not go through the verify callback, but to
// on_refusal and SSL_get_verify_result. Takes the context's status callback.
// kAlreadyExists where it has one.
absl::Status RequestStapledResponses(SSL_CTX* context);

// What the last verification of this connection's peer, or RecheckPeer, asked
// and was answered. Null where neither was: the peer has sent no certificate,
// or its session was resumed. Null too as soon as the SSL is used again
// (SSL_clear) for another peer. Valid until the next one or the end of the
// object; read it on the connection's thread.
const RevocationReport* RevocationReportOf(const SSL* ssl);
// The same inside a verify callback and after X509_verify_cert; of the SSL
// where there is one.
const RevocationReport* RevocationReportOf(X509_STORE_CTX* context);

// Asks again about the peer of an established connection: X509_V_OK or the
// first refusal, which is also set as SSL_get_verify_result and sent to
// on_refusal. For resumed sessions, whose tickets outlive a revocation and an
// expiry and for which OpenSSL verifies nothing: call it after each handshake
// where SSL_session_reused, and close the connection that is not OK. A server
// that takes early data (SSL_read_early_data) has it before that: it calls this
// before it uses the first of it, too. The certificates above the peer's own
// are not part of a ticket, so they are those the snapshot knows (JudgePeer).
// X509_V_OK too where the peer has sent no certificate: whether it must is
// SSL_VERIFY_FAIL_IF_NO_PEER_CERT's to say. X509_V_ERR_INVALID_CALL where no
// check is installed.
int RecheckPeer(SSL* ssl);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_EMBED_OPENSSL_HOOK_H_
