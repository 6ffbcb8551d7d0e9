/* One and many questions, and their evidence.
 *
 *   good_answers FOLDER STORE */
#include "tests/embed/c_test.h"

_Static_assert(sizeof(revstat_result) == 24, "a change of the ABI");
_Static_assert(sizeof(void*) != 8 || sizeof(revstat_query) == 40, "also one");
_Static_assert(sizeof(revstat_policy) == 32, "grows only at its end");

static revstat_store* store;

static revstat_result Ask(revstat_query query) {
  revstat_result result;
  EXPECT(revstat_check(store, kAt, &query, 1, &result) == REVSTAT_OK);
  return result;
}

static void CertificatesAndSerials(void) {
  for (size_t i = 0; i < sample_count; ++i) {
    const struct sample* sample = &samples[i];
    const revstat_result whole = Ask(QueryOfCertificate(sample));
    EXPECT(strcmp(revstat_status_name(whole.status), sample->status) == 0);
    const revstat_result bare = Ask(QueryOfSerial(sample));
    const int is_listed =
        whole.status == REVSTAT_REVOKED || whole.status == REVSTAT_ON_HOLD;
    EXPECT(bare.status == (is_listed ? whole.status : REVSTAT_ACTIVE));
    EXPECT(bare.reason == whole.reason);
    EXPECT(bare.revocation_time == whole.revocation_time);
    EXPECT((whole.revocation_time != 0) == is_listed);
    EXPECT(revstat_accepts(NULL, &whole) ==
           (strcmp(sample->status, "active") == 0));
  }
}

static void SerialsWithAndWithoutLeadingZeros(void) {
  const struct sample* sample = samples;
  while (strcmp(sample->status, "revoked") != 0) ++sample;
  uint8_t padded[64] = {0};
  memcpy(padded + 30, sample->serial, sample->serial_size);
  revstat_query query = QueryOfSerial(sample);
  const revstat_result plain = Ask(query);
  query.serial = padded;
  query.serial_size = 30 + sample->serial_size;
  const revstat_result result = Ask(query);
  EXPECT(result.status == plain.status && result.status == REVSTAT_REVOKED);
}

static void IssuersByNameAndUnknownOnes(void) {
  revstat_query query = QueryOfSerial(&samples[0]);
  char text[4096];
  EXPECT(revstat_explain(store, kAt, &query, text, sizeof(text), NULL) ==
         REVSTAT_OK);
  /* "issuer":"CN=...", in RFC 4514 form; JSON doubles its backslashes. */
  EXPECT_TEXT(text, "\"issuer\":\"");
  char* name = strstr(text, "\"issuer\":\"") + 10;
  *strchr(name, '"') = '\0';
  char* end = name;
  for (const char* c = name; *c != '\0'; ++c) {
    if (*c == '\\') ++c;
    *end++ = *c;
  }
  *end = '\0';
  query.issuer = name;
  EXPECT(Ask(query).status == REVSTAT_ACTIVE);
  query.issuer = "CN=Nobody";
  const revstat_result nobody = Ask(query);
  EXPECT(nobody.status == REVSTAT_UNKNOWN);
  EXPECT(strcmp(revstat_cause_name(nobody.cause), "no_issuer") == 0);
  EXPECT_TEXT(revstat_cause_text(nobody.cause), "issuer is not known");
  EXPECT(revstat_accepts(NULL, &nobody) == 0);
  revstat_policy lenient;
  revstat_policy_init(&lenient, sizeof(lenient));
  lenient.flags = REVSTAT_ACCEPT_UNKNOWN;
  EXPECT(revstat_accepts(&lenient, &nobody) == 1);
}

/* Certificates, serials and what is neither, more than a block of each. */
static void AMixedBatchIsAnsweredThoughSomeCannotBeRead(void) {
  enum { kCount = 5000 };
  static revstat_query queries[kCount];
  static revstat_result results[kCount];
  static const uint8_t broken[] = {0x30, 0x82, 0x01};
  for (size_t i = 0; i < kCount; ++i) {
    const struct sample* sample = &samples[i % sample_count];
    queries[i] =
        i / 300 % 2 == 0 ? QueryOfCertificate(sample) : QueryOfSerial(sample);
  }
  EXPECT(revstat_check(store, kAt, queries, kCount, results) == REVSTAT_OK);
  for (size_t i = 0; i < kCount; ++i) {
    const revstat_result one = Ask(queries[i]);
    EXPECT(memcmp(&one, &results[i], sizeof(one)) == 0);
  }
  queries[7].certificate = broken;
  queries[7].certificate_size = sizeof(broken);
  queries[400].issuer = "no name at all";
  queries[401].serial_size = 0;
  memset(&queries[402], 0, sizeof(queries[402]));
  EXPECT(revstat_check(store, kAt, queries, kCount, results) ==
         REVSTAT_MALFORMED);
  EXPECT_TEXT(revstat_last_error(), "query 7: ");
  for (size_t i = 0; i < kCount; ++i) {
    if (i == 7 || (i >= 400 && i <= 402)) {
      EXPECT(results[i].status == REVSTAT_UNKNOWN);
      EXPECT(strcmp(revstat_cause_name(results[i].cause), "bad_input") == 0);
    } else {
      const revstat_result one = Ask(queries[i]);
      EXPECT(memcmp(&one, &results[i], sizeof(one)) == 0);
    }
  }
}

static void TheEvidenceIsJson(void) {
  for (size_t i = 0; i < sample_count; ++i) {
    const revstat_query query = QueryOfCertificate(&samples[i]);
    char text[4096];
    size_t needed = 0;
    EXPECT(revstat_explain(store, kAt, &query, text, sizeof(text), &needed) ==
           REVSTAT_OK);
    EXPECT(needed == strlen(text) + 1);
    EXPECT_TEXT(text, "\"subject\":\"CN=");
    EXPECT_TEXT(text, samples[i].status);
    EXPECT_TEXT(text, "\"generation\":1");
    if (strcmp(samples[i].status, "revoked") == 0) {
      EXPECT_TEXT(text, "\"revocation_time\":\"20");
      EXPECT_TEXT(text, "\"source\":{\"kind\":\"crl\"");
    }
    /* A buffer of just that size, and one that is an octet too small. */
    char* exact = malloc(needed);
    EXPECT(exact != NULL);
    EXPECT(revstat_explain(store, kAt, &query, exact, needed, NULL) ==
           REVSTAT_OK);
    EXPECT(strcmp(text, exact) == 0);
    size_t again = 0;
    EXPECT(revstat_explain(store, kAt, &query, exact, needed - 1, &again) ==
           REVSTAT_BUFFER_TOO_SMALL);
    EXPECT(again == needed && exact[0] == '\0');
    free(exact);
    EXPECT(revstat_explain(store, kAt, &query, NULL, 0, &again) ==
           REVSTAT_BUFFER_TOO_SMALL);
    EXPECT(again == needed);
  }
}

static void TheTimeIsAParameter(void) {
  const revstat_query query = QueryOfSerial(&samples[0]);
  revstat_result result;
  /* A year after the CRL's nextUpdate it proves nothing any more. */
  EXPECT(revstat_check(store, kAt + 2 * 365 * 86400LL, &query, 1, &result) ==
         REVSTAT_OK);
  EXPECT(result.status == REVSTAT_UNKNOWN);
  EXPECT(strcmp(revstat_cause_name(result.cause), "stale") == 0);
}

int main(int argc, char** argv) {
  EXPECT(argc == 3);
  ReadSamples(argv[1]);
  EXPECT(revstat_store_open(argv[2], NULL, kAt, &store) == REVSTAT_OK);
  EXPECT(revstat_store_generation(store) == 1);
  CertificatesAndSerials();
  SerialsWithAndWithoutLeadingZeros();
  IssuersByNameAndUnknownOnes();
  AMixedBatchIsAnsweredThoughSomeCannotBeRead();
  TheEvidenceIsJson();
  TheTimeIsAParameter();
  revstat_store_close(store);
  return 0;
}
