// What the example servers need besides TLS and revstat: a port, processes,
// threads, limits on waiting, and a little HTTP.
#ifndef REVSTAT_TOOLS_EXAMPLES_EXAMPLE_SERVER_H_
#define REVSTAT_TOOLS_EXAMPLES_EXAMPLE_SERVER_H_

#include <openssl/ssl.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>

namespace example {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

// A server's, with the certificate chain and the key of these files; null where
// one cannot be used.
Context NewContext(const char* certificate, const char* key);

// Listens on a port of 127.0.0.1 that is free, and prints "port <number>"; ends
// the program where there is none.
int Listen();

// Calls `work` in so many forked processes. 0: in all of them it returned 0.
int Prefork(const char* processes, const std::function<int()>& work);

// Calls `serve` after each handshake, on so many threads, until standard input
// ends. A peer that is silent for half a minute is given
// up.
void Serve(SSL_CTX* context, int listener, const char* threads,
           const std::function<void(SSL*)>& serve);

// Answers HTTP, and sends any other line back, to a peer that may be silent for
// longer; then closes TLS in order, unless it has failed.
void Talk(SSL* ssl);

// Ends the connection of this descriptor, whichever thread waits for it.
void Cut(uint64_t descriptor);

}  // namespace example

#endif  // REVSTAT_TOOLS_EXAMPLES_EXAMPLE_SERVER_H_
