#include "tests/snapshot/test_authority.h"

#include <gtest/gtest.h>

namespace revstat::test {

std::unique_ptr<const Snapshot> SnapshotOf(const TestAuthority& authority,
                                           const std::vector<CrlText>& crls) {
  SnapshotBuilder builder;
  EXPECT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  for (const CrlText& crl : crls) {
    const absl::Status status = builder.IngestCrl(authority.Crl(crl), {});
    EXPECT_TRUE(status.ok()) << status;
  }
  return builder.Build();
}

}  // namespace revstat::test
