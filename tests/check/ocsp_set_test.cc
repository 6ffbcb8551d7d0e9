#include "engine/check/ocsp_set.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>

#include "tests/verify/ocsp_world.h"

namespace revstat::test {
namespace {

// Serials of 16 octets with the same std::hash, by libstdc++'s MurmurHash64A
// run backwards: any first half, and the second that leads to the one hash.
Octets SerialWithHash(uint64_t hash, uint64_t first) {
  constexpr uint64_t kMultiplier = 0xc6a4a7935bd1e995;
  constexpr uint64_t kSeed = 0xc70f6907;
  uint64_t inverse = kMultiplier;  // modulo 2^64, by Newton
  for (int i = 0; i < 6; ++i) inverse *= 2 - kMultiplier * inverse;
  const auto mix = [](uint64_t value) { return value ^ value >> 47; };
  const uint64_t before = mix(mix(hash) * inverse);
  uint64_t state = kSeed ^ 16 * kMultiplier;
  state = (state ^ mix(first * kMultiplier) * kMultiplier) * kMultiplier;
  const uint64_t second = mix((before * inverse ^ state) * inverse) * inverse;
  Octets octets(16);
  std::memcpy(octets.data(), &first, 8);
  std::memcpy(octets.data() + 8, &second, 8);
  return octets;
}

// How long a set takes to read a response about these serials.
double SecondsFor(const std::vector<Octets>& serials) {
  ResponseText text;
  text.responses.clear();
  for (const Octets& serial : serials) {
    SingleText single;
    CertIdText id;
    id.serial = Tlv(der::kInteger, serial);
    single.cert_id = id.Der();
    text.responses.push_back(single.Der());
  }
  const auto der = BufferOf(text.Der());
  OcspLimits limits;
  limits.max_bytes = size_t{64} << 20;
  limits.max_responses = serials.size();
  OcspSet set;
  const auto start = std::chrono::steady_clock::now();
  const absl::Status added = set.Add(der, limits);
  EXPECT_TRUE(added.ok()) << added;
  const std::chrono::duration<double> elapsed =
      std::chrono::steady_clock::now() - start;
  EXPECT_EQ(set.About(*SerialNumber::FromContent(serials.back())).size(), 1u);
  return elapsed.count();
}

TEST(OcspSet, good_as_fast_with_serials_that_are_chosen_to_collide) {
  constexpr uint64_t kSerials = 40'000;
  std::vector<Octets> chosen, others;
  for (uint64_t first = 1; chosen.size() < kSerials; ++first) {
    // No INTEGER begins with a superfluous octet, nor is a serial negative.
    const Octets serial = SerialWithHash(0x1234567812345678, first << 8 | 1);
    const std::string_view text(reinterpret_cast<const char*>(serial.data()),
                                serial.size());
    ASSERT_EQ(std::hash<std::string_view>()(text), 0x1234567812345678u);
    chosen.push_back(serial);
    others.push_back(SerialWithHash(first << 8, first << 8 | 1));
  }
  // Quadratic would be some hundred times as long.
  EXPECT_LT(SecondsFor(chosen), 20 * SecondsFor(others) + 0.05);
}

}  // namespace
}  // namespace revstat::test
