// Questions to an OcspChecker over the OCSP world's CA.
#ifndef REVSTAT_TESTS_CHECK_OCSP_ASKED_H_
#define REVSTAT_TESTS_CHECK_OCSP_ASKED_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/check/ocsp_checker.h"
#include "engine/snapshot/snapshot_builder.h"
#include "tests/verify/ocsp_world.h"

namespace revstat::test {

// The world's CA as the only issuer, with CRLs it signs.
inline std::unique_ptr<const Snapshot> SnapshotWith(
    const std::vector<CrlText>& crls) {
  const OcspWorld world;
  SnapshotBuilder builder;
  EXPECT_TRUE(builder.AddIssuer(BufferOf(world.CaCertificate())).ok());
  for (const CrlText& crl : crls) {
    const absl::Status status = builder.IngestCrl(
        BufferOf(world.ca.key.Signed(crl, world.ca.form)), {});
    EXPECT_TRUE(status.ok()) << status;
  }
  return builder.Build();
}

inline OcspCheckPolicy PolicyOf(SourcePolicy sources) {
  OcspCheckPolicy policy;
  policy.sources = sources;
  policy.lookup.at = kWorldTime;
  return policy;
}

inline Question WorldCertificate() {
  Question question;
  question.key.issuer = 0;
  question.key.serial = *SerialNumber::FromText("0123");
  question.not_before = *ParseTime("2025-01-01");
  question.not_after = *ParseTime("2027-01-01");
  return question;
}

struct Asked {
  Verdict verdict;
  std::string text;  // "revoked contradicted", "unknown stale"
};

inline Asked Ask(const Snapshot& snapshot, const std::vector<Octets>& responses,
                 OcspCheckPolicy policy,
                 const Question& question = WorldCertificate()) {
  OcspSet set;
  for (const Octets& response : responses) {
    const absl::Status added = set.Add(BufferOf(response));
    EXPECT_TRUE(added.ok()) << added;
  }
  const LookupPolicy lookup = policy.lookup;
  const auto checker = OcspChecker::Create(snapshot, set, std::move(policy));
  EXPECT_TRUE(checker.ok()) << checker.status();
  const Verdict verdict =
      (*checker)->Join(question, {}, Check(snapshot, lookup, question));
  std::string text(NameOf(verdict.status));
  if (verdict.cause != Cause::kNone)
    text += Concat({" ", NameOf(verdict.cause)});
  if ((verdict.flags & Verdict::kContradicted) != 0) text += " contradicted";
  if (verdict.is_stale()) text += " stale";
  const OcspEvidence evidence = set.Explain(question.key, verdict);
  EXPECT_EQ(evidence.source != nullptr, verdict.is_from_ocsp());
  if (verdict.is_from_ocsp() && verdict.status == Status::kRevoked) {
    EXPECT_EQ(evidence.single->revocation_time, verdict.revocation_time());
  }
  return {verdict, text};
}

inline CrlText CrlListing(std::string_view serial) {
  CrlText crl;
  crl.entries = {Entry(IntegerOf(serial))};
  return crl;
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_CHECK_OCSP_ASKED_H_
