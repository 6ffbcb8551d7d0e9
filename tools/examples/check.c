/* Tells the status of certificates, by a store that `revstat refresh` keeps.
 *   check STORE UNIX_TIME CERTIFICATE...     certificates in DER
 *   cc check.c $(pkg-config --cflags --libs revstat) */
#include <revstat/revstat.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const int64_t at = atoll(argv[2]);
  revstat_store* store;
  if (revstat_store_open(argv[1], NULL, at, &store) != REVSTAT_OK) {
    fprintf(stderr, "%s\n", revstat_last_error());
    return 2;
  }
  int exit_status = 0;
  for (int i = 3; i < argc; ++i) {
    static uint8_t der[1 << 16];
    FILE* file = fopen(argv[i], "rb");
    const revstat_query query = {
        .certificate = der,
        .certificate_size = file ? fread(der, 1, sizeof(der), file) : 0};
    if (file) fclose(file);
    revstat_result result;
    /* A file that cannot be read is unknown, and unknown is refused. */
    if (revstat_check(store, at, &query, 1, &result) != REVSTAT_OK)
      fprintf(stderr, "%s: %s\n", argv[i], revstat_last_error());
    if (!revstat_accepts(NULL, &result)) exit_status = 1;
    printf("%s: %s %s\n", argv[i], revstat_status_name(result.status),
           result.status == REVSTAT_UNKNOWN
               ? revstat_cause_text(result.cause)
               : revstat_reason_name(result.reason));
    char evidence[4096];
    if (revstat_explain(store, at, &query, evidence, sizeof(evidence), NULL) ==
        REVSTAT_OK)
      puts(evidence);
  }
  revstat_store_close(store);
  return exit_status;
}
