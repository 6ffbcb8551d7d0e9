#include "tools/revstat/bench/queries.h"

#include <algorithm>
#include <random>

#include "engine/base/error.h"
#include "engine/snapshot/series.h"

namespace revstat::tool {
namespace {

constexpr uint64_t kSeed = 2;  // any; the same questions in every run

// Private CAs count 1, 2, 3: a shorter invented serial could well be listed.
constexpr size_t kMinInvented = 8;

Status UnlistedStatus(const CrlSource& source) {
  const CrlView& crl = source.crl();
  const bool partial =
      crl.issuing_distribution_point().has_value() || !ProvesAbsence(source);
  return partial ? Status::kUnknown : Status::kActive;
}

}  // namespace

size_t BenchQueries::Hash::operator()(const SerialNumber& serial) const {
  static const HashKey& key = *new HashKey(HashKey::Random());
  return KeyedHash(key, serial.Words());
}

BenchQueries::BenchQueries(const CrlSource& source, IssuerId issuer,
                           uint64_t count)
    : issuer_(issuer), unlisted_(UnlistedStatus(source)) {
  const CrlStatistics& statistics = source.statistics();
  policy_.at = std::max(source.crl().this_update(),
                        statistics.newest_revocation.value_or(Time::min()));
  policy_.next_update = NextUpdatePolicy::kIgnore;
  if (statistics.entries > 0)
    DrawListed(source.crl(), statistics.entries, count);
  InventUnlisted(count);
  listed_.reserve(hits_.size() + misses_.size());
  for (const SerialNumber& serial : hits_) listed_.try_emplace(serial);
  for (const SerialNumber& serial : misses_) listed_.try_emplace(serial);
  ReadAnswers(source.crl());
}

void BenchQueries::DrawListed(const CrlView& crl, uint64_t entries,
                              uint64_t count) {
  std::mt19937_64 random(kSeed);
  std::uniform_int_distribution<uint64_t> any(0, entries - 1);
  std::vector<uint64_t> positions(count);
  for (uint64_t& position : positions) position = any(random);
  std::sort(positions.begin(), positions.end());
  CrlEntryReader reader(crl);
  uint64_t read = 0;
  for (uint64_t position : positions) {
    while (read <= position && reader.Next()) ++read;
    hits_.push_back(reader.entry().serial);
  }
  std::shuffle(hits_.begin(), hits_.end(), random);
}

void BenchQueries::InventUnlisted(uint64_t count) {
  std::mt19937_64 random(kSeed + 1);
  for (uint64_t i = 0; i < count; ++i) {
    const size_t usual = hits_.empty() ? 16 : hits_[i].content().size();
    uint8_t octets[SerialNumber::kMaxOctets];
    for (uint8_t& octet : octets) octet = static_cast<uint8_t>(random());
    // A positive INTEGER in its shortest form.
    octets[0] = static_cast<uint8_t>((octets[0] & 0x7f) | 1);
    misses_.push_back(*SerialNumber::FromContent(
        Bytes(octets, std::max(usual, kMinInvented))));
  }
}

// The stricter entry binds where a serial is listed twice: revoked before on
// hold, then the earlier revocation.
void BenchQueries::ReadAnswers(const CrlView& crl) {
  const auto rank = [](const Entry& entry) {
    return std::pair(entry.reason == ReasonCode::kCertificateHold,
                     entry.revocation_date);
  };
  CrlEntryReader reader(crl);
  while (reader.Next()) {
    const auto asked = listed_.find(reader.entry().serial);
    if (asked == listed_.end()) continue;
    const Entry entry{reader.entry().revocation_date, reader.entry().reason};
    std::optional<Entry>& known = asked->second;
    if (!known.has_value() || rank(entry) < rank(*known)) known = entry;
  }
}

QuerySet BenchQueries::Make(unsigned hit_percent) const {
  std::mt19937_64 random(kSeed + 2 + hit_percent);
  QuerySet set{hits_.empty() ? 0 : hit_percent, {}};
  set.keys.reserve(misses_.size());
  for (size_t i = 0; i < misses_.size(); ++i) {
    const bool hit = random() % 100 < set.hit_percent;
    set.keys.push_back(
        {.serial = hit ? hits_[i] : misses_[i], .issuer = issuer_});
  }
  return set;
}

absl::Status BenchQueries::Check(std::span<const LookupKey> keys,
                                 std::span<const Verdict> verdicts) const {
  for (size_t i = 0; i < keys.size(); ++i) {
    const std::optional<Entry>& entry = listed_.at(keys[i].serial);
    const Verdict& verdict = verdicts[i];
    bool right = verdict.status == unlisted_;
    if (entry.has_value()) {
      const bool hold = entry->reason == ReasonCode::kCertificateHold;
      right = verdict.status == (hold ? Status::kOnHold : Status::kRevoked) &&
              verdict.reason == entry->reason &&
              verdict.revocation_time() == entry->revocation_date;
    }
    if (!right) {
      return MakeError(
          ErrorCode::kBadIndex,
          Concat({"the answer for serial ", keys[i].serial.ToText(), " is '",
                  NameOf(verdict.status), "', but the CRL ",
                  entry.has_value() ? "lists it" : "does not list it"}));
    }
  }
  return absl::OkStatus();
}

}  // namespace revstat::tool
