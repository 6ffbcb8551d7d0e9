// What the OpenSSL adapter keeps in OpenSSL's objects, and how it reads chains.
// For the files of the adapter alone.
#ifndef REVSTAT_ENGINE_EMBED_OPENSSL_STATE_H_
#define REVSTAT_ENGINE_EMBED_OPENSSL_STATE_H_

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <vector>

#include "engine/embed/openssl_hook.h"

namespace revstat {

// Installed options; null where there are none. Borrowed from the store.
const RevocationCheckOptions* OptionsOf(const X509_STORE* store);
// Owned by the store from then on. False where OpenSSL has no memory.
bool SetOptions(X509_STORE* store,
                std::unique_ptr<RevocationCheckOptions> options);

// The store that verifies this connection's peer.
X509_STORE* StoreOf(const SSL* ssl);
// The connection that this verification is of; null outside TLS.
SSL* SslOf(X509_STORE_CTX* context);

// Keeps a report where RevocationReportOf finds it and returns it there. Throws
// std::bad_alloc.
const RevocationReport& Keep(SSL* ssl, RevocationReport report);
const RevocationReport& Keep(X509_STORE_CTX* context, RevocationReport report);

// The time that these parameters set, or else the options' clock.
Time TimeOf(const X509_VERIFY_PARAM* parameters,
            const RevocationCheckOptions& options);

// The DER of a certificate; owned. Throws std::bad_alloc.
class EncodedCertificate {
 public:
  explicit EncodedCertificate(X509* certificate);
  ~EncodedCertificate() { OPENSSL_free(der_); }
  EncodedCertificate(EncodedCertificate&& other) noexcept;
  Bytes bytes() const { return {der_, size_}; }

 private:
  unsigned char* der_ = nullptr;
  size_t size_ = 0;
};

enum class ChainEnd : uint8_t { kAnchor, kUntrusted };

// OpenSSL's chain as the judge wants it. An anchor at its end is not asked
// about, but for an end entity that somebody else has signed. Nor are proxy
// certificates (RFC 3820), whose status nobody publishes: it is that of the
// certificate they were made from, which comes next.
class Chain {
 public:
  Chain(const STACK_OF(X509) * chain, ChainEnd end);

  const std::vector<ChainLink>& links() const { return links_; }
  // Gives a report of these links the depths of OpenSSL's chain.
  void SetDepths(RevocationReport* report) const;

 private:
  std::vector<EncodedCertificate> encoded_;
  std::vector<ChainLink> links_;
  std::vector<int> depths_;
};

// What this client's server sent along up to now.
StapledResponse StapledOf(SSL* ssl);
// TLS 1.2 sends it after the certificate: true where RequestStapledResponses
// sees to it then.
bool IsStapleToCome(SSL* ssl);

// What question(snapshot) says of the newest snapshot. Nothing of the host's is
// called inside: it might wait, or publish. Signatures that did not fit leave
// nothing in OpenSSL's error queue, from which SSL_get_error would conclude
// that the connection is broken.
template <class Question>
RevocationReport AskSnapshot(const RevocationCheckOptions& options,
                             Question&& question) {
  struct Mark {
    Mark() { ERR_set_mark(); }
    ~Mark() { ERR_pop_to_mark(); }
  };
  const Mark mark;
  const SnapshotPublisher::Reader snapshot(*options.snapshots);
  return question(*snapshot);
}

// A snapshot's word on a chain.
RevocationReport Ask(const RevocationCheckOptions& options,
                     const RevocationPolicy& policy, Time at,
                     const Chain& chain, const StapledResponse& stapled);

// Calls on_refusal, if there is one.
void Tell(const RevocationCheckOptions& options,
          const CertificateReport& report, int error, X509* certificate,
          SSL* ssl);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_EMBED_OPENSSL_STATE_H_
