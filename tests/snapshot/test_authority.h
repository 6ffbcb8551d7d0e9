// A CA for tests of snapshots: its certificate, and CRLs it signs.
#ifndef REVSTAT_TESTS_SNAPSHOT_TEST_AUTHORITY_H_
#define REVSTAT_TESTS_SNAPSHOT_TEST_AUTHORITY_H_

#include <memory>
#include <string_view>

#include "engine/base/buffer.h"
#include "engine/snapshot/snapshot_builder.h"
#include "tests/support/signing_key.h"

namespace revstat::test {

inline std::shared_ptr<const Buffer> AsBuffer(Octets der) {
  return Buffer::FromVector(std::move(der));
}

inline SerialNumber Serial(std::string_view hex) {
  return *SerialNumber::FromText(hex);
}

// CrlText is valid from 2026-01-01 to 2026-02-01 unless a test changes it.
inline LookupPolicy At(std::string_view time) {
  LookupPolicy policy;
  policy.at = *ParseTime(time);
  return policy;
}
inline constexpr std::string_view kDuring = "2026-01-15T00:00:00Z";

class TestAuthority {
 public:
  explicit TestAuthority(std::string_view name = "Test CA")
      : name_(CommonName(name)), key_(SigningKey::NewEdwards("ED25519")) {}

  // Another serial makes another certificate of the same name and key.
  std::shared_ptr<const Buffer> Certificate(
      std::string_view serial = "0123") const {
    CertificateText text;
    text.serial = IntegerOf(serial);
    text.issuer = name_;
    text.subject = name_;
    text.public_key = key_.Spki();
    return AsBuffer(key_.Signed(text, Ed25519()));
  }

  // The CRL with this CA's name and signature.
  std::shared_ptr<const Buffer> Crl(CrlText text) const {
    text.issuer = name_;
    return AsBuffer(key_.Signed(text, Ed25519()));
  }

  const Octets& name() const { return name_; }
  const SigningKey& key() const { return key_; }

 private:
  Octets name_;
  SigningKey key_;
};

// A snapshot of one CA and some of its CRLs, all of which must be accepted.
std::unique_ptr<const Snapshot> SnapshotOf(const TestAuthority& authority,
                                           const std::vector<CrlText>& crls);

inline LookupKey Key(std::string_view serial, IssuerId issuer = 0) {
  return {Serial(serial), issuer, 0};
}

// cRLNumber with this value.
inline Octets Number(uint32_t value) {
  return MakeExtension("2.5.29.20", Integer(value));
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SNAPSHOT_TEST_AUTHORITY_H_
