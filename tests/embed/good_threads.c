/* Batches on several threads while another one makes a new snapshot for each
 * half hour. Run under ThreadSanitizer as well.
 *
 *   good_threads FOLDER STORE */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdatomic.h>

#include "tests/embed/c_test.h"

enum { kThreads = 3, kUpdates = 200, kCount = 200, kHalfHour = 1800 };

static revstat_store* store;
static atomic_int is_over;

static void* AskAgainAndAgain(void* unused) {
  (void)unused;
  revstat_query queries[kCount];
  revstat_result results[kCount];
  for (size_t i = 0; i < kCount; ++i) {
    const struct sample* sample = &samples[i % sample_count];
    queries[i] =
        i % 2 == 0 ? QueryOfCertificate(sample) : QueryOfSerial(sample);
  }
  do {
    EXPECT(revstat_check(store, kAt, queries, kCount, results) == REVSTAT_OK);
    for (size_t i = 0; i < kCount; i += 2) {
      EXPECT(strcmp(revstat_status_name(results[i].status),
                    samples[i % sample_count].status) == 0);
    }
    /* Errors belong to their thread. */
    EXPECT(revstat_check(NULL, kAt, queries, 1, results) ==
           REVSTAT_INVALID_ARGUMENT);
    EXPECT_TEXT(revstat_last_error(), "store is NULL");
  } while (!atomic_load(&is_over));
  return NULL;
}

int main(int argc, char** argv) {
  EXPECT(argc == 3);
  ReadSamples(argv[1]);
  EXPECT(revstat_store_open(argv[2], NULL, kAt, &store) == REVSTAT_OK);
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i)
    EXPECT(pthread_create(&threads[i], NULL, AskAgainAndAgain, NULL) == 0);
  for (int i = 1; i <= kUpdates; ++i) {
    EXPECT(revstat_store_update(store, kAt + (int64_t)kHalfHour * i) ==
           REVSTAT_OK);
  }
  atomic_store(&is_over, 1);
  for (int i = 0; i < kThreads; ++i)
    EXPECT(pthread_join(threads[i], NULL) == 0);
  revstat_store_close(store);
  return 0;
}
