// Which answer an OcspCache keeps of two, and which it has asked for again.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/check/ocsp_cached.h"

namespace revstat::test {
namespace {

std::vector<OcspCacheKey> DueOf(const OcspCache& cache, Time at, size_t limit) {
  return cache.DueForRefresh(at, limit,
                             [](const OcspCacheKey&) { return true; });
}

TEST(OcspCache, revoked_survives_failures_and_replayed_answers) {
  OcspCache cache;
  const auto put = [&](OcspStatus status, Time from, seconds lifetime) {
    return cache.Put(KeyNumber(1), AnswerOf(status, from, lifetime), kNow);
  };
  using Kept = OcspCache::Kept;
  EXPECT_EQ(put(OcspStatus::kGood, kNow - hours(2), hours(9)), Kept::kNew);
  EXPECT_EQ(put(OcspStatus::kRevoked, kNow - hours(1), hours(1)), Kept::kNew);
  EXPECT_EQ(put(OcspStatus::kGood, kNow - hours(2), hours(9)),
            Kept::kHeldStays);
  EXPECT_EQ(put(OcspStatus::kGood, kNow - hours(1), hours(9)),
            Kept::kHeldStays);
  cache.PutFailure(KeyNumber(1), Cause::kResponderTryLater, kNow);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(1)).status, Status::kRevoked);
  // A responder that has not heard of it yet, or a hold after it.
  EXPECT_EQ(put(OcspStatus::kGood, kNow, hours(9)), Kept::kHeldStays);
  EXPECT_EQ(put(OcspStatus::kOnHold, kNow, hours(9)), Kept::kHeldStays);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(1)).status, Status::kRevoked);
  EXPECT_EQ(put(OcspStatus::kRevoked, kNow, hours(9)), Kept::kNew);
}

// What a responder without reasons calls revoked may be a hold.
TEST(OcspCache, good_after_a_revocation_without_a_reason) {
  OcspCache cache;
  OcspAnswer answer = AnswerOf(OcspStatus::kRevoked, kNow - hours(1));
  answer.reason = ReasonCode::kAbsent;
  cache.Put(KeyNumber(1), answer, kNow);
  EXPECT_EQ(cache.Put(KeyNumber(1), AnswerOf(OcspStatus::kGood), kNow),
            OcspCache::Kept::kNew);
}

TEST(OcspCache, good_after_a_hold_was_lifted) {
  OcspCache cache;
  const auto put = [&](OcspStatus status, Time from, seconds lifetime) {
    return cache.Put(KeyNumber(1), AnswerOf(status, from, lifetime), kNow);
  };
  using Kept = OcspCache::Kept;
  EXPECT_EQ(put(OcspStatus::kOnHold, kNow - hours(1), hours(9)), Kept::kNew);
  EXPECT_EQ(put(OcspStatus::kGood, kNow - hours(2), hours(9)),
            Kept::kHeldStays);
  EXPECT_EQ(put(OcspStatus::kGood, kNow, hours(9)), Kept::kNew);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(1)).status, Status::kActive);
  // Of the same second, the stricter one.
  EXPECT_EQ(put(OcspStatus::kOnHold, kNow, hours(1)), Kept::kNew);
  EXPECT_EQ(put(OcspStatus::kOnHold, kNow, hours(2)), Kept::kNew);
  EXPECT_EQ(put(OcspStatus::kOnHold, kNow, hours(2)), Kept::kHeldStays);
}

// Whichever of the two comes first, and however new `unknown` is.
TEST(OcspCache, good_and_revoked_survive_a_responder_that_does_not_know) {
  using Kept = OcspCache::Kept;
  for (const OcspStatus known :
       {OcspStatus::kGood, OcspStatus::kRevoked, OcspStatus::kOnHold}) {
    for (const int later : {-1, 0, 1}) {
      const OcspAnswer answer = AnswerOf(known);
      const OcspAnswer unknown =
          AnswerOf(OcspStatus::kUnknown, kNow + seconds(later));
      OcspCache cache;
      EXPECT_EQ(cache.Put(KeyNumber(1), answer, kNow), Kept::kNew);
      EXPECT_EQ(cache.Put(KeyNumber(1), unknown, kNow), Kept::kHeldStays);
      EXPECT_EQ(cache.Put(KeyNumber(2), unknown, kNow), Kept::kNew);
      EXPECT_EQ(cache.Put(KeyNumber(2), answer, kNow), Kept::kNew);
      for (const uint32_t key : {1u, 2u}) {
        EXPECT_EQ(cache.Explain(KeyNumber(key))->status, known);
      }
      // After its end `good` says nothing any more; a listing does.
      const Time end = answer.until + seconds(1);
      const Kept kept =
          cache.Put(KeyNumber(1), AnswerOf(OcspStatus::kUnknown, end), end);
      EXPECT_EQ(kept,
                known == OcspStatus::kGood ? Kept::kNew : Kept::kHeldStays);
    }
  }
  OcspCache cache;
  cache.Put(KeyNumber(1), AnswerOf(OcspStatus::kUnknown), kNow);
  EXPECT_EQ(cache.Put(KeyNumber(1),
                      AnswerOf(OcspStatus::kGood, kNow - hours(9)), kNow),
            Kept::kHeldStays)
      << "it has ended";
}

TEST(OcspCache, good_refresh_ahead) {
  OcspCache cache({.failure_time = seconds(60)});
  for (uint32_t i = 0; i < 100; ++i)
    cache.Put(KeyNumber(i), AnswerOf(OcspStatus::kGood), kNow);
  cache.Put(KeyNumber(200), AnswerOf(OcspStatus::kGood, kNow, hours(48)), kNow);
  cache.PutFailure(KeyNumber(201), Cause::kResponderTryLater, kNow);
  EXPECT_TRUE(DueOf(cache, kNow + hours(2), 1000).empty());
  const size_t some = DueOf(cache, kNow + hours(3) + seconds(900), 1000).size();
  EXPECT_GT(some, 10u);
  EXPECT_LT(some, 90u);
  const Time late = kNow + hours(4) - seconds(1);
  EXPECT_EQ(DueOf(cache, late, 1000).size(), 100u);
  EXPECT_EQ(DueOf(cache, late, 7).size(), 7u);
  // Not again while a refresh has just failed, or brought nothing new.
  const OcspCacheKey first = DueOf(cache, late, 1).front();
  cache.PutFailure(first, Cause::kResponderTryLater, late - seconds(30));
  EXPECT_EQ(DueOf(cache, late, 1000).size(), 99u);
  EXPECT_EQ(cache.Lookup(At(late), first).status, Status::kActive);
  const OcspCacheKey second = DueOf(cache, late, 1).front();
  cache.Put(second, AnswerOf(OcspStatus::kGood), late - seconds(30));
  EXPECT_EQ(DueOf(cache, late, 1000).size(), 98u);
}

// Those that nobody can be asked about take up no place among the `limit`.
TEST(OcspCache, good_refresh_of_what_may_be_asked_for) {
  OcspCache cache;
  for (uint32_t i = 0; i < 100; ++i)
    cache.Put(KeyNumber(i, 1), AnswerOf(OcspStatus::kGood), kNow);
  cache.Put(KeyNumber(7, 2), AnswerOf(OcspStatus::kGood, kNow, hours(5)), kNow);
  const auto due = cache.DueForRefresh(
      kNow + hours(5) - seconds(1), 3,
      [](const OcspCacheKey& key) { return key.issuer == 2; });
  EXPECT_EQ(due, std::vector{KeyNumber(7, 2)});
}

TEST(OcspCache, good_refresh_after_an_outage) {
  OcspCache cache({.failure_time = seconds(60)});
  const auto put = [&](uint32_t number, OcspStatus status, seconds lifetime) {
    cache.Put(KeyNumber(number), AnswerOf(status, kNow, lifetime), kNow);
  };
  put(1, OcspStatus::kGood, hours(4));
  put(2, OcspStatus::kGood, hours(5));
  put(3, OcspStatus::kOnHold, hours(6));
  put(4, OcspStatus::kRevoked, hours(6));
  put(5, OcspStatus::kGood, hours(11));
  put(6, OcspStatus::kGood, hours(12));
  // First what has not ended; then what ended last.
  const Time at = kNow + hours(11);
  EXPECT_EQ(DueOf(cache, at, 10),
            (std::vector{KeyNumber(5), KeyNumber(6), KeyNumber(3), KeyNumber(2),
                         KeyNumber(1)}));
  cache.PutFailure(KeyNumber(3), Cause::kResponderTryLater, at);
  EXPECT_EQ(DueOf(cache, at, 3).back(), KeyNumber(2));
  const Time week_later = kNow + hours(5) + OcspCache::kRefreshedAfterEnd;
  EXPECT_EQ(
      DueOf(cache, week_later, 10),
      (std::vector{KeyNumber(6), KeyNumber(5), KeyNumber(3), KeyNumber(2)}));
}

// What the rules say of an answer, written the other way round.
class Model {
 public:
  void Put(const OcspCacheKey& key, const OcspAnswer& answer, Time at) {
    auto [held, is_new] = answers_.try_emplace(key, answer);
    failures_.erase(key);
    if (is_new) return;
    const bool knew = held->second.status != OcspStatus::kUnknown;
    const bool knows = answer.status != OcspStatus::kUnknown;
    const OcspAnswer& known = knew ? held->second : answer;
    if (knew != knows) {
      const bool counts =
          known.status != OcspStatus::kGood || at <= known.until;
      if (knows == counts) held->second = answer;
      return;
    }
    if (held->second.status == OcspStatus::kRevoked &&
        answer.status != OcspStatus::kRevoked)
      return;
    if (held->second.this_update > answer.this_update) return;
    const bool same_time = held->second.this_update == answer.this_update;
    if (same_time && held->second.status < answer.status) return;
    if (same_time && held->second.status == answer.status &&
        held->second.until >= answer.until)
      return;
    held->second = answer;
  }
  void PutFailure(const OcspCacheKey& key, Time at) {
    if (!answers_.contains(key)) failures_[key] = at;
  }
  std::string Say(const OcspCacheKey& key, Time at) const {
    if (failures_.contains(key)) {
      const Time when = failures_.at(key);
      return when <= at && at <= when + seconds(60) ? "responder_try_later"
                                                    : "no_source";
    }
    if (!answers_.contains(key)) return "no_source";
    const OcspAnswer& answer = answers_.at(key);
    if (answer.status == OcspStatus::kRevoked) return "revoked";
    if (answer.status == OcspStatus::kOnHold) return "on_hold";
    if (at < answer.this_update) return "not_yet_current";
    if (at > answer.until) return "stale";
    return answer.status == OcspStatus::kGood ? "active" : "responder_unknown";
  }

 private:
  std::map<OcspCacheKey, OcspAnswer> answers_;
  std::map<OcspCacheKey, Time> failures_;
};

TEST(OcspCache, same_answers_as_the_model) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    OcspCache cache({.max_answers = 100'000});
    Model model;
    const uint32_t keys = seed % 2 == 0 ? 20 : 20'000;
    const auto draw_key = [&] {
      return KeyNumber(static_cast<uint32_t>(random() % keys),
                       static_cast<OcspIssuerNumber>(random() % 3));
    };
    const auto draw_time = [&] { return kNow + seconds(random() % 600); };
    for (int i = 0; i < 20'000; ++i) {
      const OcspCacheKey key = draw_key();
      const Time at = draw_time();
      if (random() % 4 == 0) {
        cache.PutFailure(key, Cause::kResponderTryLater, at);
        model.PutFailure(key, at);
      } else {
        // What is revoked once stays so: rare where each key comes often.
        const bool is_revoked = random() % (keys == 20 ? 500 : 4) == 0;
        const OcspStatus status =
            is_revoked ? OcspStatus::kRevoked
                       : static_cast<OcspStatus>(1 + random() % 3);
        const OcspAnswer answer = AnswerOf(status, at, seconds(random() % 200));
        cache.Put(key, answer, at);
        model.Put(key, answer, at);
      }
    }
    std::vector<OcspCacheKey> asked;
    for (int i = 0; i < 5000; ++i) asked.push_back(draw_key());
    const Time at = draw_time();
    std::vector<Verdict> verdicts(asked.size());
    cache.Lookup(At(at), asked, verdicts);
    for (size_t i = 0; i < asked.size(); ++i) {
      const std::string said(verdicts[i].status == Status::kUnknown
                                 ? NameOf(verdicts[i].cause)
                                 : NameOf(verdicts[i].status));
      ASSERT_EQ(said, model.Say(asked[i], at)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace revstat::test
