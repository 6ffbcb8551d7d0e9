/* The check inside OpenSSL's verification, outside TLS, and what becomes of it
 * when its store is closed or its process forks.
 *
 *   good_openssl FOLDER STORE NEW_STORE ISSUING_SOURCES ALL_SOURCES */
#define _POSIX_C_SOURCE 200809L
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/embed/c_test.h"

static X509* root;
static X509* issuing;

static X509* ReadPem(const char* folder, const char* name) {
  char path[1024];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  FILE* file = fopen(path, "r");
  EXPECT(file != NULL);
  X509* certificate = PEM_read_X509(file, NULL, NULL, NULL);
  fclose(file);
  EXPECT(certificate != NULL);
  return certificate;
}

/* What was refused last, and how much was. */
static struct {
  int count;
  int32_t depth;
  int32_t verify_error;
  revstat_result result;
  char serial[65];
} refused;
static int context_of_refusals = 0;

static void OnRefusal(void* context, const revstat_refusal* refusal) {
  EXPECT(context == &context_of_refusals);
  EXPECT(refusal->struct_size == sizeof(*refusal));
  EXPECT(refusal->certificate != NULL && refusal->ssl == NULL);
  ++refused.count;
  refused.depth = refusal->depth;
  refused.verify_error = refusal->verify_error;
  refused.result = refusal->result;
  snprintf(refused.serial, sizeof(refused.serial), "%s", refusal->serial);
}

static int64_t now = kAt;

static int64_t Clock(void* context) {
  (void)context;
  return now;
}

static revstat_openssl_options Options(void) {
  revstat_openssl_options options;
  revstat_openssl_options_init(&options, sizeof(options));
  options.on_refusal = OnRefusal;
  options.clock = Clock;
  options.context = &context_of_refusals;
  return options;
}

/* That trusts the root, at the time of the options' clock. */
static X509_STORE* NewX509Store(void) {
  X509_STORE* store = X509_STORE_new();
  EXPECT(store != NULL && X509_STORE_add_cert(store, root) == 1);
  EXPECT(X509_STORE_set_flags(store, X509_V_FLAG_NO_CHECK_TIME) == 1);
  return store;
}
static X509_STORE* StoreWithCheck(const revstat_store* store,
                                  const revstat_openssl_options* options) {
  X509_STORE* checked = NewX509Store();
  EXPECT(revstat_openssl_install(checked, store, options) == REVSTAT_OK);
  return checked;
}

static int Forgive(int ok, X509_STORE_CTX* context) {
  (void)ok;
  (void)context;
  return 1;
}

/* The error of a verification; with a callback, the last that it forgave. */
static int Verify(X509_STORE* store, const struct sample* sample,
                  X509_STORE_CTX_verify_cb callback) {
  const uint8_t* der = sample->der;
  X509* certificate = d2i_X509(NULL, &der, (long)sample->size);
  STACK_OF(X509)* untrusted = sk_X509_new_null();
  sk_X509_push(untrusted, issuing);
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  EXPECT(X509_STORE_CTX_init(context, store, certificate, untrusted) == 1);
  if (callback != NULL) X509_STORE_CTX_set_verify_cb(context, callback);
  refused.count = 0;
  const int is_good = X509_verify_cert(context);
  const int error = X509_STORE_CTX_get_error(context);
  EXPECT(callback != NULL || is_good == (error == X509_V_OK));
  X509_STORE_CTX_free(context);
  sk_X509_free(untrusted);
  X509_free(certificate);
  return error;
}

static const struct sample* SampleThatIs(const char* status) {
  const struct sample* sample = samples;
  while (strcmp(sample->status, status) != 0) ++sample;
  return sample;
}

static void EverySample(const revstat_store* store) {
  const revstat_openssl_options options = Options();
  X509_STORE* checked = StoreWithCheck(store, &options);
  for (size_t i = 0; i < sample_count; ++i) {
    const char* status = samples[i].status;
    /* OpenSSL itself is told not to look at validity. */
    const int is_listed =
        strcmp(status, "revoked") == 0 || strcmp(status, "on_hold") == 0;
    const int error = Verify(checked, &samples[i], NULL);
    EXPECT((error == X509_V_ERR_CERT_REVOKED) == is_listed);
    if (strcmp(status, "active") == 0) EXPECT(error == X509_V_OK);
    if (!is_listed) continue;
    EXPECT(refused.count == 1 && refused.depth == 0);
    EXPECT(refused.verify_error == error);
    EXPECT(strcmp(revstat_status_name(refused.result.status), status) == 0);
    EXPECT(refused.result.revocation_time != 0);
    char serial[65] = "";
    for (size_t k = 0; k < samples[i].serial_size; ++k)
      snprintf(serial + 2 * k, 3, "%02x", samples[i].serial[k]);
    EXPECT(strcmp(refused.serial, serial) == 0);
  }
  EXPECT(revstat_openssl_install(checked, store, NULL) ==
         REVSTAT_INVALID_ARGUMENT);
  EXPECT_TEXT(revstat_last_error(), "already");
  X509_STORE_free(checked);
}

/* All sources are too old. */
static void PoliciesAndDepth(const revstat_store* store) {
  const struct sample* active = SampleThatIs("active");
  revstat_policy policy;
  revstat_policy_init(&policy, sizeof(policy));
  policy.max_age = 1;
  now = kAt + 3600;
  revstat_openssl_options options = Options();
  options.policy = &policy;
  X509_STORE* checked = StoreWithCheck(store, &options);
  EXPECT(Verify(checked, active, NULL) == X509_V_ERR_CRL_HAS_EXPIRED);
  EXPECT(strcmp(revstat_cause_name(refused.result.cause), "stale") == 0);
  EXPECT(Verify(checked, active, Forgive) != X509_V_OK);
  EXPECT(refused.count == 2 && refused.depth == 1);
  X509_STORE_free(checked);

  options.flags = REVSTAT_END_ENTITY_ONLY;
  checked = StoreWithCheck(store, &options);
  EXPECT(Verify(checked, active, Forgive) != X509_V_OK);
  EXPECT(refused.count == 1 && refused.depth == 0);
  X509_STORE_free(checked);

  policy.flags = REVSTAT_ACCEPT_UNKNOWN;
  checked = StoreWithCheck(store, &options);
  EXPECT(Verify(checked, active, NULL) == X509_V_OK);
  EXPECT(Verify(checked, SampleThatIs("revoked"), NULL) ==
         X509_V_ERR_CERT_REVOKED);
  X509_STORE_free(checked);

  checked = NewX509Store();
  policy.flags = REVSTAT_ALLOW_SHA1; /* the store was opened without */
  EXPECT(revstat_openssl_install(checked, store, &options) ==
         REVSTAT_INVALID_ARGUMENT);
  options.flags = 2;
  EXPECT(revstat_openssl_install(checked, store, &options) ==
         REVSTAT_INVALID_ARGUMENT);
  X509_STORE_free(checked);
  now = kAt;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static uint64_t published = 0;
static revstat_error failure = REVSTAT_OK;

static void OnPublished(void* context, uint64_t generation) {
  EXPECT(context == &published);
  pthread_mutex_lock(&mutex);
  published = generation;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}
static void OnFailure(void* context, revstat_error error, const char* text) {
  EXPECT(context == &published && text[0] != '\0');
  pthread_mutex_lock(&mutex);
  failure = error;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}

static void ExpectLeftBehind(X509_STORE* checked) {
  EXPECT(Verify(checked, SampleThatIs("active"), NULL) ==
         X509_V_ERR_UNABLE_TO_GET_CRL);
  EXPECT(strcmp(revstat_cause_name(refused.result.cause), "left_behind") == 0);
}

/* A new generation comes while there are: a store that is followed, a child of
 * that process, and one that is closed. */
static void ClosedAndForked(const char* folder, const char* first,
                            const char* all) {
  revstat_refresher* refresher;
  EXPECT(revstat_refresher_start(folder, first, NULL, &refresher) ==
         REVSTAT_OK);
  /* Without it there is nothing to wait for, and a generation that comes
   * before the fork leaves the child behind at once. */
  EXPECT(revstat_refresher_refresh(refresher) == REVSTAT_OK);
  EXPECT(revstat_refresher_wait(refresher, 60000) == REVSTAT_OK);
  revstat_policy lenient;
  revstat_policy_init(&lenient, sizeof(lenient));
  lenient.flags = REVSTAT_ACCEPT_UNKNOWN;
  revstat_openssl_options options = Options();
  options.flags = REVSTAT_END_ENTITY_ONLY;
  options.policy = &lenient;
  revstat_store* store;
  EXPECT(revstat_store_open(folder, NULL, kAt, &store) == REVSTAT_OK);
  X509_STORE* closed = StoreWithCheck(store, &options);
  revstat_store_close(store);

  EXPECT(revstat_store_open(folder, NULL, kAt, &store) == REVSTAT_OK);
  X509_STORE* followed = StoreWithCheck(store, &options);
  revstat_follow_options follow;
  revstat_follow_options_init(&follow, sizeof(follow));
  follow.clock = Clock;
  follow.on_published = OnPublished;
  follow.on_failure = OnFailure;
  follow.context = &published;
  EXPECT(revstat_store_follow_with(store, &follow) == REVSTAT_OK);
  EXPECT(revstat_store_follow_with(store, &follow) == REVSTAT_INVALID_ARGUMENT);
  EXPECT_TEXT(revstat_last_error(), "already");

  const struct sample* active = SampleThatIs("active");
  EXPECT(Verify(closed, active, NULL) == X509_V_OK);
  EXPECT(Verify(followed, active, NULL) == X509_V_OK);
  int answered[2], newer[2];
  EXPECT(pipe(answered) == 0 && pipe(newer) == 0);
  const pid_t child = fork();
  EXPECT(child >= 0);
  if (child == 0) {
    alarm(100); /* ends a child that waits for ever */
    EXPECT(Verify(followed, active, NULL) == X509_V_OK);
    Tell(answered);
    Await(newer);
    ExpectLeftBehind(followed);
    X509_STORE_free(followed);
    revstat_store_close(store);
    /* valgrind looks at an exit for leaks: at what the threads of the parent
     * were using, too. */
    execlp("true", "true", (char*)NULL);
    _exit(1);
  }
  EXPECT(close(answered[1]) == 0); /* a child that dies is no longer awaited */
  Await(answered);
  EXPECT(revstat_refresher_reload(refresher, all) == REVSTAT_OK);
  EXPECT(revstat_refresher_refresh(refresher) == REVSTAT_OK);
  EXPECT(revstat_refresher_wait(refresher, 60000) == REVSTAT_OK);
  pthread_mutex_lock(&mutex);
  /* There may be several generations: each is told once it serves. */
  while (published == 0 || published != revstat_store_generation(store))
    pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
  Tell(newer);
  int status = -1;
  EXPECT(waitpid(child, &status, 0) == child && status == 0);
  EXPECT(Verify(followed, active, NULL) == X509_V_OK);
  ExpectLeftBehind(closed);
  revstat_refresher_stop(refresher);

  /* Without its folder it goes on answering, and says what is wrong. */
  char elsewhere[1024];
  snprintf(elsewhere, sizeof(elsewhere), "%s.elsewhere", folder);
  EXPECT(rename(folder, elsewhere) == 0);
  pthread_mutex_lock(&mutex);
  while (failure == REVSTAT_OK) pthread_cond_wait(&changed, &mutex);
  EXPECT(failure == REVSTAT_UNAVAILABLE);
  pthread_mutex_unlock(&mutex);
  EXPECT(Verify(followed, active, NULL) == X509_V_OK);
  X509_STORE_free(closed);
  X509_STORE_free(followed);
  revstat_store_close(store);
}

int main(int argc, char** argv) {
  EXPECT(argc == 6);
  ReadSamples(argv[1]);
  root = ReadPem(argv[1], "root.pem");
  issuing = ReadPem(argv[1], "issuing.pem");
  revstat_store* store;
  EXPECT(revstat_store_open(argv[2], NULL, kAt, &store) == REVSTAT_OK);
  EverySample(store);
  PoliciesAndDepth(store);
  revstat_store_close(store);
  ClosedAndForked(argv[3], argv[4], argv[5]);
  X509_free(root);
  X509_free(issuing);
  return 0;
}
