// GOST R 34.10-2012 (RFC 9215): what is not the same as for other schemes,
// which signature_test.cc tries all alike.
#include "engine/verify/gost.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "engine/verify/crl_verifier.h"
#include "engine/verify/path_builder.h"
#include "tests/support/expect.h"
#include "tests/support/signing_key.h"

namespace revstat {
namespace {

using test::Octets;
using test::SigningKey;

constexpr int kBits[] = {256, 512};
const Octets kMessage = test::Ascii("the signed part");

// Unsupported, and says what to install.
void ExpectNamesPackage(const absl::Status& status) {
  EXPECT_EQ(ErrorCodeOf(status), ErrorCode::kUnsupportedAlgorithm) << status;
  EXPECT_NE(MessageOf(status).find("libengine-gost-openssl"),
            std::string_view::npos)
      << status;
}

TEST(GostModuleDeathTest, ThatIsMissingOrNoneIsUnsupportedAndNamesThePackage) {
  // Only a process that has not loaded it can miss it: a child, begun before
  // all tests but those of this kind of suite.
  EXPECT_EXIT(
      {
        ExpectNamesPackage(internal::LoadGostModule("/nowhere/gost.so"));
        ExpectNamesPackage(internal::LoadGostModule("/proc/self/exe"));
        ExpectNamesPackage(internal::LoadGostModule(""));
        std::exit(::testing::Test::HasFailure() ? 1 : 0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(GostModule, ThatIsSwitchedOffIsUnsupportedAndNamesThePackage) {
  ExpectNamesPackage(RequireGost(GostSupport::kNone));
  SignaturePolicy policy;
  policy.gost = GostSupport::kNone;
  for (int bits : kBits) {
    ExpectNamesPackage(
        SignedMessage::Create(test::Gost(bits).algorithm, kMessage, policy)
            .status());
  }
}

class Gost : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status loaded = RequireGost(GostSupport::kWhereInstalled);
    if (!loaded.ok()) GTEST_SKIP() << "skipped: " << loaded;
  }

  static ErrorCode Verify(int bits, Bytes spki, Bytes signature) {
    const auto message =
        SignedMessage::Create(test::Gost(bits).algorithm, kMessage, {});
    EXPECT_TRUE(message.ok()) << message.status();
    const auto key = PublicKey::FromSpki(spki);
    if (!key.ok()) return ErrorCodeOf(key.status());
    return ErrorCodeOf(message->Verify(*key, signature));
  }
};

TEST_F(Gost, EveryParameterSetVerifies) {
  for (const char* set :
       {"A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD"}) {
    const SigningKey key = SigningKey::NewGost(256, set);
    EXPECT_EQ(Verify(256, key.Spki(), key.Sign(kMessage, test::Gost(256))),
              ErrorCode::kOk)
        << set;
  }
  for (const char* set : {"A", "B", "C"}) {
    const SigningKey key = SigningKey::NewGost(512, set);
    EXPECT_EQ(Verify(512, key.Spki(), key.Sign(kMessage, test::Gost(512))),
              ErrorCode::kOk)
        << set;
  }
}

// The halves keep their values; only the form changes.
TEST_F(Gost, SignaturesWithZerosBeforeBothHalvesAreBad) {
  for (int bits : kBits) {
    const SigningKey& key = SigningKey::Gost(bits);
    const Octets good = key.Sign(kMessage, test::Gost(bits));
    const auto half = static_cast<std::ptrdiff_t>(good.size() / 2);
    Octets longer = {0};
    longer.insert(longer.end(), good.begin(), good.begin() + half);
    longer.push_back(0);
    longer.insert(longer.end(), good.begin() + half, good.end());
    EXPECT_EQ(Verify(bits, key.Spki(), good), ErrorCode::kOk);
    EXPECT_EQ(Verify(bits, key.Spki(), longer), ErrorCode::kBadSignature);
  }
}

TEST_F(Gost, SignaturesOfZerosAndOnesAreBad) {
  for (int bits : kBits) {
    const Octets spki = SigningKey::Gost(bits).Spki();
    for (int octet : {0x00, 0x01, 0xff}) {
      const Octets signature(static_cast<size_t>(bits) / 4,
                             static_cast<uint8_t>(octet));
      EXPECT_EQ(Verify(bits, spki, signature), ErrorCode::kBadSignature);
    }
  }
}

TEST_F(Gost, KeysOfTheOtherLengthDoNotFit) {
  const Octets signature(64, 1);
  EXPECT_EQ(Verify(256, SigningKey::Gost(512).Spki(), signature),
            ErrorCode::kUnsupportedKey);
  EXPECT_EQ(Verify(512, SigningKey::Gost(256).Spki(), signature),
            ErrorCode::kUnsupportedKey);
  EXPECT_EQ(Verify(256, SigningKey::Ec("P-256").Spki(), signature),
            ErrorCode::kUnsupportedKey);
}

// The module reads keys of strangers: it must stand any change of one.
TEST_F(Gost, KeysChangedAtAnyBitNeverVerifyAsAnotherPoint) {
  for (int bits : kBits) {
    const SigningKey& key = SigningKey::Gost(bits);
    const Octets good = key.Spki();
    const Octets signature = key.Sign(kMessage, test::Gost(bits));
    const size_t point = good.size() - static_cast<size_t>(bits) / 4;
    for (size_t bit = 0; bit < good.size() * 8; ++bit) {
      Octets changed = good;
      changed[bit / 8] = static_cast<uint8_t>(changed[bit / 8] ^ 1u << bit % 8);
      const ErrorCode code = Verify(bits, changed, signature);
      // Before the point stand the algorithm and its parameters, some of which
      // (digestParamSet) name what the signature's algorithm names again.
      if (bit / 8 >= point) {
        EXPECT_NE(code, ErrorCode::kOk) << bit;
      }
    }
    for (size_t size = 0; size < good.size(); ++size) {
      EXPECT_EQ(Verify(bits, Bytes(good).first(size), signature),
                ErrorCode::kUnsupportedKey);
    }
  }
}

TEST_F(Gost, VerifiesOnManyThreadsAtOnce) {
  const SigningKey& key = SigningKey::Gost(256);
  const Octets spki = key.Spki();
  const Octets signature = key.Sign(kMessage, test::Gost(256));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        EXPECT_TRUE(RequireGost(GostSupport::kWhereInstalled).ok());
        EXPECT_EQ(Verify(256, spki, signature), ErrorCode::kOk);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Gost, LeavesOtherAlgorithmsToTheirProviders) {
  const SigningKey& rsa = SigningKey::Rsa(2048);
  const auto message =
      SignedMessage::Create(test::Pkcs1("SHA256").algorithm, kMessage, {});
  ASSERT_TRUE(message.ok());
  EXPECT_TRUE(message
                  ->Verify(*PublicKey::FromSpki(rsa.Spki()),
                           rsa.Sign(kMessage, test::Pkcs1("SHA256")))
                  .ok());
}

// A root and a certificate it issued.
struct Chain {
  template <class Sign>  // Octets(const CertificateText&)
  Chain(const Octets& spki, const Sign& sign) {
    test::CertificateText text;
    text.issuer = test::CommonName("Test CA");
    text.subject = text.issuer;
    text.public_key = spki;
    text.extensions = {test::MakeExtension(
        "2.5.29.19", test::Seq({test::Tlv(der::kBoolean, Octets{0xff})}))};
    root = sign(text);
    text.subject = test::CommonName("Test subject");
    text.extensions = {};
    leaf = sign(text);
  }
  absl::Status Build(GostSupport gost, Bytes target) const {
    PathBuilder builder({.at = FromUnix(1767225600), .gost = gost});
    EXPECT_TRUE(builder.AddAnchor(root).ok());
    return builder.Build(target).status();
  }
  Octets root;
  Octets leaf;
};

TEST_F(Gost, PathsAreBuiltAndTheirSignaturesChecked) {
  for (int bits : kBits) {
    const SigningKey& key = SigningKey::Gost(bits);
    const Chain chain(key.Spki(), [&](const test::CertificateText& text) {
      return key.Signed(text, test::Gost(bits));
    });
    const absl::Status good =
        chain.Build(GostSupport::kWhereInstalled, chain.leaf);
    EXPECT_TRUE(good.ok()) << good;
    Octets changed = chain.leaf;
    changed.back() ^= 1;
    EXPECT_EQ(ErrorCodeOf(chain.Build(GostSupport::kWhereInstalled, changed)),
              ErrorCode::kNoPath);
  }
}

// A key and signatures that nobody could check: whether the module is there
// makes no difference to OpenSSL, but says what to tell the caller.
TEST(GostPaths, WithoutTheModuleAreUnsupportedAndNameThePackage) {
  const Octets spki = test::Seq(
      {test::Seq({test::Oid("1.2.643.7.1.1.1.1"),
                  test::Seq({test::Oid("1.2.643.2.2.35.1")})}),
       test::BitString(test::Tlv(der::kOctetString, Octets(64, 0x11)))});
  const Chain chain(spki, [](test::CertificateText text) {
    text.algorithm = test::Gost(256).algorithm;
    return text.Der();
  });
  ExpectNamesPackage(chain.Build(GostSupport::kNone, chain.leaf));
  if (RequireGost(GostSupport::kWhereInstalled).ok()) {
    EXPECT_EQ(
        ErrorCodeOf(chain.Build(GostSupport::kWhereInstalled, chain.leaf)),
        ErrorCode::kNoPath);
  }
}

}  // namespace
}  // namespace revstat
