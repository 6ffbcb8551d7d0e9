#include "engine/x509/oid.h"

#include <gtest/gtest.h>

#include "tests/support/der_writer.h"

namespace revstat {
namespace {

TEST(Oid, ToDottedUndoesTheEncoding) {
  for (const char* dotted :
       {"2.5.29.20", "1.2.840.113549.1.1.11", "0.9.2342.19200300.100.1.25",
        "2.999.1", "1.39.1", "0.0", "2.0", "2.16.840.1.101.3.4.2.1",
        "1.2.18446744073709551615"}) {
    const test::Octets tlv = test::Oid(dotted);
    EXPECT_EQ(oid::ToDotted(Bytes(tlv).subspan(2)), dotted);
  }
}

TEST(Oid, KnownExtensionsHaveTheRfcsNames) {
  EXPECT_EQ(oid::NameOfExtension(oid::kCrlNumber), "cRLNumber");
  EXPECT_EQ(oid::NameOfExtension(oid::kIssuingDistributionPoint),
            "issuingDistributionPoint");
  EXPECT_EQ(oid::NameOfExtension(oid::kAuthorityInfoAccess),
            "authorityInfoAccess");
  EXPECT_EQ(oid::NameOfExtension(test::Hex("2a0304")), "1.2.3.4");
}

TEST(Oid, IsComparesWholeValues) {
  EXPECT_TRUE(oid::Is(test::Hex("551d14"), oid::kCrlNumber));
  EXPECT_FALSE(oid::Is(test::Hex("551d15"), oid::kCrlNumber));
  EXPECT_FALSE(oid::Is(test::Hex("551d1400"), oid::kCrlNumber));
  EXPECT_FALSE(oid::Is({}, oid::kCrlNumber));
}

}  // namespace
}  // namespace revstat
