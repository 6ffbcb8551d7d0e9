/* What programs were compiled with, and the library may not change while its
 * soname lasts. To be compiled is the whole test. */
#include <revstat/revstat.h>
#include <stddef.h>

#define IS(value, expected) \
  _Static_assert((value) == (expected), #value " is not " #expected)
#define AT(structure, member, offset) IS(offsetof(structure, member), offset)

/* Where a pointer has 8 octets. */
#if UINTPTR_MAX == UINT64_MAX
AT(revstat_query, certificate, 0);
AT(revstat_query, certificate_size, 8);
AT(revstat_query, issuer, 16);
AT(revstat_query, serial, 24);
AT(revstat_query, serial_size, 32);
IS(sizeof(revstat_query), 40);

AT(revstat_refresher_options, struct_size, 0);
AT(revstat_refresher_options, flags, 4);
AT(revstat_refresher_options, max_fetches, 8);
AT(revstat_refresher_options, max_fetches_per_host, 12);
AT(revstat_refresher_options, on_event, 16);
AT(revstat_refresher_options, clock, 24);
AT(revstat_refresher_options, context, 32);
IS(sizeof(revstat_refresher_options), 40);

AT(revstat_follow_options, struct_size, 0);
AT(revstat_follow_options, flags, 4);
AT(revstat_follow_options, clock, 8);
AT(revstat_follow_options, on_published, 16);
AT(revstat_follow_options, on_failure, 24);
AT(revstat_follow_options, context, 32);
IS(sizeof(revstat_follow_options), 40);

AT(revstat_refusal, struct_size, 0);
AT(revstat_refusal, verify_error, 4);
AT(revstat_refusal, depth, 8);
AT(revstat_refusal, reserved, 12);
AT(revstat_refusal, result, 16);
AT(revstat_refusal, serial, 40);
AT(revstat_refusal, certificate, 48);
AT(revstat_refusal, ssl, 56);
IS(sizeof(revstat_refusal), 64);

AT(revstat_openssl_options, struct_size, 0);
AT(revstat_openssl_options, flags, 4);
AT(revstat_openssl_options, policy, 8);
AT(revstat_openssl_options, on_refusal, 16);
AT(revstat_openssl_options, clock, 24);
AT(revstat_openssl_options, context, 32);
IS(sizeof(revstat_openssl_options), 40);
#endif

AT(revstat_result, revocation_time, 0);
AT(revstat_result, status, 8);
AT(revstat_result, cause, 12);
AT(revstat_result, reason, 16);
AT(revstat_result, flags, 20);
IS(sizeof(revstat_result), 24);

AT(revstat_policy, struct_size, 0);
AT(revstat_policy, flags, 4);
AT(revstat_policy, clock_skew, 8);
AT(revstat_policy, max_age, 16);
AT(revstat_policy, short_lived, 24);
IS(sizeof(revstat_policy), 32);

IS(REVSTAT_OK, 0);
IS(REVSTAT_INVALID_ARGUMENT, 1);
IS(REVSTAT_OUT_OF_MEMORY, 2);
IS(REVSTAT_UNAVAILABLE, 3);
IS(REVSTAT_MALFORMED, 4);
IS(REVSTAT_UNSUPPORTED, 5);
IS(REVSTAT_UNTRUE, 6);
IS(REVSTAT_BUFFER_TOO_SMALL, 7);
IS(REVSTAT_TIMED_OUT, 8);
IS(REVSTAT_FORKED, 9);
IS(REVSTAT_INTERNAL, 10);
IS(REVSTAT_LISTED, 11);

IS(REVSTAT_UNKNOWN, 0);
IS(REVSTAT_ACTIVE, 1);
IS(REVSTAT_REVOKED, 2);
IS(REVSTAT_ON_HOLD, 3);
IS(REVSTAT_EXPIRED, 4);
IS(REVSTAT_NOT_YET_VALID, 5);

IS(REVSTAT_ACCEPT_UNKNOWN, 1);
IS(REVSTAT_IGNORE_NEXT_UPDATE, 2);
IS(REVSTAT_ALLOW_SHA1, 4);
IS(REVSTAT_ALL_PARTITIONS_HELD, 8);

IS(REVSTAT_IS_EXPIRED, 1);
IS(REVSTAT_SOURCE_IS_STALE, 2);
IS(REVSTAT_MUST_STAPLE, 16);

IS(REVSTAT_REFUSE_SHRUNK, 1);
IS(REVSTAT_REFUSE_CONFLICTING, 2);
IS(REVSTAT_REFUSE_VANISHED, 4);

IS(REVSTAT_END_ENTITY_ONLY, 1);
