/* NULL, and values that are not allowed, everywhere.
 *
 *   invalid_arguments FOLDER STORE */
#include "tests/embed/c_test.h"

#define EXPECT_INVALID(call) EXPECT((call) == REVSTAT_INVALID_ARGUMENT)

static const char* folder;
static revstat_store* store;

static void NullArguments(void) {
  revstat_store* opened = (revstat_store*)&folder;
  const revstat_query query = QueryOfSerial(&samples[0]);
  revstat_result result = {.status = REVSTAT_ACTIVE};
  char text[16] = "before";
  size_t needed = 77;
  EXPECT_INVALID(revstat_store_open(NULL, NULL, kAt, &opened));
  EXPECT(opened == NULL);
  EXPECT_TEXT(revstat_last_error(), "folder is NULL");
  EXPECT_INVALID(revstat_store_open(folder, NULL, kAt, NULL));
  EXPECT_INVALID(revstat_store_update(NULL, kAt));
  EXPECT_INVALID(revstat_store_follow(NULL, NULL, NULL));
  EXPECT(revstat_store_generation(NULL) == 0);
  revstat_store_close(NULL);
  /* A result never stays what it was. */
  EXPECT_INVALID(revstat_check(NULL, kAt, &query, 1, &result));
  EXPECT(result.status == REVSTAT_UNKNOWN);
  result.status = REVSTAT_ACTIVE;
  EXPECT_INVALID(revstat_check(store, kAt, NULL, 1, &result));
  EXPECT(result.status == REVSTAT_UNKNOWN);
  EXPECT_INVALID(revstat_check(store, kAt, &query, 1, NULL));
  EXPECT(revstat_check(store, kAt, NULL, 0, NULL) == REVSTAT_OK);
  EXPECT_INVALID(revstat_explain(NULL, kAt, &query, text, 16, &needed));
  EXPECT(text[0] == '\0' && needed == 0);
  EXPECT_INVALID(revstat_explain(store, kAt, NULL, text, 16, NULL));
  EXPECT_INVALID(revstat_explain(store, kAt, &query, NULL, 16, NULL));
  EXPECT(revstat_accepts(NULL, NULL) == 0);
  revstat_policy_init(NULL, 64);
  revstat_refresher_options_init(NULL, 64);
}

static void NullArgumentsOfTheRefresher(void) {
  revstat_refresher* refresher = (revstat_refresher*)&folder;
  EXPECT_INVALID(revstat_refresher_start(NULL, "x", NULL, &refresher));
  EXPECT(refresher == NULL);
  EXPECT_INVALID(revstat_refresher_start("x", NULL, NULL, &refresher));
  EXPECT_INVALID(revstat_refresher_start("x", "x", NULL, NULL));
  EXPECT_INVALID(revstat_refresher_reload(NULL, "x"));
  EXPECT_INVALID(revstat_refresher_refresh(NULL));
  EXPECT_INVALID(revstat_refresher_wait(NULL, 0));
  EXPECT_INVALID(revstat_refresher_health(NULL, NULL, 0, NULL));
  revstat_refresher_stop(NULL);
}

/* Wrapped-around counts, and times whose sums would overflow. */
static void NumbersOutOfRange(void) {
  const revstat_query query = QueryOfSerial(&samples[0]);
  revstat_result result = {.status = REVSTAT_ACTIVE};
  const int64_t times[] = {INT64_MAX, INT64_MIN, ((int64_t)1 << 40) + 1};
  EXPECT_INVALID(revstat_check(store, kAt, &query, (size_t)-1, &result));
  EXPECT_INVALID(revstat_check(store, kAt, &query, SIZE_MAX / 40 + 1, &result));
  for (size_t i = 0; i < 3; ++i) {
    revstat_store* opened;
    EXPECT_INVALID(revstat_check(store, times[i], &query, 1, &result));
    EXPECT(result.status == REVSTAT_UNKNOWN);
    EXPECT_INVALID(revstat_store_update(store, times[i]));
    EXPECT_INVALID(revstat_store_open(folder, NULL, times[i], &opened));
  }
  EXPECT(revstat_check(store, (int64_t)1 << 40, &query, 1, &result) ==
         REVSTAT_OK);
  EXPECT(revstat_check(store, -((int64_t)1 << 40), &query, 1, &result) ==
         REVSTAT_OK);
  EXPECT(result.status == REVSTAT_UNKNOWN);
}

static revstat_error OpenWith(const revstat_policy* policy) {
  revstat_store* opened;
  const revstat_error error = revstat_store_open(folder, policy, kAt, &opened);
  revstat_store_close(opened);
  return error;
}

static void Policies(void) {
  revstat_policy policy;
  revstat_policy_init(&policy, sizeof(policy));
  EXPECT(policy.struct_size == sizeof(policy) && policy.flags == 0);
  EXPECT(OpenWith(&policy) == REVSTAT_OK);
  policy.flags = 1u << 31;
  EXPECT_INVALID(OpenWith(&policy));
  revstat_policy_init(&policy, sizeof(policy));
  policy.clock_skew = -1;
  EXPECT_INVALID(OpenWith(&policy));
  revstat_policy_init(&policy, sizeof(policy));
  policy.max_age = INT64_MAX;
  EXPECT_INVALID(OpenWith(&policy));
  revstat_policy_init(&policy, sizeof(policy));
  policy.short_lived = -2;
  EXPECT_INVALID(OpenWith(&policy));
  /* Never initialised: no size. Then nothing is accepted, either. */
  memset(&policy, 0, sizeof(policy));
  EXPECT_INVALID(OpenWith(&policy));
  const revstat_result active = {.status = REVSTAT_ACTIVE};
  EXPECT(revstat_accepts(&policy, &active) == 0);
  /* Of a later version: its members are zero, or it is refused. */
  struct {
    revstat_policy known;
    uint64_t later;
  } longer;
  memset(&longer, 0, sizeof(longer));
  revstat_policy_init(&longer.known, sizeof(longer.known));
  longer.known.struct_size = sizeof(longer);
  EXPECT(OpenWith(&longer.known) == REVSTAT_OK);
  longer.later = 1;
  EXPECT(OpenWith(&longer.known) == REVSTAT_UNSUPPORTED);
}

/* A program that was built when the structures were shorter, or will be when
 * they are longer, than the library knows them. */
static void StructuresOfOtherVersions(void) {
  union {
    revstat_policy policy;
    revstat_refresher_options options;
    uint8_t octets[64];
  } memory;
  const size_t sizes[] = {0, 3, 4, 24, sizeof(memory), 5000};
  for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); ++i) {
    const size_t size = sizes[i / 2];
    const size_t written = size < 4 || size > 4096 ? 0 : size;
    memset(memory.octets, 0xee, sizeof(memory));
    if (i % 2 == 0) {
      revstat_policy_init(&memory.policy, size);
    } else {
      revstat_refresher_options_init(&memory.options, size);
    }
    EXPECT(written == 0 || memory.policy.struct_size == size);
    for (size_t at = written; at < sizeof(memory); ++at)
      EXPECT(memory.octets[at] == 0xee);
    for (size_t at = sizeof(revstat_refresher_options); at < written; ++at)
      EXPECT(memory.octets[at] == 0);
  }
  revstat_policy_init(&memory.policy, sizeof(memory));
  EXPECT(memory.policy.max_age == -1 && memory.policy.short_lived == -1);
  EXPECT(OpenWith(&memory.policy) == REVSTAT_OK);
}

static void Options(void) {
  revstat_refresher* refresher;
  revstat_refresher_options options;
  revstat_refresher_options_init(&options, sizeof(options));
  EXPECT(options.struct_size == sizeof(options));
  options.max_fetches = 0;
  EXPECT_INVALID(revstat_refresher_start("x", "x", &options, &refresher));
  revstat_refresher_options_init(&options, sizeof(options));
  options.flags = 8;
  EXPECT_INVALID(revstat_refresher_start("x", "x", &options, &refresher));
  revstat_refresher_options_init(&options, sizeof(options));
  options.struct_size = 8;
  EXPECT_INVALID(revstat_refresher_start("x", "x", &options, &refresher));
  EXPECT(revstat_refresher_start("x", "/none/such", NULL, &refresher) ==
         REVSTAT_MALFORMED);
  EXPECT_TEXT(revstat_last_error(), "/none/such");
}

static void Errors(void) {
  revstat_store* opened = NULL;
  EXPECT(revstat_store_open("/none/such", NULL, kAt, &opened) ==
         REVSTAT_UNAVAILABLE);
  EXPECT(opened == NULL);
  EXPECT_TEXT(revstat_last_error(), "/none/such");
  /* A text as long as a file's name can be is cut, not run over. */
  char name[8192];
  memset(name, 'x', sizeof(name) - 1);
  name[sizeof(name) - 1] = '\0';
  EXPECT(revstat_store_open(name, NULL, kAt, &opened) == REVSTAT_UNAVAILABLE);
  EXPECT(strlen(revstat_last_error()) < sizeof(name));
}

static void Names(void) {
  char version[32];
  snprintf(version, sizeof(version), "%d.%d.%d", REVSTAT_VERSION_MAJOR,
           REVSTAT_VERSION_MINOR, REVSTAT_VERSION_PATCH);
  EXPECT(strcmp(revstat_version(), version) == 0);
  EXPECT(strcmp(revstat_error_name(REVSTAT_OK), "ok") == 0);
  EXPECT(strcmp(revstat_error_name(REVSTAT_INTERNAL), "internal") == 0);
  EXPECT(strcmp(revstat_status_name(0), "unknown") == 0);
  EXPECT(strcmp(revstat_reason_name(1), "keyCompromise") == 0);
  const int32_t odd[] = {-1, 7, 255, 256, 1 << 20, INT32_MIN, INT32_MAX};
  for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); ++i) {
    EXPECT(odd[i] == 7 || revstat_error_name(odd[i])[0] == '\0');
    EXPECT(revstat_status_name(odd[i])[0] == '\0');
    EXPECT(revstat_reason_name(odd[i])[0] == '\0');
    EXPECT(odd[i] == 7 || revstat_cause_name(odd[i])[0] == '\0');
    EXPECT(odd[i] == 7 || revstat_cause_text(odd[i])[0] == '\0');
  }
}

int main(int argc, char** argv) {
  EXPECT(argc == 3);
  EXPECT(revstat_last_error()[0] == '\0');
  ReadSamples(argv[1]);
  folder = argv[2];
  EXPECT(revstat_store_open(folder, NULL, kAt, &store) == REVSTAT_OK);
  NullArguments();
  NullArgumentsOfTheRefresher();
  NumbersOutOfRange();
  Policies();
  StructuresOfOtherVersions();
  Options();
  Errors();
  Names();
  revstat_store_close(store);
  return 0;
}
