#include "bench/handshake_worker.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <vector>

#include "bench/program.h"
#include "engine/base/error.h"
#include "engine/embed/openssl_hook.h"
#include "engine/embed/watched_store.h"
#include "tools/revstat-gen/authority.h"

namespace revstat::bench {
namespace {

// A failure of OpenSSL's, which has no other meaning here than the end.
void Must(bool is_well, const char* what) {
  if (!is_well) Require(MakeError(ErrorCode::kBadCertificate, what));
}

double Seconds(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

// Without mapped files' pages, which are private only while no other process
// maps the file.
int64_t PrivateBytes() {
  std::ifstream in("/proc/self/smaps_rollup");
  int64_t bytes = 0;
  std::string line;
  while (std::getline(in, line)) {
    long long kilobytes = 0;
    if (std::sscanf(line.c_str(), "Private_Dirty: %lld kB", &kilobytes) == 1)
      bytes += 1024 * kilobytes;
  }
  return bytes;
}

// A server and its clients, all in this process.
class Ends {
 public:
  Ends(RevocationSubject subject, const HandshakeInputs& inputs)
      : server_(NewContext(TLS_server_method(), inputs.at)),
        client_(NewContext(TLS_client_method(), inputs.at)) {
    X509_STORE* const store = SSL_CTX_get_cert_store(server_);
    if (subject == RevocationSubject::kOpenssl) {
      BIO* const file = BIO_new_file(inputs.crl.c_str(), "rb");
      X509_CRL* const crl = d2i_X509_CRL_bio(file, nullptr);
      Must(X509_STORE_add_crl(store, crl) == 1, "the CRL");
      X509_CRL_free(crl);
      BIO_free(file);
      X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(server_),
                                  X509_V_FLAG_CRL_CHECK);
    } else if (subject == RevocationSubject::kRevstat) {
      RevocationCheckOptions options;
      StoreWatcherOptions watching;
      watching.now = [at = inputs.at] { return at; };
      options.snapshots = Require(
          WatchStore(inputs.store, {}, watching,
                     [this](const SnapshotPublisher&) { ++generations_; }));
      Require(InstallRevocationCheck(store, std::move(options)));
    }
  }

  HandshakeFigures Run(int count) {
    HandshakeFigures figures;
    std::vector<double> walls;
    for (int i = 0; i < count; ++i) {
      const double cpu = figures.cpu_seconds;
      double wall = 0;
      if (!Handshake(&figures.cpu_seconds, &wall)) ++figures.failures;
      Must(figures.cpu_seconds > cpu, "the clock");
      walls.push_back(wall);
    }
    std::sort(walls.begin(), walls.end());
    figures.p99_seconds = walls[walls.size() * 99 / 100];
    figures.private_bytes = PrivateBytes();
    figures.generations = generations_;
    return figures;
  }

 private:
  // The CA of make-data, an end entity's certificate of it on both sides.
  static SSL_CTX* NewContext(const SSL_METHOD* method, Time at) {
    SSL_CTX* const context = SSL_CTX_new(method);
    const auto authority = Require(gen::GetAuthority({}));
    const uint8_t* der = authority.certificate.data();
    X509* const ca = d2i_X509(nullptr, &der,
                              static_cast<long>(authority.certificate.size()));
    Must(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca) == 1, "CA");
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const own = X509_new();
    X509_set_version(own, X509_VERSION_3);
    // Longer than those of the CRL: not listed.
    BIGNUM* const serial = BN_new();
    BN_set_bit(serial, 150);
    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(own));
    BN_free(serial);
    X509_set_issuer_name(own, X509_get_subject_name(ca));
    X509_NAME_add_entry_by_txt(X509_get_subject_name(own), "CN", MBSTRING_ASC,
                               reinterpret_cast<const uint8_t*>("end"), -1, -1,
                               0);
    ASN1_TIME_set(X509_getm_notBefore(own), ToUnix(at) - 86400);
    ASN1_TIME_set(X509_getm_notAfter(own), ToUnix(at) + 86400);
    X509_set_pubkey(own, key);
    Must(X509_sign(own, const_cast<EVP_PKEY*>(authority.signer.key()),
                   EVP_sha256()) > 0,
         "a signature");
    Must(SSL_CTX_use_certificate(context, own) == 1 &&
             SSL_CTX_use_PrivateKey(context, key) == 1,
         "a certificate");
    X509_free(own);
    EVP_PKEY_free(key);
    X509_free(ca);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), ToUnix(at));
    SSL_CTX_set_verify(
        context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_num_tickets(context, 0);
    return context;
  }

  bool Handshake(double* cpu, double* wall) const {
    SSL* const client = SSL_new(client_);
    SSL* const server = SSL_new(server_);
    BIO* client_end = nullptr;
    BIO* server_end = nullptr;
    BIO_new_bio_pair(&client_end, 0, &server_end, 0);
    SSL_set_bio(client, client_end, client_end);
    SSL_set_bio(server, server_end, server_end);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    int client_done = 0;
    int server_done = 0;
    for (int i = 0; i < 4 && (client_done != 1 || server_done != 1); ++i) {
      client_done = SSL_do_handshake(client);
      const double cpu_before = Seconds(CLOCK_THREAD_CPUTIME_ID);
      const double wall_before = Seconds(CLOCK_MONOTONIC);
      server_done = SSL_do_handshake(server);
      *cpu += Seconds(CLOCK_THREAD_CPUTIME_ID) - cpu_before;
      *wall += Seconds(CLOCK_MONOTONIC) - wall_before;
    }
    SSL_free(client);
    SSL_free(server);
    return client_done == 1 && server_done == 1;
  }

  std::atomic<int64_t> generations_ = 0;
  SSL_CTX* const server_;  // of the process: never freed
  SSL_CTX* const client_;
};

}  // namespace

HandshakeWorker::HandshakeWorker(const std::string& program,
                                 RevocationSubject subject,
                                 const HandshakeInputs& inputs) {
  int in[2];
  int out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
    Require(MakeError(ErrorCode::kInputUnreadable, "pipe"));
  const std::string kind = std::to_string(static_cast<int>(subject));
  const std::string at = std::to_string(ToUnix(inputs.at));
  child_ = fork();
  if (child_ == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    execl(program.c_str(), program.c_str(), "--worker", kind.c_str(), "--crl",
          inputs.crl.c_str(), "--folder", inputs.store.c_str(), "--at",
          at.c_str(), nullptr);
    _exit(kExitFailure);
  }
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
}

HandshakeWorker::~HandshakeWorker() {
  close(to_);
  close(from_);
  waitpid(child_, nullptr, 0);
}

void HandshakeWorker::Go(int count) {
  if (write(to_, &count, sizeof count) != sizeof count)
    Require(MakeError(ErrorCode::kNotWritable, "pipe"));
}

HandshakeFigures HandshakeWorker::Hear() {
  HandshakeFigures figures;
  if (read(from_, &figures, sizeof figures) != sizeof figures)
    Require(MakeError(ErrorCode::kInputUnreadable, "a worker has ended"));
  return figures;
}

int RunHandshakes(RevocationSubject subject, const HandshakeInputs& inputs) {
  Ends ends(subject, inputs);
  for (int count; read(STDIN_FILENO, &count, sizeof count) == sizeof count;) {
    const HandshakeFigures figures = ends.Run(count);
    if (write(STDOUT_FILENO, &figures, sizeof figures) != sizeof figures)
      return kExitFailure;
  }
  return 0;
}

}  // namespace revstat::bench
