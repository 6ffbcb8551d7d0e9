#include "engine/refresh/certificate_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/x509/certificate.h"
#include "tests/support/expect.h"
#include "tests/support/fault_server.h"

namespace revstat {
namespace {

constexpr uint64_t kMaxBytes = 1 << 20;

class CertificateFiles : public testing::Test {
 protected:
  // Makes the file `name` by a command of openssl that reads `from`.
  std::string Make(const std::string& command, const std::string& from,
                   const std::string& name) {
    const std::string to = folder_.path() + "/" + name;
    EXPECT_EQ(std::system(("openssl " + command + " " + from + " >" + to +
                           " 2>/dev/null")
                              .c_str()),
              0);
    return to;
  }
  static std::string ContentOf(const std::string& path) {
    return std::string(TextOf((*Buffer::ReadFile(path))->bytes()));
  }
  static void ExpectRootAndIssuing(const std::string& path) {
    const auto read = ReadCertificates(path, kMaxBytes);
    ASSERT_TRUE(read.ok()) << read.status();
    ASSERT_EQ(read->size(), 2u);
    for (const auto& certificate : *read)
      EXPECT_TRUE(CertificateView::Parse(certificate->bytes()).ok());
    EXPECT_FALSE(Equal((*read)[0]->bytes(), (*read)[1]->bytes()));
  }
  std::string Bundle() {
    return folder_.Write("bundle.pem", ContentOf(root_) + ContentOf(issuing_));
  }

  const std::string root_ = REVSTAT_DATA "/ca/root.pem";
  const std::string issuing_ = REVSTAT_DATA "/ca/issuing.pem";
  test::TemporaryFolder folder_;
};

TEST_F(CertificateFiles, GoodPemBundle) { ExpectRootAndIssuing(Bundle()); }

TEST_F(CertificateFiles, GoodDerOneAfterTheOther) {
  const std::string root = Make("x509 -outform DER -in", root_, "1.der");
  const std::string issuing = Make("x509 -outform DER -in", issuing_, "2.der");
  ExpectRootAndIssuing(
      folder_.Write("both.der", ContentOf(root) + ContentOf(issuing)));
}

TEST_F(CertificateFiles, GoodPkcs7InBothForms) {
  const std::string command = "crl2pkcs7 -nocrl -certfile";
  ExpectRootAndIssuing(Make(command, Bundle(), "both.p7b"));
  ExpectRootAndIssuing(
      Make("crl2pkcs7 -nocrl -outform DER -certfile", Bundle(), "both.p7c"));
}

TEST_F(CertificateFiles, GoodTrustedCertificateWithoutItsAux) {
  const std::string trusted =
      Make("x509 -trustout -addtrust serverAuth -in", root_, "trusted.pem");
  const auto read = ReadCertificates(trusted, kMaxBytes);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 1u);
  EXPECT_TRUE(CertificateView::Parse((*read)[0]->bytes()).ok());
}

TEST_F(CertificateFiles, GoodKeysArePassedOver) {
  const std::string key = Make("genpkey -algorithm ED25519", "", "key.pem");
  ExpectRootAndIssuing(folder_.Write(
      "with_key.pem", ContentOf(root_) + ContentOf(key) + ContentOf(issuing_)));
}

// Whatever may be a certificate, so that none is trusted less without a word.
TEST_F(CertificateFiles, InvalidWhereOneWouldBeLost) {
  const std::string root = ContentOf(root_);
  const std::string issuing = ContentOf(issuing_);
  const auto without = [&](std::string_view line) {
    std::string text = issuing;
    text.erase(text.find(line), line.size());
    return text;
  };
  const auto with_label = [&](const std::string& label) {
    const size_t base64 = issuing.find("MI");
    return "-----BEGIN " + label + "-----\n" +
           issuing.substr(base64, issuing.find("-----END") - base64) +
           "-----END " + label + "-----\n";
  };
  const std::string der =
      ContentOf(Make("x509 -outform DER -in", issuing_, "issuing.der"));
  const std::vector<std::string> lost = {
      der,
      without("-----BEGIN CERTIFICATE-----\n"),
      without("-----END CERTIFICATE-----\n"),
      without("-----BEGIN "),
      with_label("CERTIFIATE"),
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n" + issuing};
  for (const std::string& text : lost) {
    const auto read =
        ReadCertificates(folder_.Write("lost.pem", root + text), kMaxBytes);
    EXPECT_EQ(test::CodeOf(read), ErrorCode::kBadPem) << text;
    EXPECT_NE(read.status().message().find("lost.pem: at octet "),
              std::string_view::npos);
  }
}

TEST_F(CertificateFiles, InvalidArmourThatSomethingStandsBefore) {
  const std::string root = ContentOf(root_);
  std::string without_label = ContentOf(issuing_);
  for (size_t at = 0;
       (at = without_label.find("CERTIFICATE", at)) != std::string::npos;)
    without_label.erase(at, 11);
  const std::vector<std::string> texts = {
      "CA: " + root, root + "\x04" + ContentOf(issuing_), "a\x04\n" + root,
      without_label, "-----END CERTIFICATE-----\n" + root};
  const std::vector<std::string> octets = {"4", std::to_string(root.size()),
                                           "1", "0", "0"};
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto read =
        ReadCertificates(folder_.Write("odd.pem", texts[i]), kMaxBytes);
    EXPECT_EQ(test::CodeOf(read), ErrorCode::kBadPem) << i;
    EXPECT_NE(
        read.status().message().find("odd.pem: at octet " + octets[i] + ":"),
        std::string_view::npos)
        << read.status();
  }
}

// Who takes a CA out by a comment no longer trusts it.
TEST_F(CertificateFiles, GoodCommentsArePassedOver) {
  const std::string root = ContentOf(root_);
  std::string each_line = "# " + root;
  for (size_t at = 0; (at = each_line.find('\n', at)) + 1 < each_line.size();
       at += 3)
    each_line.insert(at + 1, "# ");
  ExpectRootAndIssuing(folder_.Write(
      "comments.pem",
      "# paste between -----BEGIN CERTIFICATE----- and "
      "-----END CERTIFICATE-----\n"
      "; each starts with -----BEGIN CERTIFICATE-----\n" +
          root + each_line + "#" + root + "  // " + root + ContentOf(issuing_) +
          "# -----END CERTIFICATE----- ends it"));
}

TEST_F(CertificateFiles, GoodJoinedWithoutALineEnd) {
  std::string root = ContentOf(root_);
  root.pop_back();
  ExpectRootAndIssuing(
      folder_.Write("joined.pem", "\xef\xbb\xbf" + root + ContentOf(issuing_)));
}

TEST_F(CertificateFiles, GoodTextAndOtherThingsArePassedOver) {
  const std::string in_pem =
      Make("crl -inform DER -in", REVSTAT_DATA "/crl/root.crl", "crl.pem");
  ExpectRootAndIssuing(folder_.Write(
      "with_text.pem", "Root, since 2026:\r\n" + ContentOf(root_) +
                           "\nSHA-256: 5f:3a\n" + ContentOf(in_pem) +
                           ContentOf(issuing_) + "-- \nthe operators\n"));
}

TEST_F(CertificateFiles, InvalidArmourAndOtherFiles) {
  using test::CodeOf;
  std::string cut = ContentOf(root_);
  cut.resize(cut.size() - 40);
  EXPECT_EQ(CodeOf(ReadCertificates(folder_.Write("cut.pem", cut), kMaxBytes)),
            ErrorCode::kBadPem);
  EXPECT_EQ(CodeOf(ReadCertificates(folder_.Write("cut.der", "\x30\x82\x05"),
                                    kMaxBytes)),
            ErrorCode::kTruncated);
  EXPECT_EQ(CodeOf(ReadCertificates(folder_.Write("empty", ""), kMaxBytes)),
            ErrorCode::kUnknownFormat);
  EXPECT_EQ(CodeOf(ReadCertificates(folder_.path() + "/none", kMaxBytes)),
            ErrorCode::kInputUnreadable);
  EXPECT_EQ(CodeOf(ReadCertificates(root_, 10)), ErrorCode::kTooLarge);
  // A block without content.
  EXPECT_EQ(CodeOf(ReadCertificates(
                folder_.Write("hollow.pem", ContentOf(root_) +
                                                "-----BEGIN CERTIFICATE-----\n"
                                                "-----END CERTIFICATE-----\n" +
                                                ContentOf(issuing_)),
                kMaxBytes)),
            ErrorCode::kBadPem);
  // Says that it is SignedData, and has none.
  EXPECT_EQ(CodeOf(ReadCertificates(
                folder_.Write("empty.p7b",
                              "-----BEGIN PKCS7-----\nMAsGCSqGSIb3DQEHAg==\n"
                              "-----END PKCS7-----\n"),
                kMaxBytes)),
            ErrorCode::kUnknownFormat);
}

}  // namespace
}  // namespace revstat
