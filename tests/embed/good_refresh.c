/* A refresher, a store that is followed, and forks.
 *
 *   good_refresh FOLDER NEW_STORE FIRST_SOURCES ALL_SOURCES */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/embed/c_test.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int published = 0;
static int context_of_clock = 0;

static int64_t Clock(void* context) {
  EXPECT(context == &context_of_clock);
  return kAt;
}

static void OnEvent(void* context, const char* json, size_t size) {
  EXPECT(context == &context_of_clock);
  EXPECT(strlen(json) == size && json[0] == '{' && json[size - 1] == '}');
  if (strstr(json, "\"event\":\"published\"") == NULL) return;
  pthread_mutex_lock(&mutex);
  ++published;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}

static void WaitForPublished(int count) {
  pthread_mutex_lock(&mutex);
  while (published < count) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}

static revstat_result Ask(const revstat_store* store) {
  const revstat_query query = QueryOfCertificate(&samples[0]);
  revstat_result result;
  EXPECT(revstat_check(store, kAt, &query, 1, &result) == REVSTAT_OK);
  return result;
}

/* Runs body in a child, which must succeed. */
static pid_t StartChild(void (*body)(void)) {
  const pid_t child = fork();
  EXPECT(child >= 0);
  if (child == 0) {
    alarm(100); /* ends a child that waits for ever */
    body();
    _exit(0);
  }
  return child;
}
static void WaitForChild(pid_t child) {
  int status = -1;
  EXPECT(waitpid(child, &status, 0) == child);
  EXPECT(status == 0);
}
static void InChild(void (*body)(void)) { WaitForChild(StartChild(body)); }

static revstat_store* followed;
static revstat_store* quiet;
static revstat_refresher* refresher;

static void HandlesOfTheParent(void) {
  char text[16];
  EXPECT(Ask(followed).status == REVSTAT_ACTIVE);
  EXPECT(revstat_store_update(followed, kAt) == REVSTAT_FORKED);
  EXPECT(revstat_store_follow(followed, Clock, &context_of_clock) ==
         REVSTAT_FORKED);
  revstat_store_close(followed);
  EXPECT(revstat_refresher_refresh(refresher) == REVSTAT_FORKED);
  EXPECT(revstat_refresher_wait(refresher, 1000) == REVSTAT_FORKED);
  EXPECT(revstat_refresher_reload(refresher, "x") == REVSTAT_FORKED);
  EXPECT(revstat_refresher_health(refresher, text, sizeof(text), NULL) ==
         REVSTAT_FORKED);
  revstat_refresher_stop(refresher);
}

/* The child tells when it has answered by the generation that it was forked
 * with; only then may the parent make a newer one, and tells when it has. */
static int answered[2];
static int newer[2];

static void AStoreThatIsLeftBehind(void) {
  const revstat_query query = QueryOfCertificate(&samples[0]);
  revstat_result result = {.status = REVSTAT_ACTIVE};
  char text[4096];
  EXPECT(Ask(followed).status == REVSTAT_UNKNOWN);
  Tell(answered);
  Await(newer);
  EXPECT(revstat_check(followed, kAt, &query, 1, &result) == REVSTAT_FORKED);
  EXPECT(result.status == REVSTAT_UNKNOWN);
  EXPECT(strcmp(revstat_cause_name(result.cause), "left_behind") == 0);
  revstat_policy lenient;
  revstat_policy_init(&lenient, sizeof(lenient));
  lenient.flags = REVSTAT_ACCEPT_UNKNOWN;
  EXPECT(revstat_accepts(&lenient, &result) == 0);
  EXPECT(revstat_explain(followed, kAt, &query, text, sizeof(text), NULL) ==
         REVSTAT_FORKED);
  EXPECT(text[0] == '\0');
}

static void AStoreThatIsNotFollowed(void) {
  EXPECT(revstat_store_update(quiet, kAt) == REVSTAT_OK);
  EXPECT(Ask(quiet).status == REVSTAT_ACTIVE);
}

/* ThreadSanitizer allows no thread in such a child. */
static void AStoreFollowedAfterTheFork(void) {
  EXPECT(revstat_store_follow(quiet, Clock, &context_of_clock) == REVSTAT_OK);
  EXPECT(Ask(quiet).status == REVSTAT_ACTIVE);
  revstat_store_close(quiet);
}

int main(int argc, char** argv) {
  EXPECT(argc == 5);
  ReadSamples(argv[1]);
  const char* folder = argv[2];
  revstat_refresher_options options;
  revstat_refresher_options_init(&options, sizeof(options));
  options.on_event = OnEvent;
  options.clock = Clock;
  options.context = &context_of_clock;
  EXPECT(revstat_refresher_start(folder, argv[3], &options, &refresher) ==
         REVSTAT_OK);
  revstat_refresher* second = NULL;
  EXPECT(revstat_refresher_start(folder, argv[3], NULL, &second) ==
         REVSTAT_UNAVAILABLE);
  EXPECT_TEXT(revstat_last_error(), "librevstat");
  EXPECT(second == NULL);
  WaitForPublished(1);

  /* Of the root alone nothing follows for what the CA below it has issued. */
  EXPECT(revstat_store_open(folder, NULL, kAt, &followed) == REVSTAT_OK);
  EXPECT(revstat_store_open(folder, NULL, kAt, &quiet) == REVSTAT_OK);
  EXPECT(revstat_store_follow(followed, Clock, &context_of_clock) ==
         REVSTAT_OK);
  EXPECT(revstat_store_follow(followed, Clock, &context_of_clock) ==
         REVSTAT_OK);
  EXPECT(Ask(followed).status == REVSTAT_UNKNOWN);
  const uint64_t generation = revstat_store_generation(followed);

  EXPECT(pipe(answered) == 0 && pipe(newer) == 0);
  const pid_t left_behind = StartChild(AStoreThatIsLeftBehind);
  EXPECT(close(answered[1]) == 0); /* a child that dies is no longer awaited */
  Await(answered);
  EXPECT(revstat_refresher_reload(refresher, "/none/such") ==
         REVSTAT_MALFORMED);
  EXPECT(revstat_refresher_reload(refresher, argv[4]) == REVSTAT_OK);
  EXPECT(revstat_refresher_refresh(refresher) == REVSTAT_OK);
  EXPECT(revstat_refresher_wait(refresher, 60000) == REVSTAT_OK);
  WaitForPublished(2);
  while (Ask(followed).status != REVSTAT_ACTIVE) sched_yield();
  EXPECT(revstat_store_generation(followed) > generation);
  Tell(newer);
  WaitForChild(left_behind);
  /* The other has not been told yet. */
  EXPECT(Ask(quiet).status == REVSTAT_UNKNOWN);
  EXPECT(revstat_store_update(quiet, kAt) == REVSTAT_OK);
  EXPECT(Ask(quiet).status == REVSTAT_ACTIVE);

  char health[4096];
  size_t needed = 0;
  EXPECT(revstat_refresher_health(refresher, health, sizeof(health), &needed) ==
         REVSTAT_OK);
  EXPECT(needed == strlen(health) + 1 && health[0] == '[');
  EXPECT_TEXT(health, "\"state\":\"fresh\"");
  EXPECT(revstat_refresher_health(refresher, health, 5, NULL) ==
         REVSTAT_BUFFER_TOO_SMALL);

  /* Takes turns with the thread: what the fork finds is not half done. */
  EXPECT(revstat_store_update(followed, kAt) == REVSTAT_OK);
  InChild(HandlesOfTheParent);
  InChild(AStoreThatIsNotFollowed);
  if (getenv("REVSTAT_NO_THREADS_AFTER_FORK") == NULL)
    InChild(AStoreFollowedAfterTheFork);

  revstat_refresher_stop(refresher);
  revstat_store_close(followed);
  revstat_store_close(quiet);
  return 0;
}
