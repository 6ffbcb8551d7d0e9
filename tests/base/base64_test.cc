// The decoder against OpenSSL's and, on text that is no good, Abseil's.
#include "engine/base/base64.h"

#include <absl/strings/escaping.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <random>
#include <vector>

namespace revstat::test {
namespace {

std::string RandomOctets(std::mt19937& random, size_t size) {
  std::string octets(size, '\0');
  for (char& octet : octets) octet = static_cast<char>(random());
  return octets;
}

const unsigned char* Unsigned(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Encoded(const std::string& octets) {
  std::vector<unsigned char> text(octets.size() / 3 * 4 + 5);
  const int size = EVP_EncodeBlock(text.data(), Unsigned(octets),
                                   static_cast<int>(octets.size()));
  return {text.begin(), text.begin() + size};
}

std::string InLines(const std::string& text, size_t width, const char* end) {
  std::string lines = end;
  for (size_t i = 0; i < text.size(); i += width)
    lines += text.substr(i, width) + end;
  return lines;
}

TEST(DecodeBase64, ReadsWhatOpensslWrites) {
  std::mt19937 random(1);
  for (size_t size = 0; size < 700; ++size) {
    const std::string octets = RandomOctets(random, size);
    const std::string text = Encoded(octets);
    for (const size_t width :
         std::initializer_list<size_t>{64, 76, 63, 1, 10000}) {
      for (const char* end : {"\n", "\r\n", " \n"}) {
        std::string decoded = "left over";
        ASSERT_TRUE(DecodeBase64(InLines(text, width, end), &decoded));
        ASSERT_EQ(decoded, octets) << size << " octets in lines of " << width;
      }
    }
    std::vector<unsigned char> of_openssl(text.size() + 1);
    const int decoded_size = EVP_DecodeBlock(of_openssl.data(), Unsigned(text),
                                             static_cast<int>(text.size()));
    ASSERT_GE(decoded_size, static_cast<int>(size));  // zeros for the padding
    ASSERT_EQ(std::string(of_openssl.begin(),
                          of_openssl.begin() + static_cast<int>(size)),
              octets);
  }
}

TEST(DecodeBase64, TakesAndRefusesWhatAbseilDoes) {
  std::mt19937 random(2);
  int refused = 0;
  for (int round = 0; round < 200000; ++round) {
    std::string text =
        InLines(Encoded(RandomOctets(random, random() % 60)), 16, "\n");
    for (auto changes = random() % 4; changes > 0; --changes) {
      static constexpr std::string_view kOdd = "=\n\r\t .-_A/\x80\xff";
      const char odd = random() % 2 == 0 ? kOdd[random() % kOdd.size()]
                                         : static_cast<char>(random());
      const size_t place = random() % text.size();
      if (random() % 2 == 0) {
        text[place] = odd;
      } else {
        text.insert(place, 1, odd);
      }
    }
    std::string wanted;
    std::string decoded;
    const bool is_good = absl::Base64Unescape(text, &wanted);
    refused += is_good ? 0 : 1;
    ASSERT_EQ(DecodeBase64(text, &decoded), is_good) << text;
    if (is_good) {
      ASSERT_EQ(decoded, wanted) << text;
    }
  }
  EXPECT_GT(refused, 10000);
}

}  // namespace
}  // namespace revstat::test
