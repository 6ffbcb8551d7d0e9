// A CRL in PEM where DER is asked for, and what is no CRL.
#include "engine/refresh/pem_crl.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/refresh/pem.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

constexpr std::string_view kCrl = "X509 CRL";
constexpr std::string_view kMark = "\xef\xbb\xbf";

class PemCrl : public testing::Test {
 protected:
  // What is decoded, or why it is not.
  absl::StatusOr<std::string> Decode(std::string_view text,
                                     uint64_t most = 1 << 24) const {
    EXPECT_TRUE(IsPemCrl(BytesOf(text))) << text.substr(0, 40);
    auto staged = *StagedFile::Create(&FileSystem::System(),
                                      folder_.path() + "/file", most);
    absl::Status status = DecodePemCrl(
        BytesOf(text), [&](Bytes piece) { return staged->Append(piece); });
    if (!status.ok()) return status;
    const auto der = *staged->Der();
    return std::string(TextOf(der->bytes()));
  }
  ErrorCode CodeOfDecoding(std::string_view text) const {
    return CodeOf(Decode(text));
  }
  static std::string RandomOctets(size_t count) {
    std::mt19937 random(1);
    std::string octets(count, '\0');
    for (char& octet : octets) octet = static_cast<char>(random());
    return octets;
  }

  const TestFolder folder_;
};

// In lines of any length, and of any size: it is decoded in pieces.
TEST_F(PemCrl, good_octets_as_they_were) {
  for (const size_t count : {1u, 2u, 3u, 47u, 48u, 49u, 49'151u, 49'152u,
                             49'153u, 200'000u, 200'001u, 200'002u}) {
    const std::string octets = RandomOctets(count);
    for (const auto& [width, end] :
         {std::pair<size_t, std::string_view>{64, "\n"},
          {76, "\r\n"},
          {1, " \n"},
          {size_t{1} << 20, ""}}) {
      const auto decoded = Decode(Armoured(kCrl, BytesOf(octets), width, end));
      ASSERT_TRUE(decoded.ok()) << count << " " << width << decoded.status();
      EXPECT_TRUE(*decoded == octets) << count << " " << width;
    }
  }
}

TEST_F(PemCrl, good_behind_a_mark_and_white_space) {
  const std::string octets = RandomOctets(100);
  const std::string text = Armoured(kCrl, BytesOf(octets));
  for (const std::string_view before :
       {std::string_view(""), std::string_view("\n \t\r\n"), kMark}) {
    EXPECT_EQ(*Decode(Concat({before, text, "\n\n"})), octets);
  }
  EXPECT_FALSE(IsPemCrl(BytesOf(Concat({"x", text}))));
  EXPECT_FALSE(IsPemCrl(BytesOf(Armoured("CERTIFICATE", BytesOf(octets)))));
  EXPECT_FALSE(IsPemCrl(BytesOf("-----BEGIN X509 CRL")));
  EXPECT_FALSE(IsPemCrl({}));
}

TEST_F(PemCrl, invalid_armour_or_base64) {
  const std::string octets = RandomOctets(100);
  const std::string good = Armoured(kCrl, BytesOf(octets));
  // Cut anywhere behind its first line and before the end of its last.
  const size_t first = good.find('\n');
  for (size_t size = first; size + 1 < good.size(); ++size)
    EXPECT_EQ(CodeOfDecoding(good.substr(0, size)), ErrorCode::kBadPem) << size;
  for (const char bad : {'!', '-', ':', '\0', '\x80', '='}) {
    std::string text = good;
    text[first + 30] = bad;
    EXPECT_EQ(CodeOfDecoding(text), ErrorCode::kBadPem) << bad;
  }
  const auto body = [](std::string_view base64) {
    return Concat(
        {"-----BEGIN X509 CRL-----", base64, "-----END X509 CRL-----"});
  };
  EXPECT_EQ(*Decode(body("")), "");
  EXPECT_EQ(*Decode(body("MAA=")), std::string("0\0", 2));
  for (const char* base64 :
       {"M", "MA", "MAA", "MAA==", "MAA=MAA=", "=", "===="})
    EXPECT_EQ(CodeOfDecoding(body(base64)), ErrorCode::kBadPem) << base64;
  EXPECT_EQ(CodeOfDecoding("-----BEGIN X509 CRL-----MAA=-----END X509-----"),
            ErrorCode::kBadPem);
}

// Padding ends it, also where it is the last of a piece.
TEST_F(PemCrl, invalid_base64_behind_its_padding) {
  for (size_t before = 65'500; before < 65'570; ++before) {
    std::string base64(before / 4 * 4, 'A');
    base64 += "AA==";
    base64 += std::string(before % 4, ' ');
    const std::string head = "-----BEGIN X509 CRL-----";
    const std::string tail = "-----END X509 CRL-----";
    EXPECT_TRUE(Decode(head + base64 + tail).ok()) << before;
    EXPECT_EQ(CodeOfDecoding(head + base64 + "AAAA" + tail), ErrorCode::kBadPem)
        << before;
  }
}

TEST_F(PemCrl, invalid_two_in_one) {
  const std::string octets = RandomOctets(100);
  const std::string text = Armoured(kCrl, BytesOf(octets));
  EXPECT_EQ(CodeOfDecoding(text + text), ErrorCode::kTrailingData);
  EXPECT_EQ(CodeOfDecoding(text + "x"), ErrorCode::kTrailingData);
}

TEST_F(PemCrl, invalid_above_the_limit) {
  const std::string text = Armoured(kCrl, BytesOf(RandomOctets(100'000)));
  EXPECT_EQ(CodeOf(Decode(text, 99'999)), ErrorCode::kTooLarge);
  EXPECT_TRUE(Decode(text, 100'000).ok());
}

TEST(NoCrl, tells_what_it_is) {
  const TestAuthority ca;
  const auto certificate = ca.Certificate();
  const auto told = [](std::string_view octets) {
    const absl::Status why = CrlView::Parse(BytesOf(octets)).status();
    EXPECT_FALSE(why.ok());
    const absl::Status status = TellWhatItIs(BytesOf(octets), why);
    EXPECT_EQ(ErrorCodeOf(status), ErrorCodeOf(why));
    const std::string text(MessageOf(status));
    EXPECT_TRUE(text.ends_with(MessageOf(why))) << text;
    return text.substr(0, text.size() - MessageOf(why).size());
  };
  EXPECT_EQ(told(""), "empty, not a CRL: ");
  EXPECT_EQ(told("\r\n"), "empty, not a CRL: ");
  EXPECT_EQ(told("<html>"), "HTML or XML, not a CRL: ");
  EXPECT_EQ(told(Concat({kMark, "\n<?xml"})), "HTML or XML, not a CRL: ");
  EXPECT_EQ(told(TextOf(certificate->bytes())), "a certificate, not a CRL: ");
  EXPECT_EQ(told(Armoured("CERTIFICATE", certificate->bytes())),
            "a certificate in PEM, not a CRL: ");
  EXPECT_EQ(told(Armoured("PKCS7", certificate->bytes())),
            "PEM of another kind, not a CRL: ");
  EXPECT_EQ(told("{}"), "");
  EXPECT_EQ(told("0\x82\x01"), "");
}

}  // namespace
}  // namespace revstat::test
