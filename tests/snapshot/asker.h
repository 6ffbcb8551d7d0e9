// Certificates that say where their status is published, and what a snapshot
// answers about them.
#ifndef REVSTAT_TESTS_SNAPSHOT_ASKER_H_
#define REVSTAT_TESTS_SNAPSHOT_ASKER_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/snapshot/scope.h"
#include "tests/snapshot/test_authority.h"

namespace revstat::test {

inline Octets Uri(std::string_view text) { return Text(kUri, text); }
inline Octets Directory(const Octets& name) {
  return Nest(kDirectoryName, {name});
}
// DistributionPointName with fullName.
inline Octets FullName(const std::vector<Octets>& names) {
  return Nest(der::ContextConstructed(0),
              {Nest(der::ContextConstructed(0), names)});
}
// ReasonFlags with these bits, as [1] or [3].
inline Octets Reasons(uint8_t tag, std::string_view bits_hex) {
  return Tlv(der::ContextPrimitive(tag), Hex(bits_hex));
}
inline constexpr std::string_view kKeyCompromiseOnly = "0640";  // bit 1
// Bits 2 to 8.
inline constexpr std::string_view kAllButKeyCompromise = "073f80";

struct Asker {
  std::vector<Octets> points;
  CertificateView::Kind kind = CertificateView::Kind::kUser;
};

inline std::string TextOf(const Verdict& verdict) {
  return Concat({NameOf(verdict.status),
                 verdict.cause == Cause::kNone ? "" : " ",
                 NameOf(verdict.cause)});
}

inline Coverage CoverageOf(const Snapshot& snapshot, const Asker& asker,
                           IssuerId issuer = 0) {
  CertificateText text;
  if (asker.kind == CertificateView::Kind::kCa) {
    text.extensions.push_back(
        MakeExtension("2.5.29.19", Seq({True()}), Criticality::kCritical));
  }
  if (!asker.points.empty())
    text.extensions.push_back(MakeExtension("2.5.29.31", Seq(asker.points)));
  const Octets der = text.Der();
  const auto certificate = CertificateView::Parse(der);
  EXPECT_TRUE(certificate.ok()) << certificate.status();
  return snapshot.CoverageOf(issuer, CertificateScope::Of(*certificate));
}

// And the same answer by the coverage that leaves out no signer.
inline std::string StatusOf(const Snapshot& snapshot, const Asker& asker,
                            std::string_view serial = "0456",
                            IssuerId issuer = 0) {
  const Coverage coverage = CoverageOf(snapshot, asker, issuer);
  const Verdict verdict =
      snapshot.Lookup(At(kDuring), coverage, Serial(serial));
  const Coverage all =
      snapshot.Restrict(coverage, [](IssuerId) { return true; });
  EXPECT_EQ(TextOf(snapshot.Lookup(At(kDuring), all, Serial(serial))),
            TextOf(verdict));
  return TextOf(verdict);
}

inline std::string BareStatusOf(const Snapshot& snapshot,
                                std::string_view serial) {
  return TextOf(snapshot.Lookup(At(kDuring), Key(serial)));
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SNAPSHOT_ASKER_H_
