#define _POSIX_C_SOURCE 200809L
#include "example_host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kHandshakeSeconds = 30, kIdleSeconds = 600, kMaxThreads = 256 };

/* Of each read and write: whoever stops talking must not keep a thread. */
static void LimitWaits(int fd, int seconds) {
  const struct timeval limit = {.tv_sec = seconds};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

struct acceptor {
  SSL_CTX* context;
  int listener;
  void (*serve)(void*, SSL*);
  void* argument;
};

static void* Accept(void* argument) {
  const struct acceptor* acceptor = argument;
  for (;;) {
    const int fd = accept(acceptor->listener, NULL, NULL);
    if (fd < 0 && errno == EINVAL) return NULL; /* it was shut down */
    if (fd < 0) {
      /* This connection is gone already; or descriptors are short, until one
       * of the others ends. */
      if (errno != ECONNABORTED && errno != EINTR) poll(NULL, 0, 100);
      continue;
    }
    LimitWaits(fd, kHandshakeSeconds);
    ERR_clear_error(); /* of the connection before */
    SSL* ssl = SSL_new(acceptor->context);
    if (ssl != NULL && SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1)
      acceptor->serve(acceptor->argument, ssl);
    SSL_free(ssl);
    close(fd);
  }
}

SSL_CTX* ExampleContext(const char* certificate, const char* key) {
  static const unsigned char kName[] = "example";
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (context != NULL &&
      SSL_CTX_use_certificate_chain_file(context, certificate) == 1 &&
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_set_session_id_context(context, kName, sizeof kName) == 1) {
    return context;
  }
  fputs("the certificate or its key cannot be used\n", stderr);
  SSL_CTX_free(context);
  return NULL;
}

int ExampleListen(void) {
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct sockaddr* any = (struct sockaddr*)&address;
  socklen_t size = sizeof address;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, any, size) != 0 || listen(listener, 1024) != 0 ||
      getsockname(listener, any, &size) != 0) {
    perror("no port");
    exit(1);
  }
  printf("port %d\n", ntohs(address.sin_port));
  return listener;
}

int ExamplePrefork(const char* processes, int (*work)(void*), void* argument) {
  for (int i = atoi(processes); i > 0; --i) {
    if (fork() == 0) return work(argument);
  }
  int status = 0;
  int result = 0;
  while (wait(&status) > 0) result |= status;
  return result == 0 ? 0 : 1;
}

void ExampleServe(SSL_CTX* context, int listener, const char* threads,
                  void (*serve)(void*, SSL*), void* argument) {
  struct acceptor acceptor = {context, listener, serve, argument};
  pthread_t serving[kMaxThreads];
  int count = 0;
  while (count < atoi(threads) && count < kMaxThreads &&
         pthread_create(&serving[count], NULL, Accept, &acceptor) == 0) {
    ++count;
  }
  while (getchar() != EOF) {
  }
  shutdown(listener, SHUT_RDWR); /* ends accept, in all processes */
  while (count > 0) pthread_join(serving[--count], NULL);
}

void ExampleTalk(SSL* ssl) {
  static const char kPage[] = "HTTP/1.0 200 OK\r\n\r\nwelcome\n";
  LimitWaits(SSL_get_fd(ssl), kIdleSeconds);
  char line[1024];
  int result = 0;
  for (;;) {
    /* SSL_get_error takes what is left there for this connection's. */
    ERR_clear_error();
    result = SSL_read(ssl, line, sizeof line);
    if (result <= 0) break;
    const int is_http = result >= 4 && memcmp(line, "GET ", 4) == 0;
    result = is_http ? SSL_write(ssl, kPage, sizeof kPage - 1)
                     : SSL_write(ssl, line, result);
    if (result <= 0 || is_http) break;
  }
  /* OpenSSL forbids it after these two. */
  const int error = SSL_get_error(ssl, result);
  if (error != SSL_ERROR_SSL && error != SSL_ERROR_SYSCALL) SSL_shutdown(ssl);
}

void ExampleCut(void* unused, uint64_t descriptor) {
  (void)unused;
  shutdown((int)descriptor, SHUT_RDWR);
}
