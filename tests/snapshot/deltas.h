// Complete CRLs and deltas of one CA for tests, and what a snapshot of them
// answers.
#ifndef REVSTAT_TESTS_SNAPSHOT_DELTAS_H_
#define REVSTAT_TESTS_SNAPSHOT_DELTAS_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {

inline Octets RevokedAt(std::string_view serial,
                        std::string_view time = "260102000000Z",
                        const std::vector<Octets>& extensions = {}) {
  return Entry(IntegerOf(serial), UtcTime(time), extensions);
}
inline Octets OnHold(std::string_view serial) {
  return RevokedAt(serial, "260102000000Z", {Reason(6)});
}
inline Octets Removed(std::string_view serial,
                      std::string_view time = "260102000000Z") {
  return RevokedAt(serial, time, {Reason(8)});
}

inline CrlText Complete(uint32_t number, const std::vector<Octets>& entries) {
  CrlText text;
  text.extensions = {Number(number)};
  text.entries = entries;
  return text;
}

// The delta that brings `base` up to `number`.
inline CrlText Delta(uint32_t number, uint32_t base,
                     const std::vector<Octets>& entries) {
  CrlText text = Complete(number, entries);
  text.this_update = UtcTime("260110000000Z");
  text.extensions.push_back(
      MakeExtension("2.5.29.27", Integer(base), Criticality::kCritical));
  return text;
}

inline Octets UnknownCriticalExtension() {
  return MakeExtension("1.2.3.4", Integer(1), Criticality::kCritical);
}
inline CrlText WithUnknownCriticalExtension(CrlText crl) {
  crl.extensions.push_back(UnknownCriticalExtension());
  return crl;
}
// Of one more entry, which no test asks about.
inline CrlText WithUnknownCriticalEntryExtension(CrlText crl) {
  crl.entries.push_back(
      RevokedAt("0999", "260102000000Z", {UnknownCriticalExtension()}));
  return crl;
}

inline std::string StatusOf(const Snapshot& snapshot, std::string_view serial,
                            std::string_view at = kDuring) {
  const Verdict verdict = snapshot.Lookup(At(at), Key(serial));
  Verdict in_batch;
  const LookupKey key = Key(serial);
  snapshot.Lookup(At(at), {&key, 1}, {&in_batch, 1});
  EXPECT_EQ(in_batch.status, verdict.status);
  EXPECT_EQ(in_batch.cause, verdict.cause);
  EXPECT_EQ(in_batch.flags, verdict.flags);
  return Concat({NameOf(verdict.status), verdict.is_stale() ? " stale" : "",
                 verdict.cause == Cause::kNone ? "" : " ",
                 NameOf(verdict.cause)});
}

// In any order: one that is older than held is taken in, and reported.
inline std::unique_ptr<const Snapshot> SnapshotInOrder(
    const TestAuthority& authority, const std::vector<CrlText>& crls) {
  SnapshotBuilder builder;
  EXPECT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  for (const CrlText& crl : crls)
    builder.IngestCrl(authority.Crl(crl), {}).IgnoreError();
  return builder.Build();
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SNAPSHOT_DELTAS_H_
