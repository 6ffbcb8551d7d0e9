// OcspCache: which answer is kept of two, and which is asked for again.
#include <algorithm>
#include <utility>

#include "engine/check/ocsp_cache_writer.h"

namespace revstat {
namespace {

// A time as retry_after has it.
uint32_t ToRetryTime(int64_t seconds) {
  return static_cast<uint32_t>(std::clamp<int64_t>(seconds, 0, UINT32_MAX));
}

// When an answer is to be asked for again: within the last quarter of its time,
// at a moment that its key chooses, so that not all are asked for at once.
int64_t RefreshTimeOf(int64_t this_update, int64_t until, uint64_t hash) {
  const int64_t quarter = std::max<int64_t>((until - this_update) / 4, 1);
  const auto spread = static_cast<int64_t>(hash & 0xff) * quarter / 512;
  return until - quarter + spread;
}

}  // namespace

bool OcspCache::TakesPlaceOf(const Entry& entry, const Entry& held,
                             int64_t now) {
  using Kind = Entry::Kind;
  if (held.kind == Kind::kFailure) return true;
  // RFC 6960 2.2: who does not know a certificate says nothing against one who
  // does.
  if (entry.kind == Kind::kUnknown && held.kind != Kind::kUnknown)
    return held.kind == Kind::kGood && held.until < now;
  if (held.kind == Kind::kUnknown && entry.kind != Kind::kUnknown)
    return entry.kind != Kind::kGood || entry.until >= now;
  // Only a hold can be lifted (RFC 5280 5.3.1), which one without a reason may
  // be: a `good` that is newer is of a responder that has not heard of it.
  if (held.kind == Kind::kRevoked && held.reason != ReasonCode::kAbsent &&
      entry.kind != Kind::kRevoked)
    return false;
  if (entry.this_update != held.this_update)
    return entry.this_update > held.this_update;
  // Of one second the stricter; or the same again, for a longer time.
  return entry.kind < held.kind ||
         (entry.kind == held.kind && entry.until > held.until);
}

OcspCache::Kept OcspCache::Put(const OcspCacheKey& key, OcspAnswer answer,
                               Time at) {
  Entry entry = {};
  entry.key = WordsOf(key);
  entry.until = ToUnix(answer.until);
  entry.this_update = ToUnix(answer.this_update);
  entry.revocation_time =
      answer.status != OcspStatus::kGood  ? ToUnix(answer.revocation_time)
      : answer.archive_cutoff.has_value() ? ToUnix(*answer.archive_cutoff)
                                          : Entry::kNoCutoff;
  entry.produced_at = ToUnix(answer.produced_at);
  entry.kind = static_cast<Entry::Kind>(answer.status);
  entry.reason = answer.reason;
  entry.cause = answer.cause;
  entry.end = answer.end;
  entry.signer_check = answer.signer_check;
  if (options_.copies == ResponseCopies::kDropped) answer.response.reset();
  Writer writer(*this, at);
  const uint32_t old = writer.Find(entry.key);
  if (old != kNotFound && !TakesPlaceOf(entry, EntryAt(old), ToUnix(at))) {
    EntryAt(old).retry_after = ToRetryTime(ToUnix(at + options_.failure_time));
    return Kept::kHeldStays;
  }
  writer.Put(
      entry,
      {answer.sha256, std::move(answer.response), std::move(answer.delegate)},
      old);
  return Kept::kNew;
}

void OcspCache::PutFailure(const OcspCacheKey& key, Cause cause, Time at) {
  Entry entry = {};
  entry.key = WordsOf(key);
  entry.this_update = ToUnix(at);
  entry.until = ToUnix(at + options_.failure_time);
  entry.kind = Entry::Kind::kFailure;
  entry.cause = cause;
  Writer writer(*this, at);
  const uint32_t old = writer.Find(entry.key);
  if (old != kNotFound && EntryAt(old).kind != Entry::Kind::kFailure) {
    EntryAt(old).retry_after = ToRetryTime(entry.until);
    return;
  }
  writer.Put(entry, {}, old);
}

std::vector<OcspCacheKey> OcspCache::DueForRefresh(
    Time at, size_t limit,
    const std::function<bool(const OcspCacheKey&)>& may) const {
  const int64_t now = ToUnix(at);
  const int64_t oldest = ToUnix(at - kRefreshedAfterEnd);
  // By how long ago they ended, and when they will.
  std::vector<std::pair<std::pair<int64_t, int64_t>, OcspCacheKey>> due;
  {
    const std::lock_guard<std::mutex> turn(changing_);
    for (uint32_t index = 0; index < used_; ++index) {
      const Entry& entry = EntryAt(index);
      const bool has_ended = entry.until < now;
      if (!is_live_[index] || entry.kind == Entry::Kind::kFailure ||
          now < entry.retry_after || entry.until < oldest ||
          (has_ended && entry.kind == Entry::Kind::kRevoked))
        continue;
      const uint64_t hash = KeyedHash(hash_key_, entry.key);
      if (RefreshTimeOf(entry.this_update, entry.until, hash) > now) continue;
      const OcspCacheKey key = KeyOf(entry.key);
      if (may(key)) {
        due.push_back({{has_ended ? now - entry.until : 0, entry.until}, key});
      }
    }
  }
  const size_t count = std::min(limit, due.size());
  std::partial_sort(due.begin(), due.begin() + static_cast<ptrdiff_t>(count),
                    due.end());
  std::vector<OcspCacheKey> keys;
  for (size_t i = 0; i < count; ++i) keys.push_back(due[i].second);
  return keys;
}

}  // namespace revstat
