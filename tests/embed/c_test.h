/* What the C tests share: expectations that end the program, and files. */
#ifndef REVSTAT_TESTS_EMBED_C_TEST_H_
#define REVSTAT_TESTS_EMBED_C_TEST_H_

#include <revstat/revstat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition)                                                \
  do {                                                                   \
    if (!(condition)) {                                                  \
      fprintf(stderr, "%s:%d: not so: %s\n  last error: %s\n", __FILE__, \
              __LINE__, #condition, revstat_last_error());               \
      exit(1);                                                           \
    }                                                                    \
  } while (0)

#define EXPECT_TEXT(actual, expected)                                 \
  do {                                                                \
    const char* actual_ = (actual);                                   \
    if (strstr(actual_, (expected)) == NULL) {                        \
      fprintf(stderr, "%s:%d: no '%s' in '%s'\n", __FILE__, __LINE__, \
              (expected), actual_);                                   \
      exit(1);                                                        \
    }                                                                 \
  } while (0)

enum { kAt = 1780272000 }; /* 2026-06-01, the time of the sample in data/ */

/* A certificate of the sample, as the file "<name>.der", and what is expected
 * of it and of its bare serial. */
struct sample {
  uint8_t der[4096];
  size_t size;
  uint8_t serial[32];
  size_t serial_size;
  char issuer[65];
  char status[16];
};

enum { kMaxSamples = 64 };
extern struct sample samples[kMaxSamples];
extern size_t sample_count;

/* Reads samples.txt of a folder: a line "<file> <issuer> <serial> <status>"
 * each. */
void ReadSamples(const char* folder);

revstat_query QueryOfCertificate(const struct sample* sample);
revstat_query QueryOfSerial(const struct sample* sample);

/* Of a pipe between a process and its child: the one waits until the other has
 * told. */
void Tell(const int ends[2]);
void Await(const int ends[2]);

#endif /* REVSTAT_TESTS_EMBED_C_TEST_H_ */
