// The lookups of a snapshot but those of many issuers at once.
#include <algorithm>
#include <limits>

#include "engine/index/find_batch.h"
#include "engine/snapshot/mixed_lookup.h"
#include "engine/snapshot/snapshot.h"

namespace revstat {
namespace {

// Keys that are looked up together: enough for the first and the last of them,
// which wait for the memory, not to count.
constexpr size_t kBlock = 512;

// The keys, at most kBlock, that one set lists.
size_t FindKeys(const SerialSet& set, const SerialFilter* filter,
                std::span<const LookupKey> keys, ListedSerial* found) {
  if (keys.size() == 1) {
    *found = FindOne(set, keys.front().serial);
    return found->offset != SerialSet::kNotListed ? 1 : 0;
  }
  const SerialColumn serials = {&keys.front().serial, sizeof(LookupKey)};
  if (filter == nullptr) return FindListed(set, serials, keys.size(), found);
  uint32_t maybe[kBlock];
  const size_t count = filter->Select(serials, keys.size(), maybe);
  size_t listed = 0;
  for (size_t k = 0; k < count; ++k) {
    found[listed] = FindOne(set, keys[maybe[k]].serial);
    found[listed].probe = maybe[k];
    listed += found[listed].offset != SerialSet::kNotListed ? 1 : 0;
  }
  return listed;
}

// A listing that leaves the question open lets no active stand, and tells more
// than any other cause. The first of several stays: their order changes none.
bool Overrules(const Verdict& listing, const Verdict& held) {
  return listing.status != Status::kUnknown
             ? Prevails(listing, held)
             : held.status >= Status::kActive &&
                   held.cause != Cause::kRevokedLater;
}

}  // namespace

Verdict Snapshot::WithoutIssuer(const LookupKey& key) const {
  const bool is_ambiguous = key.issuer == kAmbiguousIssuer && !is_left_behind();
  return Unknown(is_ambiguous ? Cause::kAmbiguousIssuer : without_issuer_);
}

Verdict Snapshot::Listing(const LookupPolicy& policy, const List& list,
                          const ListedSerial& found) const {
  int64_t revocation_seconds = 0;
  auto reason = ReasonCode::kAbsent;
  if (found.reason != ListedSerial::kNotRead) {
    revocation_seconds = found.revocation_seconds;
    reason = static_cast<ReasonCode>(found.reason);
  } else {
    const auto entry =
        CrlEntryReader::At(sources_[list.source]->crl(), found.offset);
    // Every entry was checked when the CRL was taken in.
    if (!entry.has_value()) return Unknown(Cause::kMalformed, list.source);
    revocation_seconds = ToUnix(entry->revocation_date);
    reason = entry->reason;
  }
  Verdict verdict;
  verdict.revocation_seconds = revocation_seconds;
  verdict.source = list.source;
  verdict.reason = reason;
  verdict.status = reason == ReasonCode::kCertificateHold ? Status::kOnHold
                                                          : Status::kRevoked;
  // A CA's clock may run ahead of ours here, too.
  if (revocation_seconds <= ToUnix(policy.at) + policy.clock_skew.count() ||
      reason == ReasonCode::kRemoveFromCrl) {
    return verdict;
  }
  // Also where the CRL itself is from after that time: who is listed, if only
  // later, must not pass for one of whom nothing is known.
  return Unknown(Cause::kRevokedLater, list.source);
}

// What nearly every entry that lists a serial says, in few instructions:
// revoked or on hold, since a time that has come, where nothing else listed it
// before. Of all others it decides nothing.
class Snapshot::UsualListing {
 public:
  UsualListing(const LookupPolicy& policy, const Series& series,
               const SeriesState& state, const List& list)
      // Of a list that may not put on hold it takes none.
      : latest_(state.is_current || !series.is_outdated
                    ? ToUnix(policy.at) + policy.clock_skew.count()
                    : std::numeric_limits<int64_t>::min()) {
    revoked_.source = list.source;
    revoked_.status = Status::kRevoked;
    revoked_.flags = state.is_current ? uint8_t{0} : Verdict::kStaleSource;
    on_hold_ = revoked_;
    on_hold_.status = Status::kOnHold;
  }

  // As ApplyListing, where it is true.
  bool Apply(const ListedSerial& found, Verdict* verdict) const {
    constexpr auto kHold = static_cast<uint32_t>(ReasonCode::kCertificateHold);
    constexpr auto kLift = static_cast<uint32_t>(ReasonCode::kRemoveFromCrl);
    if (found.reason == kLift || found.reason == ListedSerial::kNotRead ||
        found.revocation_seconds > latest_ ||
        verdict->status <= Status::kOnHold) {
      return false;
    }
    // The most of it in one store: each costs, where many are listed.
    *verdict = found.reason == kHold ? on_hold_ : revoked_;
    verdict->revocation_seconds = found.revocation_seconds;
    verdict->reason = static_cast<ReasonCode>(found.reason);
    return true;
  }

 private:
  const int64_t latest_;
  Verdict revoked_;
  Verdict on_hold_;
};

// False where the word is left to older lists of the series.
bool Snapshot::ApplyListing(const LookupPolicy& policy, const Series& series,
                            const SeriesState& state, const List& list,
                            const ListedSerial& found, Verdict* verdict) const {
  Verdict listing = Listing(policy, list, found);
  // removeFromCRL (5.3.1) says that older lists no longer count, if the list
  // that says so, or a newer one, is current: what proves nothing active lifts
  // no hold.
  if (listing.reason == ReasonCode::kRemoveFromCrl)
    return state.can_lift && !series.is_listing_only();
  // So does an entry from after the asked time. In a list that waits, or is
  // later, it lets an active stand, and only says why one is unknown.
  const bool decides = listing.status != Status::kUnknown;
  if (!decides && series.lets_active_stand() &&
      verdict->status != Status::kUnknown) {
    return false;
  }
  if (listing.status == Status::kOnHold && series.is_outdated &&
      !state.is_current) {
    return decides;
  }
  if (decides && !state.is_current) listing.flags |= Verdict::kStaleSource;
  if (Overrules(listing, *verdict)) *verdict = listing;
  return decides;
}

// The newest of a series' lists that has the serial decides.
void Snapshot::ApplySeries(const LookupPolicy& policy, const Series& series,
                           std::span<const LookupKey> keys,
                           Verdict* verdicts) const {
  ListedSerial found[kBlock];
  bool is_decided[kBlock];
  const bool has_older = series.count > 1;
  if (has_older) std::fill_n(is_decided, keys.size(), false);
  SeriesState state;
  state.is_current = AbsenceFrom(policy, series).status == Status::kActive;
  for (uint32_t l = 0; l < series.count; ++l) {
    const List& list = lists_[series.first + l];
    state.can_lift |= AbsenceFrom(policy, list).status == Status::kActive;
    if (list.set.size() == 0) continue;
    const UsualListing usual(policy, series, state, list);
    const size_t count = FindKeys(list.set, list.filter, keys, found);
    for (size_t k = 0; k < count; ++k) {
      const uint32_t i = found[k].probe;
      if (has_older && is_decided[i]) continue;
      const bool decides =
          usual.Apply(found[k], &verdicts[i]) ||
          ApplyListing(policy, series, state, list, found[k], &verdicts[i]);
      if (has_older) is_decided[i] = decides;
    }
  }
}

// The keys of a block that lists may have, by key and then by list.
struct Snapshot::RoutedBlock {
  static constexpr size_t kKeys = 512;
  static constexpr size_t kMost = 1024;

  uint64_t pairs[kMost];  // key << 32 | list
  size_t count = 0;

  bool Add(uint32_t key, uint32_t list) {
    if (count == kMost) return false;
    pairs[count++] = uint64_t{key} << 32 | list;
    return true;
  }
  void Sort() {
    if (!std::is_sorted(pairs, pairs + count)) std::sort(pairs, pairs + count);
    count = static_cast<size_t>(std::unique(pairs, pairs + count) - pairs);
  }
};

// False where there are more than the block has room for.
bool Snapshot::Route(const Routing& routing, std::span<const LookupKey> keys,
                     RoutedBlock* block) const {
  RoutedSerial routed[RoutedBlock::kMost];
  ListedSerial found[RoutedBlock::kKeys];
  block->count = 0;
  for (const Routing::Router& router : routing.routers) {
    const size_t count =
        router.router->FindRouted({&keys.front().serial, sizeof(LookupKey)},
                                  keys.size(), routed, RoutedBlock::kMost);
    if (count == kTooManyRouted) return false;
    for (size_t k = 0; k < count; ++k) {
      for (uint32_t list : router.ListsOf(routed[k].part)) {
        if (!block->Add(routed[k].probe, list)) return false;
      }
    }
  }
  for (uint32_t list : routing.asked) {
    const size_t count =
        FindKeys(lists_[list].set, lists_[list].filter, keys, found);
    for (size_t k = 0; k < count; ++k) {
      if (!block->Add(found[k].probe, list)) return false;
    }
  }
  block->Sort();
  return true;
}

// Asks the lists that a key was led to.
void Snapshot::ApplyFound(const LookupPolicy& policy, const RoutedBlock& block,
                          std::span<const LookupKey> keys,
                          Verdict* verdicts) const {
  Probe probes[RoutedBlock::kMost];
  ListedSerial found[RoutedBlock::kMost];
  for (size_t k = 0; k < block.count; ++k) {
    probes[k] = {&lists_[static_cast<uint32_t>(block.pairs[k])].set,
                 &keys[block.pairs[k] >> 32].serial};
  }
  const size_t count = FindListed(probes, block.count, found);
  uint64_t last = ~uint64_t{0};  // key << 32 | series
  for (size_t k = 0; k < count; ++k) {
    const uint64_t pair = block.pairs[found[k].probe];
    const size_t key = pair >> 32;
    const List& list = lists_[static_cast<uint32_t>(pair)];
    const Series& series = series_[list.series];
    const uint64_t asked = uint64_t{key} << 32 | list.series;
    if (asked == last) continue;
    last = asked;
    if (series.count > 1) {
      ApplySeries(policy, series, keys.subspan(key, 1), &verdicts[key]);
      continue;
    }
    ApplyOnlyList(policy, list, found[k], &verdicts[key]);
  }
}

void Snapshot::ApplyRouted(const LookupPolicy& policy, const Coverage& coverage,
                           std::span<const LookupKey> keys,
                           Verdict* verdicts) const {
  const Routing& routing = authorities_[coverage.authority_].routing;
  RoutedBlock block;
  size_t most = RoutedBlock::kKeys;
  while (!keys.empty()) {
    const auto some = keys.first(std::min(most, keys.size()));
    if (Route(routing, some, &block)) {
      ApplyFound(policy, block, some, verdicts);
    } else if (some.size() > 1) {
      most = some.size() / 2;
      continue;
    } else {
      // One serial that a thousand lists have.
      for (uint32_t i = 0; i < coverage.own_parts_; ++i) {
        ApplySeries(policy, series_[coverage.parts_[i].series], some, verdicts);
      }
    }
    keys = keys.subspan(some.size());
    verdicts += some.size();
  }
}

void Snapshot::LookupBlock(const LookupPolicy& policy, const Coverage& coverage,
                           const Verdict& absence,
                           std::span<const LookupKey> keys,
                           Verdict* verdicts) const {
  std::fill_n(verdicts, keys.size(), absence);
  if (coverage.snapshot_ != id_) return;
  size_t part = 0;
  if (coverage.authority_ != Coverage::kNoAuthority &&
      !authorities_[coverage.authority_].routing.empty()) {
    ApplyRouted(policy, coverage, keys, verdicts);
    part = coverage.own_parts_;
  }
  for (; part < coverage.parts_.size(); ++part) {
    ApplySeries(policy, series_[coverage.parts_[part].series], keys, verdicts);
  }
}

// False at the first key of another issuer or tag than the first one's, and
// where the first one's tag is another snapshot's: these are told apart one by
// one.
bool Snapshot::HaveOneIssuer(std::span<const LookupKey> keys) const {
  constexpr size_t kTogether = 32;
  const LookupKey first = keys.front();
  uint32_t other = 0;  // bits in which one differs
  for (size_t i = 0; i < keys.size() && other == 0;) {
    const size_t end = std::min(i + kTogether, keys.size());
    for (; i < end; ++i) {
      other |= keys[i].issuer ^ first.issuer;
      other |= keys[i].snapshot ^ first.snapshot;
    }
  }
  return other == 0 && !IsForeign(first);
}

void Snapshot::Lookup(const LookupPolicy& policy,
                      std::span<const LookupKey> keys,
                      std::span<Verdict> verdicts) const {
  const size_t count = std::min(keys.size(), verdicts.size());
  for (size_t begin = 0; begin < count; begin += kBlock) {
    const auto block = keys.subspan(begin, std::min(kBlock, count - begin));
    const LookupKey& first = block.front();
    Verdict* const answers = verdicts.data() + begin;
    if (!HaveOneIssuer(block)) {
      MixedLookup(*this, policy, block, answers).Run();
    } else if (first.issuer < bare_.size()) {
      const Coverage& coverage = bare_[first.issuer];
      LookupBlock(policy, coverage, AbsenceFrom(policy, coverage), block,
                  answers);
    } else {
      std::fill_n(answers, block.size(), WithoutIssuer(first));
    }
  }
}

void Snapshot::Lookup(const LookupPolicy& policy, const Coverage& coverage,
                      std::span<const LookupKey> keys,
                      std::span<Verdict> verdicts) const {
  const size_t count = std::min(keys.size(), verdicts.size());
  const Verdict absence = AbsenceFrom(policy, coverage);
  for (size_t begin = 0; begin < count; begin += kBlock) {
    LookupBlock(policy, coverage, absence,
                keys.subspan(begin, std::min(kBlock, count - begin)),
                verdicts.data() + begin);
  }
}

// As Lookup of this list's issuer would say.
void Snapshot::ApplyOnlyList(const LookupPolicy& policy, const List& list,
                             const ListedSerial& found,
                             Verdict* verdict) const {
  const bool is_current = AbsenceFrom(policy, list).status == Status::kActive;
  const Series& series = series_[list.series];
  const SeriesState state = {is_current, is_current};
  if (UsualListing(policy, series, state, list).Apply(found, verdict)) return;
  ApplyListing(policy, series, state, list, found, verdict);
}

Verdict Snapshot::LookupDirect(const LookupPolicy& policy,
                               const LookupKey& key) const {
  const Direct& direct = direct_[key.issuer];
  const LocatedSerial located =
      Locate(direct.head, KeyedHash(hash_key_, key.serial.Words()));
  __builtin_prefetch(located.line);
  Verdict verdict = direct.currency.IsGiven(CurrencyBounds(policy))
                        ? direct.currency.verdict
                        : AbsenceFrom(policy, bare_[key.issuer]);
  const ListedSerial found = FindOne(direct.list->set, key.serial, located);
  if (found.offset != SerialSet::kNotListed)
    ApplyOnlyList(policy, *direct.list, found, &verdict);
  return verdict;
}

Verdict Snapshot::Lookup(const LookupPolicy& policy,
                         const LookupKey& key) const {
  if (IsForeign(key)) return Unknown(without_issuer_);
  if (key.issuer >= bare_.size()) return WithoutIssuer(key);
  if (direct_[key.issuer].list != nullptr) return LookupDirect(policy, key);
  const Coverage& coverage = bare_[key.issuer];
  Verdict verdict;
  LookupBlock(policy, coverage, AbsenceFrom(policy, coverage), {&key, 1},
              &verdict);
  return verdict;
}

Verdict Snapshot::Lookup(const LookupPolicy& policy, const Coverage& coverage,
                         const SerialNumber& serial) const {
  const LookupKey key{serial, kUnknownIssuer, 0};
  Verdict verdict;
  LookupBlock(policy, coverage, AbsenceFrom(policy, coverage), {&key, 1},
              &verdict);
  return verdict;
}

}  // namespace revstat
