#include "bench/soak_sources.h"

#include <utility>

#include "bench/program.h"
#include "tools/revstat-gen/entry_plan.h"

namespace revstat::bench {
namespace {

gen::SerialOptions SerialsOf(uint64_t seed) {
  gen::SerialOptions options;
  options.seed = seed;
  return options;
}

gen::Authority AuthorityOf(uint64_t seed) {
  gen::AuthorityOptions options;
  options.seed = seed;
  return Require(gen::GetAuthority(options));
}

std::vector<uint8_t> NumberOctets(uint64_t number) {
  std::vector<uint8_t> octets;
  for (int shift = 56; shift >= 0; shift -= 8) {
    const auto octet = static_cast<uint8_t>(number >> shift);
    if (octet != 0 || !octets.empty() || shift == 0) octets.push_back(octet);
  }
  return octets;
}

}  // namespace

SoakSource::SoakSource(uint64_t seed, uint64_t entries, Time first_update)
    : options_(SerialsOf(seed)),
      authority_(AuthorityOf(seed)),
      serials_(options_),
      entries_(entries),
      first_update_(first_update) {}

gen::CrlOctets SoakSource::Crl(uint64_t number) const {
  const Time this_update =
      first_update_ + std::chrono::seconds(static_cast<int64_t>(number));
  gen::CrlBuilder builder({gen::CrlVersion::kV2,
                           authority_.name,
                           this_update,
                           this_update + std::chrono::hours(24 * 30),
                           {gen::CrlNumber(NumberOctets(number))}},
                          authority_.signer, entries_);
  gen::EntryShares shares;
  shares.reasons = 0.3;
  // An entry is the same in every number that lists it.
  const gen::EntryPlan plan(options_, shares, first_update_);
  for (uint64_t i = number; i < number + entries_; ++i) builder.Add(plan.At(i));
  return std::move(builder).Finish();
}

std::vector<SoakSource> MakeSoakSources(uint64_t count, uint64_t largest,
                                        Time first_update) {
  constexpr uint64_t kLarge = 100'000;
  std::vector<SoakSource> sources;
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t entries = 20 + i * 7919 % 480;
    if (i % 200 == 100) entries = kLarge;
    if (i == 0) entries = largest;
    sources.emplace_back(i + 1, entries, first_update);
  }
  return sources;
}

}  // namespace revstat::bench
