/* What the example servers need besides TLS and revstat: a port, processes,
 * threads, limits on waiting, and a little HTTP. */
#ifndef REVSTAT_TOOLS_EXAMPLES_EXAMPLE_HOST_H_
#define REVSTAT_TOOLS_EXAMPLES_EXAMPLE_HOST_H_

#include <openssl/ssl.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A server's, with the certificate chain and the key of these files; NULL where
 * one cannot be used. */
SSL_CTX* ExampleContext(const char* certificate, const char* key);

/* Listens on a port of 127.0.0.1 that is free, and prints "port <number>"; ends
 * the program where there is none. */
int ExampleListen(void);

/* Calls `work` in so many forked processes. 0: in all of them it returned 0. */
int ExamplePrefork(const char* processes, int (*work)(void*), void* argument);

/* Calls `serve` after each handshake, on so many threads, until standard input
 * ends. A peer that is silent for half a minute is given up. */
void ExampleServe(SSL_CTX* context, int listener, const char* threads,
                  void (*serve)(void*, SSL*), void* argument);

/* Answers HTTP, and sends any other line back, to a peer that may be silent for
 * longer; then closes TLS in order, unless it has failed. */
void ExampleTalk(SSL* ssl);

/* Ends the connection of this descriptor, whichever thread waits for it. */
void ExampleCut(void* unused, uint64_t descriptor);

#ifdef __cplusplus
}
#endif

#endif /* REVSTAT_TOOLS_EXAMPLES_EXAMPLE_HOST_H_ */
