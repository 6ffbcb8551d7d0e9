// A process that does the server's side of TLS handshakes with clients that
// have a certificate, and what they cost.
#ifndef REVSTAT_BENCH_HANDSHAKE_WORKER_H_
#define REVSTAT_BENCH_HANDSHAKE_WORKER_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "engine/base/time.h"

namespace revstat::bench {

// Who says that the client's certificate is not revoked: nobody; OpenSSL, by
// X509_V_FLAG_CRL_CHECK and the CRL in the X509_STORE; revstat, by the hook.
enum class RevocationSubject : int { kNobody, kOpenssl, kRevstat };

struct HandshakeInputs {
  std::string crl;
  std::string store;  // with the same CRL
  Time at;
};

struct HandshakeFigures {
  double cpu_seconds = 0;  // of the server's side alone
  double p99_seconds = 0;  // of one handshake's server side, by the wall clock
  int64_t failures = 0;
  int64_t private_bytes = 0;  // of the process, after the handshakes
  int64_t generations = 0;    // seen since the start
};

// One that was started; `program` calls RunHandshakes in it. Ends with the
// object.
class HandshakeWorker {
 public:
  HandshakeWorker(const std::string& program, RevocationSubject subject,
                  const HandshakeInputs& inputs);
  ~HandshakeWorker();
  HandshakeWorker(const HandshakeWorker&) = delete;
  HandshakeWorker& operator=(const HandshakeWorker&) = delete;

  // Starts so many handshakes; Hear waits for their end. Several workers may be
  // at it at a time.
  void Go(int count);
  HandshakeFigures Hear();

 private:
  pid_t child_;
  int to_;
  int from_;
};

// The main function of such a process: asked on standard input, answers on
// standard output.
int RunHandshakes(RevocationSubject subject, const HandshakeInputs& inputs);

}  // namespace revstat::bench

#endif  // REVSTAT_BENCH_HANDSHAKE_WORKER_H_
