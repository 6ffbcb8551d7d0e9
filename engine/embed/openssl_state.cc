#include "engine/embed/openssl_state.h"

#include <openssl/tls1.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <new>
#include <utility>

namespace revstat {
namespace {

template <class T>
void FreeExData(void*, void* data, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<T*>(data);
}

// Which handshake of an SSL, which may be used for several (SSL_clear).
using ClientRandom = std::array<unsigned char, SSL3_RANDOM_SIZE>;
ClientRandom HandshakeOf(const SSL* ssl) {
  ClientRandom random = {};
  SSL_get_client_random(ssl, random.data(), random.size());
  return random;
}

struct SslReport {
  RevocationReport report;
  ClientRandom handshake;
};

// SSL_dup would share the pointer, and both would free it. It copies an SSL
// before its handshake alone, for which there is no report.
int DropReport(CRYPTO_EX_DATA*, const CRYPTO_EX_DATA*, void** data, int, long,
               void*) {
  *data = nullptr;
  return 1;
}

// Each -1 where OpenSSL has no memory; then nothing can be set or read.
int OptionsIndex() {
  static const int index = X509_STORE_get_ex_new_index(
      0, nullptr, nullptr, nullptr, &FreeExData<RevocationCheckOptions>);
  return index;
}
int SslIndex() {
  static const int index = SSL_get_ex_new_index(
      0, nullptr, nullptr, &DropReport, &FreeExData<SslReport>);
  return index;
}
int ContextIndex() {
  static const int index = X509_STORE_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, &FreeExData<RevocationReport>);
  return index;
}

}  // namespace

const RevocationCheckOptions* OptionsOf(const X509_STORE* store) {
  if (store == nullptr) return nullptr;
  return static_cast<const RevocationCheckOptions*>(
      X509_STORE_get_ex_data(store, OptionsIndex()));
}

bool SetOptions(X509_STORE* store,
                std::unique_ptr<RevocationCheckOptions> options) {
  // All that may fail, before the first verification needs it.
  if (OptionsIndex() < 0 || SslIndex() < 0 || ContextIndex() < 0 ||
      X509_STORE_set_ex_data(store, OptionsIndex(), options.get()) != 1) {
    return false;
  }
  options.release();
  return true;
}

X509_STORE* StoreOf(const SSL* ssl) {
  X509_STORE* own = nullptr;
  // Reads, but is a control call, which wants it not const.
  SSL_get0_verify_cert_store(const_cast<SSL*>(ssl), &own);
  return own != nullptr ? own : SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
}

SSL* SslOf(X509_STORE_CTX* context) {
  return static_cast<SSL*>(X509_STORE_CTX_get_ex_data(
      context, SSL_get_ex_data_X509_STORE_CTX_idx()));
}

const RevocationReport& Keep(SSL* ssl, RevocationReport report) {
  auto kept = std::make_unique<SslReport>(
      SslReport{std::move(report), HandshakeOf(ssl)});
  auto* const old = static_cast<SslReport*>(SSL_get_ex_data(ssl, SslIndex()));
  if (SSL_set_ex_data(ssl, SslIndex(), kept.get()) != 1) throw std::bad_alloc();
  delete old;
  return kept.release()->report;
}

const RevocationReport& Keep(X509_STORE_CTX* context, RevocationReport report) {
  if (SSL* const ssl = SslOf(context); ssl != nullptr)
    return Keep(ssl, std::move(report));
  auto kept = std::make_unique<RevocationReport>(std::move(report));
  auto* const old = static_cast<RevocationReport*>(
      X509_STORE_CTX_get_ex_data(context, ContextIndex()));
  if (X509_STORE_CTX_set_ex_data(context, ContextIndex(), kept.get()) != 1)
    throw std::bad_alloc();
  delete old;
  return *kept.release();
}

const RevocationReport* RevocationReportOf(const SSL* ssl) {
  const auto* const kept =
      static_cast<const SslReport*>(SSL_get_ex_data(ssl, SslIndex()));
  // Of a peer before this one, maybe, and then nothing for its certificate.
  if (kept == nullptr || kept->handshake != HandshakeOf(ssl)) return nullptr;
  // Asked for a certificate again (post-handshake authentication), this peer
  // has sent none.
  if (SSL_is_init_finished(ssl) == 1 &&
      SSL_get0_peer_certificate(ssl) == nullptr) {
    return nullptr;
  }
  return &kept->report;
}

const RevocationReport* RevocationReportOf(X509_STORE_CTX* context) {
  if (const SSL* const ssl = SslOf(context); ssl != nullptr)
    return RevocationReportOf(ssl);
  return static_cast<const RevocationReport*>(
      X509_STORE_CTX_get_ex_data(context, ContextIndex()));
}

Time TimeOf(const X509_VERIFY_PARAM* parameters,
            const RevocationCheckOptions& options) {
  // Reads, though it is not declared so.
  const unsigned long flags =
      X509_VERIFY_PARAM_get_flags(const_cast<X509_VERIFY_PARAM*>(parameters));
  return (flags & X509_V_FLAG_USE_CHECK_TIME) != 0
             ? FromUnix(X509_VERIFY_PARAM_get_time(parameters))
             : options.now();
}

EncodedCertificate::EncodedCertificate(X509* certificate) {
  const int size = i2d_X509(certificate, &der_);
  if (size < 0) throw std::bad_alloc();
  size_ = static_cast<size_t>(size);
}

EncodedCertificate::EncodedCertificate(EncodedCertificate&& other) noexcept
    : der_(std::exchange(other.der_, nullptr)), size_(other.size_) {}

Chain::Chain(const STACK_OF(X509) * chain, ChainEnd end) {
  const int size = sk_X509_num(chain);
  encoded_.reserve(static_cast<size_t>(size));
  for (int i = 0; i < size; ++i) encoded_.emplace_back(sk_X509_value(chain, i));
  // An end entity that the host trusts (X509_V_FLAG_PARTIAL_CHAIN) may be
  // revoked like any other, unless it is its own issuer.
  const bool is_asked_about_end =
      end == ChainEnd::kUntrusted ||
      (size == 1 &&
       (X509_get_extension_flags(sk_X509_value(chain, 0)) & EXFLAG_SS) == 0);
  const int asked = is_asked_about_end ? size : size - 1;
  for (int i = 0; i < asked; ++i) {
    X509* const certificate = sk_X509_value(chain, i);
    if ((X509_get_extension_flags(certificate) & EXFLAG_PROXY) != 0) continue;
    const size_t at = static_cast<size_t>(i);
    links_.push_back({encoded_[at].bytes(), at + 1 < encoded_.size()
                                                ? encoded_[at + 1].bytes()
                                                : Bytes()});
    depths_.push_back(i);
  }
}

void Chain::SetDepths(RevocationReport* report) const {
  for (size_t i = 0; i < report->certificates.size(); ++i)
    report->certificates[i].depth = depths_[i];
}

StapledResponse StapledOf(SSL* ssl) {
  StapledResponse stapled;
  if (ssl == nullptr || SSL_is_server(ssl) == 1 ||
      SSL_get_tlsext_status_type(ssl) != TLSEXT_STATUSTYPE_ocsp) {
    return stapled;
  }
  stapled.asked = StapledResponse::Asked::kYes;
  const unsigned char* der = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &der);
  if (size > 0 && der != nullptr)
    stapled.der = {der, static_cast<size_t>(size)};
  return stapled;
}

RevocationReport Ask(const RevocationCheckOptions& options,
                     const RevocationPolicy& policy, Time at,
                     const Chain& chain, const StapledResponse& stapled) {
  RevocationReport report = AskSnapshot(options, [&](const Snapshot& snapshot) {
    return JudgeChain(snapshot, policy, at, chain.links(), stapled);
  });
  chain.SetDepths(&report);
  return report;
}

void Tell(const RevocationCheckOptions& options,
          const CertificateReport& report, int error, X509* certificate,
          SSL* ssl) {
  if (!options.on_refusal) return;
  options.on_refusal({.report = report,
                      .verify_error = error,
                      .certificate = certificate,
                      .ssl = ssl});
}

}  // namespace revstat
