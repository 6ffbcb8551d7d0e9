// What the example servers need besides TLS and revstat, in C++'s words: see
// example_host.h.
#ifndef REVSTAT_TOOLS_EXAMPLES_EXAMPLE_SERVER_H_
#define REVSTAT_TOOLS_EXAMPLES_EXAMPLE_SERVER_H_

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>

#include "example_host.h"

namespace example {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

inline Context NewContext(const char* certificate, const char* key) {
  return Context(ExampleContext(certificate, key));
}

inline int Listen() { return ExampleListen(); }

inline int Prefork(const char* processes, std::function<int()> work) {
  return ExamplePrefork(
      processes,
      [](void* function) {
        return (*static_cast<std::function<int()>*>(function))();
      },
      &work);
}

inline void Serve(SSL_CTX* context, int listener, const char* threads,
                  std::function<void(SSL*)> serve) {
  ExampleServe(
      context, listener, threads,
      [](void* function, SSL* ssl) {
        (*static_cast<std::function<void(SSL*)>*>(function))(ssl);
      },
      &serve);
}

inline void Talk(SSL* ssl) { ExampleTalk(ssl); }

inline void Cut(uint64_t descriptor) { ExampleCut(nullptr, descriptor); }

}  // namespace example

#endif  // REVSTAT_TOOLS_EXAMPLES_EXAMPLE_SERVER_H_
