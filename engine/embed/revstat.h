/*
 * revstat: is this certificate active, revoked, on hold or expired, and why?
 *
 * The C interface of the library, for C11 and every language that calls C.
 *
 * Errors: functions that can fail return a revstat_error, 0 for success; its
 * text is had from revstat_last_error() on the same thread. No exception leaves
 * the library, it never prints, aborts or reads the environment, and NULL where
 * an argument is needed gives REVSTAT_INVALID_ARGUMENT.
 *
 * Strings: those that go in end with a NUL and are copied. Those that come out
 * are constants, or are written to a buffer of the caller's. Nothing is handed
 * over that has to be freed, but for the three handles.
 *
 * Time: int64_t, seconds since 1970-01-01T00:00:00Z, always a parameter, but
 * for threads of the library, which ask a clock: the system's, or the caller's.
 *
 * Threads: any number may use one revstat_store. Functions that end a handle
 * come after all other uses of it. Callbacks are called on the library's own
 * threads, which block all signals but those of their own faults; they must not
 * end the handle that they belong to, nor throw. The first may come before the
 * function that starts the thread has returned.
 *
 * Fork: a store that was opened and not followed may be used on both sides, and
 * followed afterwards on each. A store that is followed, and a refresher,
 * belong to the process that started them. In a child, checks are answered from
 * the generation of the moment of the fork until a newer one is published; from
 * then on they, and at once whatever else needs the thread, give
 * REVSTAT_FORKED, every result unknown, and every verification of OpenSSL's
 * that asks the store fails. Ending the handle leaves its memory alone.
 *
 * Signals: of all functions revstat_version(), revstat_error_name(),
 * revstat_status_name() and revstat_reason_name() alone may be called from a
 * signal handler.
 *
 * Growth: structures with struct_size get new members at their end, and one of
 * an earlier version stays valid. Their _init() function is told the size that
 * the program knows, `sizeof` of its structure: it writes no octet behind that,
 * and sets what such a program should have. revstat_query and revstat_result
 * keep their layout for as long as the library's soname.
 */
#ifndef REVSTAT_H_
#define REVSTAT_H_

#include <stddef.h>
#include <stdint.h>

#define REVSTAT_VERSION_MAJOR 0
#define REVSTAT_VERSION_MINOR 1
#define REVSTAT_VERSION_PATCH 0

#if defined(__GNUC__)
#define REVSTAT_API __attribute__((visibility("default")))
#else
#define REVSTAT_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version, errors, names ---------------------------------------------- */

/* That of the library which is loaded: "0.1.0". */
REVSTAT_API const char* revstat_version(void);

typedef int32_t revstat_error;
enum {
  REVSTAT_OK = 0,
  REVSTAT_INVALID_ARGUMENT = 1, /* NULL, or a value that is not allowed */
  REVSTAT_OUT_OF_MEMORY = 2,
  REVSTAT_UNAVAILABLE = 3, /* a file, the network or a lock: may pass */
  REVSTAT_MALFORMED = 4,   /* octets that their standard forbids; damage */
  REVSTAT_UNSUPPORTED = 5, /* allowed, but not processed here */
  REVSTAT_UNTRUE = 6,      /* a statement that was checked and is wrong */
  REVSTAT_BUFFER_TOO_SMALL = 7,
  REVSTAT_TIMED_OUT = 8,
  REVSTAT_FORKED = 9,    /* the handle's thread is in the parent process */
  REVSTAT_INTERNAL = 10, /* no other; please report it */
  REVSTAT_LISTED = 11    /* a peer that is revoked or on hold by now */
};

/* "malformed"; "" for a number that is none of these. A constant. */
REVSTAT_API const char* revstat_error_name(revstat_error error);

/* What the last function that failed on this thread has to say, with file,
 * octet and field where there are any; "" where none has failed. Valid until
 * the next function that fails on this thread, or the thread ends. */
REVSTAT_API const char* revstat_last_error(void);

/* Status. Zero, which an array that nothing was written to holds, is unknown.
 */
enum {
  REVSTAT_UNKNOWN = 0, /* nothing proves any of the others; see cause */
  REVSTAT_ACTIVE = 1,
  REVSTAT_REVOKED = 2,
  REVSTAT_ON_HOLD = 3, /* certificateHold, which a later CRL can lift */
  REVSTAT_EXPIRED = 4,
  REVSTAT_NOT_YET_VALID = 5
};

/* "on_hold"; "" for a number that is no status. A constant. */
REVSTAT_API const char* revstat_status_name(int32_t status);
/* RFC 5280 5.3.1: "keyCompromise"; "" for none (-1) and others. A constant. */
REVSTAT_API const char* revstat_reason_name(int32_t reason);
/* "no_source"; "" for 0 and others. A constant. */
REVSTAT_API const char* revstat_cause_name(int32_t cause);
/* One plain sentence in English. A constant. */
REVSTAT_API const char* revstat_cause_text(int32_t cause);

/* ---- Policy -------------------------------------------------------------- */

/* Flags of a policy; none is set by default. */
enum {
  /* revstat_accepts() accepts what is unknown. */
  REVSTAT_ACCEPT_UNKNOWN = 1 << 0,
  /* A CRL proves that a certificate is active even after its nextUpdate. */
  REVSTAT_IGNORE_NEXT_UPDATE = 1 << 1,
  /* SHA-1 in the signatures of CAs that the store holds is accepted. */
  REVSTAT_ALLOW_SHA1 = 1 << 2,
  /* The partitions that the store holds are all there are. */
  REVSTAT_ALL_PARTITIONS_HELD = 1 << 3
};

typedef struct revstat_policy {
  uint32_t struct_size; /* set by revstat_policy_init */
  uint32_t flags;
  int64_t clock_skew;  /* seconds allowed on all times of CRLs, revocation dates
                          included; 0 */
  int64_t max_age;     /* of a CRL that proves active, in seconds; -1: any */
  int64_t short_lived; /* a certificate valid for no longer than this many
                          seconds needs no source; -1: none */
} revstat_policy;

/* The defaults: strict. `size` is sizeof *policy. Does nothing with NULL, or a
 * size of less than 4 or more than 4096. */
REVSTAT_API void revstat_policy_init(revstat_policy* policy, size_t size);

/* ---- A store, read-only -------------------------------------------------- */

/* The CRLs and certificates in a folder that `revstat ingest`, `revstat
 * refresh` or a revstat_refresher keeps. Mapped: all processes share a copy. */
typedef struct revstat_store revstat_store;

/* Opens the newest generation, and judges the CAs in it for the time `at`.
 * `policy` NULL: the defaults. Writes NULL to *store where it fails. Cost: some
 * microseconds for each CRL and certificate. Starts no thread. */
REVSTAT_API revstat_error revstat_store_open(const char* folder,
                                             const revstat_policy* policy,
                                             int64_t at, revstat_store** store);

/* Turns to the newest generation, and judges the CAs for the time `at`, where
 * there is a need; costs one microsecond where there is none. Waits for checks
 * that use the old generation. Where it fails, the old one goes on answering.
 * For programs without revstat_store_follow: call it before each batch, or
 * every few seconds, on one thread or many. */
REVSTAT_API revstat_error revstat_store_update(revstat_store* store,
                                               int64_t at);

/* Starts a thread that does so whenever a generation is published, and once a
 * second for the time, which `clock` tells: the system's where it is NULL.
 * Nothing new happens where the store is followed already. */
typedef int64_t (*revstat_clock)(void* context);
REVSTAT_API revstat_error revstat_store_follow(revstat_store* store,
                                               revstat_clock clock,
                                               void* context);

/* The same with a word to the program after each change. All of it is called on
 * that thread, and no more once the store is closed. */
typedef struct revstat_follow_options {
  uint32_t struct_size; /* set by revstat_follow_options_init */
  uint32_t flags;       /* 0 */
  revstat_clock clock;  /* NULL: the system's */
  /* Checks are answered from this generation now; NULL: none. Called again for
   * one where the CAs were judged anew. To cut connections: revstat_peers. */
  void (*on_published)(void* context, uint64_t generation);
  /* The old one goes on answering, for this reason; NULL: none. */
  void (*on_failure)(void* context, revstat_error error, const char* text);
  void* context; /* of all three */
} revstat_follow_options;

/* The defaults, as revstat_policy_init sets them. */
REVSTAT_API void revstat_follow_options_init(revstat_follow_options* options,
                                             size_t size);
/* REVSTAT_INVALID_ARGUMENT where the store is followed already. */
REVSTAT_API revstat_error revstat_store_follow_with(
    revstat_store* store, const revstat_follow_options* options);

/* The generation that answers: it grows by one with every change of the store.
 * 0 for NULL. */
REVSTAT_API uint64_t revstat_store_generation(const revstat_store* store);

/* Ends the thread, if there is one, and frees everything; what an X509_STORE or
 * a revstat_peers still asks goes with the last of them, and is as good as that
 * of a forked process until then. NULL is allowed. */
REVSTAT_API void revstat_store_close(revstat_store* store);

/* ---- Questions ----------------------------------------------------------- */

/* A certificate as it stands; or, where `certificate` is NULL, an issuer and a
 * serial, of which nothing but revocation is known: then `active` means "not
 * revoked". The pointers are only read during the call. Zero what is not used.
 */
typedef struct revstat_query {
  const uint8_t* certificate; /* DER */
  size_t certificate_size;
  /* The SHA-256 of the issuer's certificate in hexadecimal, or its subject: by
   * RFC 4514, "CN=CA,O=Org"; with spaces also "O = Org, CN = CA" (OpenSSL). */
  const char* issuer;
  /* The octets of the number, the highest first, with or without leading
   * zeros: both an INTEGER's content and what BN_bn2bin gives. 1 to 21 that
   * count. A negative serial can only be asked about by its certificate. */
  const uint8_t* serial;
  size_t serial_size;
} revstat_query;

/* Flags of a result. */
enum {
  REVSTAT_IS_EXPIRED = 1 << 0,      /* also where the status says more */
  REVSTAT_SOURCE_IS_STALE = 1 << 1, /* what revokes it was not current */
  REVSTAT_MUST_STAPLE = 1 << 4 /* RFC 7633: its server owes an OCSP response */
};

typedef struct revstat_result {
  int64_t revocation_time; /* of REVSTAT_REVOKED and REVSTAT_ON_HOLD, else 0 */
  int32_t status;
  int32_t cause;  /* of REVSTAT_UNKNOWN. Only the names stay from version to
                     version: revstat_cause_name */
  int32_t reason; /* RFC 5280 5.3.1; -1: none */
  uint32_t flags;
} revstat_result;

/* What is the status of these certificates at the time `at`? All are answered
 * from one generation, without a lock, and in any number. results[i] answers
 * queries[i]. One that cannot be read is unknown for the cause bad_input, the
 * others are answered all the same, and the first such error is returned: its
 * text begins with the number of the query. Every result is written, whatever
 * is returned, unless `results` is NULL or `count` more than memory holds; 0
 * queries are allowed. Neither builds nor checks a path: that the issuer has
 * signed the certificate is for the caller's TLS library to say. */
REVSTAT_API revstat_error revstat_check(const revstat_store* store, int64_t at,
                                        const revstat_query* queries,
                                        size_t count, revstat_result* results);

/* 1 where a policy (NULL: the defaults) lets this certificate pass, that is
 * where it is active, or is unknown and REVSTAT_ACCEPT_UNKNOWN is set; but not
 * for the cause left_behind, that of REVSTAT_FORKED. Else 0; also for NULL. */
REVSTAT_API int revstat_accepts(const revstat_policy* policy,
                                const revstat_result* result);

/* Writes the answer with its evidence as one JSON object, in the fields of
 * `revstat check --format jsonl` and "generation", to buffer[0, size), with a
 * NUL behind it. *needed (if not NULL) is the size with the NUL;
 * REVSTAT_BUFFER_TOO_SMALL where that is larger than `size`: then nothing but
 * an empty string is written. 4096 octets are mostly plenty. */
REVSTAT_API revstat_error revstat_explain(const revstat_store* store,
                                          int64_t at,
                                          const revstat_query* query,
                                          char* buffer, size_t size,
                                          size_t* needed);

/* ---- Inside OpenSSL's verification --------------------------------------- */

/* OpenSSL's X509_STORE, X509, SSL_CTX and SSL, all of libssl.so.3. */
struct x509_store_st;
struct x509_st;
struct ssl_ctx_st;
struct ssl_st;

/* A certificate that did not pass. All of it is valid during the call. */
typedef struct revstat_refusal {
  uint32_t struct_size;  /* as this library knows it: members come at the end */
  int32_t verify_error;  /* X509_V_ERR_...: X509_verify_cert_error_string */
  int32_t depth;         /* 0: the peer's own certificate */
  uint32_t reserved;     /* 0 */
  revstat_result result; /* revoked or on hold, for what reason; the cause */
  const char* serial;    /* hexadecimal */
  struct x509_st* certificate; /* NULL where only the store has it */
  /* NULL outside TLS, and for the program's own certificate, whose chain
   * OpenSSL may have to find by the same X509_STORE. */
  struct ssl_st* ssl;
} revstat_refusal;

/* Flags of the options; none is set by default. */
enum { REVSTAT_END_ENTITY_ONLY = 1 << 0 /* the CAs are not asked about */ };

typedef struct revstat_openssl_options {
  uint32_t struct_size; /* set by revstat_openssl_options_init */
  uint32_t flags;
  /* Read during the call; NULL: the store's own. REVSTAT_ALLOW_SHA1 and
   * REVSTAT_ALL_PARTITIONS_HELD must be as they were when it was opened. */
  const revstat_policy* policy;
  /* Each refusal, on the verification's thread, and before the verify callback,
   * which may forgive it; NULL: none. */
  void (*on_refusal)(void* context, const revstat_refusal* refusal);
  /* Where a verification sets no time of its own (X509_VERIFY_PARAM_set_time).
   * NULL: the system's. */
  revstat_clock clock;
  void* context; /* of both, on any thread, until the X509_STORE is freed */
} revstat_openssl_options;

/* The defaults, as revstat_policy_init sets them. */
REVSTAT_API void revstat_openssl_options_init(revstat_openssl_options* options,
                                              size_t size);

/* From now on every verification that uses this X509_STORE, of an SSL_CTX say
 * (SSL_CTX_get_cert_store), asks for the status of each certificate below the
 * trust anchor, and fails as OpenSSL's own CRL check would: through the verify
 * callback, with the certificate, its depth, and X509_V_ERR_CERT_REVOKED or an
 * error for what is not known. It looks up and waits for nothing. CRLs in the
 * X509_STORE and X509_V_FLAG_CRL_CHECK no longer count. Call it before other
 * threads use the X509_STORE. `options` NULL: the defaults.
 *
 * The check answers from the newest generation that `store` has turned to:
 * follow it, in each process. It holds what it needs of the store, which may be
 * closed; from the next generation on all verifications fail then.
 * REVSTAT_INVALID_ARGUMENT where the X509_STORE has a check already. */
REVSTAT_API revstat_error revstat_openssl_install(
    struct x509_store_st* x509_store, const revstat_store* store,
    const revstat_openssl_options* options);

/* Asks again about the peer of a connection: 0, which is X509_V_OK, or the
 * first X509_V_ERR_, of which on_refusal and SSL_get_verify_result hear, too.
 * OpenSSL verifies nothing where a session is resumed: call it after each
 * handshake where SSL_session_reused, before early data is used as well, and
 * close what is not 0. The CAs between peer and anchor are those of the store.
 * 0 too for a peer without a certificate. X509_V_ERR_INVALID_CALL for NULL and
 * where no check is installed. */
REVSTAT_API int32_t revstat_openssl_recheck(struct ssl_st* ssl);

/* What the last verification of this connection's peer, or the recheck, was
 * answered: {"at":...,"certificates":[...]}, each with its "depth",
 * "issuer_sha256" and the fields of revstat_explain, written as it does.
 * REVSTAT_INVALID_ARGUMENT where nothing was asked: there was no certificate,
 * or the session was resumed. */
REVSTAT_API revstat_error revstat_openssl_explain(const struct ssl_st* ssl,
                                                  char* buffer, size_t size,
                                                  size_t* needed);

/* For clients: asks servers for OCSP responses, which are verified and count
 * beside the CRLs. Takes the context's status callback:
 * REVSTAT_INVALID_ARGUMENT where it has one. */
REVSTAT_API revstat_error
revstat_openssl_request_staples(struct ssl_ctx_st* context);

/* ---- Connections that last ----------------------------------------------- */

/* A table of connected peers, each by a number of the program's, a descriptor
 * say: to learn whom a new generation revokes. All of it on any thread. Whoever
 * is revoked while he is being added is found by one or the other. */
typedef struct revstat_peers revstat_peers;

/* Of at most `most` peers. Writes NULL to *peers where it fails. The store may
 * be closed first. */
REVSTAT_API revstat_error revstat_peers_new(const revstat_store* store,
                                            size_t most, revstat_peers** peers);

/* Adds the peer that `ssl` has verified or rechecked, in place of one that had
 * this number. Close the connection unless it is REVSTAT_OK: REVSTAT_LISTED;
 * REVSTAT_FORKED; REVSTAT_UNAVAILABLE where the table is full;
 * REVSTAT_INVALID_ARGUMENT where no certificate was asked about. */
REVSTAT_API revstat_error revstat_peers_add(revstat_peers* peers,
                                            uint64_t number,
                                            const struct ssl_st* ssl,
                                            int64_t at);

/* When the connection is closed, before its number names another one. */
REVSTAT_API void revstat_peers_remove(revstat_peers* peers, uint64_t number);

/* Calls cut(context, number) for each peer of which a certificate is listed by
 * now, in no order: from on_published, or after revstat_store_update. In a
 * forked process that was left behind, for all. revstat_peers_remove waits
 * meanwhile, so that the number still names that peer; so `cut` is quick, calls
 * nothing of the table, and shuts a socket down, say. */
REVSTAT_API revstat_error revstat_peers_cut_listed(
    const revstat_peers* peers, int64_t at,
    void (*cut)(void* context, uint64_t number), void* context);

/* NULL is allowed. */
REVSTAT_API void revstat_peers_free(revstat_peers* peers);

/* ---- A refresher --------------------------------------------------------- */

/* Keeps a store current: fetches, verifies, commits. Holds the store's lock, so
 * that there is one in all processes; two threads. */
typedef struct revstat_refresher revstat_refresher;

/* Flags of the options; none is set by default. */
enum {
  /* A CRL with less than half of the entries is refused, not only reported. */
  REVSTAT_REFUSE_SHRUNK = 1 << 0,
  /* So are other octets under a number that is held. */
  REVSTAT_REFUSE_CONFLICTING = 1 << 1,
  /* So is a CRL without a revoked certificate that is known to be unexpired. */
  REVSTAT_REFUSE_VANISHED = 1 << 2
};

/* One event, a JSON object of json[0, size) that lives during the call: what
 * `revstat refresh` prints. Called for one event at a time: be quick, and call
 * nothing of the refresher but revstat_refresher_refresh and _health. */
typedef void (*revstat_event)(void* context, const char* json, size_t size);

typedef struct revstat_refresher_options {
  uint32_t struct_size; /* set by revstat_refresher_options_init */
  uint32_t flags;
  uint32_t max_fetches;          /* at a time: 32 */
  uint32_t max_fetches_per_host; /* at a time: 2 */
  revstat_event on_event;        /* NULL: none */
  revstat_clock clock;           /* NULL: the system's */
  void* context;                 /* of both */
} revstat_refresher_options;

/* The defaults, as revstat_policy_init sets them. */
REVSTAT_API void revstat_refresher_options_init(
    revstat_refresher_options* options, size_t size);

/* Makes the store if it is missing, and starts. `sources` is the name of a file
 * like tools/sources.toml. `options` NULL: the defaults. Writes NULL to
 * *refresher where it fails. */
REVSTAT_API revstat_error revstat_refresher_start(
    const char* store_folder, const char* sources,
    const revstat_refresher_options* options, revstat_refresher** refresher);

/* Reads a sources file and goes on with it; with the old one where it fails. */
REVSTAT_API revstat_error revstat_refresher_reload(revstat_refresher* refresher,
                                                   const char* sources);

/* Makes every source due now. */
REVSTAT_API revstat_error
revstat_refresher_refresh(revstat_refresher* refresher);

/* Waits until every source has been asked since then; REVSTAT_TIMED_OUT where
 * that takes longer. Negative counts as 0. */
REVSTAT_API revstat_error revstat_refresher_wait(revstat_refresher* refresher,
                                                 int64_t milliseconds);

/* How current each source is: a JSON array, written as revstat_explain does. */
REVSTAT_API revstat_error
revstat_refresher_health(const revstat_refresher* refresher, char* buffer,
                         size_t size, size_t* needed);

/* Drops the fetches, finishes the CRL that is being taken in, ends the threads
 * and frees everything. NULL is allowed. */
REVSTAT_API void revstat_refresher_stop(revstat_refresher* refresher);

#ifdef __cplusplus
}
#endif

#endif /* REVSTAT_H_ */
