/* A server for clients whose certificates are not revoked, by a store that
 * revstat refresh keeps; one that a newer generation revokes is cut off.
 *   mtls_server STORE CERTIFICATE KEY CLIENT_CAS WORKERS THREADS
 *   cc mtls_server.c example_host.c $(pkg-config --cflags --libs revstat libssl
 *      libcrypto) */
#include <revstat/revstat.h>
#include <stdio.h>
#include <time.h>

#include "example_host.h"

static void LogRefusal(void* unused, const revstat_refusal* refusal) {
  (void)unused;
  fprintf(stderr, "refused %s at depth %d: %s %s%s (%s)\n", refusal->serial,
          refusal->depth, revstat_status_name(refusal->result.status),
          revstat_reason_name(refusal->result.reason),
          revstat_cause_name(refusal->result.cause),
          X509_verify_cert_error_string(refusal->verify_error));
}

static void CutListed(void* peers, uint64_t generation) {
  revstat_peers_cut_listed(peers, time(NULL), ExampleCut, NULL);
  printf("published %llu\n", (unsigned long long)generation);
}

static void Serve(void* peers, SSL* ssl) {
  /* OpenSSL verifies nothing when a session is resumed. */
  if (SSL_session_reused(ssl) && revstat_openssl_recheck(ssl) != X509_V_OK)
    return;
  const uint64_t number = (uint64_t)SSL_get_fd(ssl);
  if (revstat_peers_add(peers, number, ssl, time(NULL)) == REVSTAT_OK)
    ExampleTalk(ssl);
  revstat_peers_remove(peers, number);
}

/* The check, in this process and followed in it, and who is connected. */
static revstat_error Protect(SSL_CTX* context, const char* folder,
                             revstat_store** store, revstat_peers** peers) {
  revstat_openssl_options check;
  revstat_openssl_options_init(&check, sizeof check);
  check.on_refusal = LogRefusal;
  revstat_follow_options follow;
  revstat_follow_options_init(&follow, sizeof follow);
  follow.on_published = CutListed;
  revstat_error error = revstat_store_open(folder, NULL, time(NULL), store);
  if (!error) error = revstat_peers_new(*store, 10000, peers);
  follow.context = *peers;
  if (!error) error = revstat_store_follow_with(*store, &follow);
  if (!error)
    error = revstat_openssl_install(SSL_CTX_get_cert_store(context), *store,
                                    &check);
  if (error) fprintf(stderr, "%s\n", revstat_last_error());
  return error;
}

struct arguments {
  char** given;
  int listener;
};

static int Work(void* argument) {
  const struct arguments* arguments = argument;
  char** const given = arguments->given;
  revstat_store* store = NULL;
  revstat_peers* peers = NULL;
  SSL_CTX* context = ExampleContext(given[2], given[3]);
  if (context == NULL ||
      SSL_CTX_load_verify_locations(context, given[4], NULL) != 1 ||
      Protect(context, given[1], &store, &peers) != REVSTAT_OK)
    return 1; /* never without the check */
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     NULL);
  puts("ready");
  ExampleServe(context, arguments->listener, given[6], Serve, peers);
  revstat_store_close(store);
  revstat_peers_free(peers);
  SSL_CTX_free(context);
  return 0;
}

int main(int count, char** given) {
  if (count != 7) return 2;
  struct arguments arguments = {given, ExampleListen()};
  return ExamplePrefork(given[5], Work, &arguments);
}
