#include "engine/check/ocsp_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>

#include "tests/check/ocsp_cached.h"

namespace revstat::test {
namespace {

TEST(OcspCache, unknown_where_nothing_is_kept) {
  const OcspCache cache;
  const Verdict verdict = cache.Lookup(At(kNow), KeyNumber(1));
  EXPECT_EQ(verdict.status, Status::kUnknown);
  EXPECT_EQ(verdict.cause, Cause::kNoSource);
  EXPECT_EQ(verdict.source, OcspCache::kSource);
  EXPECT_TRUE(verdict.is_from_ocsp());
  EXPECT_FALSE(cache.Explain(KeyNumber(1)).has_value());
}

TEST(OcspCache, good_within_its_time_and_never_outside) {
  OcspCache cache;
  cache.Put(KeyNumber(1), AnswerOf(OcspStatus::kGood), kNow);
  const auto say = [&](Time at, seconds skew = seconds(0)) {
    LookupPolicy policy = At(at);
    policy.clock_skew = skew;
    policy.next_update = NextUpdatePolicy::kIgnore;  // changes nothing
    return cache.Lookup(policy, KeyNumber(1));
  };
  EXPECT_EQ(say(kNow).status, Status::kActive);
  EXPECT_EQ(say(kNow + hours(4)).status, Status::kActive);
  EXPECT_EQ(say(kNow + hours(4) + seconds(1)).cause, Cause::kStale);
  EXPECT_EQ(say(kNow + hours(4) + seconds(1), seconds(1)).status,
            Status::kActive);
  EXPECT_EQ(say(kNow - seconds(1)).cause, Cause::kNotYetCurrent);
  EXPECT_EQ(say(kNow - seconds(1)).status, Status::kUnknown);
  LookupPolicy strict = At(kNow + hours(2));
  strict.max_age = hours(1);
  EXPECT_EQ(cache.Lookup(strict, KeyNumber(1)).cause, Cause::kStale);
}

// As a response that is asked itself: it was made after the time asked about.
TEST(OcspCache, unknown_before_the_response_was_made) {
  OcspCache cache;
  OcspAnswer answer = AnswerOf(OcspStatus::kGood);
  answer.produced_at = kNow + hours(1);
  cache.Put(KeyNumber(1), answer, kNow + hours(1));
  EXPECT_EQ(cache.Lookup(At(kNow + hours(1)), KeyNumber(1)).status,
            Status::kActive);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(1)).cause, Cause::kNotYetCurrent);
}

TEST(OcspCache, good_for_its_own_issuer_alone) {
  OcspCache cache;
  Sha256Digest first = {}, second = {1};
  const OcspIssuerNumber a = cache.AddIssuer(first);
  const OcspIssuerNumber b = cache.AddIssuer(second);
  EXPECT_NE(a, b);
  EXPECT_EQ(cache.AddIssuer(first), a);
  EXPECT_EQ(cache.FindIssuer(second), b);
  EXPECT_EQ(cache.FindIssuer(Sha256Digest{2}), kNoOcspIssuer);
  cache.Put(KeyNumber(1, a), AnswerOf(OcspStatus::kGood), kNow);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(1, a)).status, Status::kActive);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(1, b)).cause, Cause::kNoSource);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(1, kNoOcspIssuer)).cause,
            Cause::kNoSource);
}

TEST(OcspCache, revoked_also_when_old_but_marked) {
  OcspCache cache;
  cache.Put(KeyNumber(1), AnswerOf(OcspStatus::kRevoked), kNow);
  cache.Put(KeyNumber(2), AnswerOf(OcspStatus::kOnHold), kNow);
  const Verdict fresh = cache.Lookup(At(kNow), KeyNumber(1));
  EXPECT_EQ(fresh.status, Status::kRevoked);
  EXPECT_EQ(fresh.reason, ReasonCode::kKeyCompromise);
  EXPECT_EQ(fresh.revocation_time(), kNow - hours(100));
  EXPECT_FALSE(fresh.is_stale());
  const Verdict old = cache.Lookup(At(kNow + hours(5)), KeyNumber(1));
  EXPECT_EQ(old.status, Status::kRevoked);
  EXPECT_TRUE(old.is_stale());
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(2)).status, Status::kOnHold);
  EXPECT_EQ(cache.Lookup(At(kNow - hours(101)), KeyNumber(1)).status,
            Status::kUnknown);
}

TEST(OcspCache, unknown_to_the_responder_until_its_end) {
  OcspCache cache;
  cache.Put(KeyNumber(1), AnswerOf(OcspStatus::kUnknown), kNow);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(1)).cause,
            Cause::kResponderUnknown);
  EXPECT_EQ(cache.Lookup(At(kNow + hours(5)), KeyNumber(1)).cause,
            Cause::kStale);
}

TEST(OcspCache, unknown_for_a_short_time_after_a_failure) {
  OcspCache cache({.failure_time = seconds(60)});
  cache.PutFailure(KeyNumber(1), Cause::kResponderTryLater, kNow);
  EXPECT_EQ(cache.Lookup(At(kNow + seconds(60)), KeyNumber(1)).cause,
            Cause::kResponderTryLater);
  EXPECT_EQ(cache.Lookup(At(kNow + seconds(61)), KeyNumber(1)).cause,
            Cause::kNoSource);
  EXPECT_FALSE(cache.Explain(KeyNumber(1)).has_value());
  cache.Put(KeyNumber(1), AnswerOf(OcspStatus::kGood), kNow);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(1)).status, Status::kActive);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(OcspCache, good_evidence) {
  const auto der = Buffer::FromVector({1, 2, 3});
  OcspAnswer answer = AnswerOf(OcspStatus::kRevoked);
  answer.sha256 = Sha256(der->bytes());
  answer.response = der;
  answer.end = OcspAnswer::End::kSetByCaller;
  OcspCache keeps({.copies = ResponseCopies::kKept});
  keeps.Put(KeyNumber(1), answer, kNow);
  const auto kept = keeps.Explain(KeyNumber(1));
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->response, der);
  EXPECT_EQ(kept->sha256, answer.sha256);
  EXPECT_EQ(kept->status, OcspStatus::kRevoked);
  EXPECT_EQ(kept->until, answer.until);
  EXPECT_EQ(kept->end, OcspAnswer::End::kSetByCaller);
  EXPECT_EQ(kept->produced_at, answer.produced_at);
  EXPECT_EQ(kept->this_update, answer.this_update);
  EXPECT_EQ(kept->revocation_time, answer.revocation_time);
  EXPECT_EQ(kept->reason, answer.reason);
  OcspCache drops;
  drops.Put(KeyNumber(1), answer, kNow);
  EXPECT_EQ(drops.Explain(KeyNumber(1))->response, nullptr);
  EXPECT_EQ(drops.Explain(KeyNumber(1))->sha256, answer.sha256);
}

TEST(OcspCache, good_evidence_of_what_few_answers_have) {
  OcspCache cache;
  OcspAnswer good = AnswerOf(OcspStatus::kGood);
  good.archive_cutoff = kNow - hours(10'000);
  good.signer_check = OcspSignerCheck::kUnchecked;
  cache.Put(KeyNumber(1), good, kNow);
  EXPECT_EQ(cache.Explain(KeyNumber(1))->archive_cutoff, good.archive_cutoff);
  EXPECT_EQ(cache.Explain(KeyNumber(1))->revocation_time, Time());
  EXPECT_EQ(cache.Explain(KeyNumber(1))->signer_check,
            OcspSignerCheck::kUnchecked);
  cache.Put(KeyNumber(2), AnswerOf(OcspStatus::kGood), kNow);
  EXPECT_EQ(cache.Explain(KeyNumber(2))->archive_cutoff, std::nullopt);
  EXPECT_EQ(cache.Explain(KeyNumber(2))->signer_check,
            OcspSignerCheck::kSettled);
  OcspAnswer hold = AnswerOf(OcspStatus::kOnHold);
  hold.cause = Cause::kNeverIssued;
  cache.Put(KeyNumber(3), hold, kNow);
  EXPECT_EQ(cache.Explain(KeyNumber(3))->cause, Cause::kNeverIssued);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(3)).status, Status::kOnHold);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(3)).cause, Cause::kNeverIssued);
}

TEST(OcspCache, unknown_after_all_was_forgotten_and_good_again) {
  OcspCache cache({.copies = ResponseCopies::kKept});
  std::weak_ptr<const Buffer> copy;
  for (uint32_t i = 0; i < 5000; ++i) {
    OcspAnswer answer = AnswerOf(OcspStatus::kGood);
    const auto response = Buffer::FromVector({1, 2, 3});
    answer.response = response;
    copy = response;
    cache.Put(KeyNumber(i), answer, kNow);
  }
  const size_t octets = cache.memory_bytes();
  cache.Clear();
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_TRUE(copy.expired());
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(7)).cause, Cause::kNoSource);
  EXPECT_FALSE(cache.Explain(KeyNumber(7)).has_value());
  const auto all = [](const OcspCacheKey&) { return true; };
  EXPECT_TRUE(cache.DueForRefresh(kNow + hours(4), 10, all).empty());
  for (uint32_t i = 0; i < 5000; ++i)
    cache.Put(KeyNumber(i), AnswerOf(OcspStatus::kRevoked), kNow);
  EXPECT_EQ(cache.size(), 5000u);
  EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(7)).status, Status::kRevoked);
  EXPECT_LE(cache.memory_bytes(), octets + 5000 * 8) << "room is used again";
}

TEST(OcspCache, bounded_and_revoked_answers_go_last) {
  OcspCache cache({.max_answers = 1000});
  for (uint32_t i = 0; i < 100; ++i)
    cache.Put(KeyNumber(i), AnswerOf(OcspStatus::kRevoked), kNow);
  for (uint32_t i = 100; i < 20'000; ++i) {
    cache.Put(KeyNumber(i), AnswerOf(OcspStatus::kGood), kNow);
    ASSERT_LE(cache.size(), 1000u);
    EXPECT_EQ(cache.Lookup(At(kNow), KeyNumber(i)).status, Status::kActive);
  }
  EXPECT_EQ(cache.size(), 1000u);
  size_t revoked = 0;
  for (uint32_t i = 0; i < 100; ++i)
    revoked += cache.Lookup(At(kNow), KeyNumber(i)).status == Status::kRevoked;
  EXPECT_GT(revoked, 50u);
}

// At every size from some thousands on: also just after the table has grown,
// with a block that was just begun, and with entries that wait to be used
// again.
TEST(OcspCache, good_memory_of_an_answer) {
  constexpr uint32_t kAnswers = 300'000;
  OcspCache cache({.max_answers = kAnswers});
  double most = 0;
  const auto measure = [&] {
    most = std::max(most, static_cast<double>(cache.memory_bytes()) /
                              static_cast<double>(cache.size()));
  };
  for (uint32_t i = 0; i < kAnswers; ++i) {
    cache.Put(KeyNumber(i), AnswerOf(OcspStatus::kGood), kNow);
    if (i >= 8000) measure();
  }
  EXPECT_EQ(cache.size(), kAnswers);
  EXPECT_LE(most, 150);
  EXPECT_GE(most, 100) << "is all of it counted?";
  OcspCache replaced({.max_answers = kAnswers});
  for (uint32_t i = 0; i < 100'000; ++i)
    replaced.Put(KeyNumber(i % 8000),
                 AnswerOf(OcspStatus::kGood, kNow + seconds(i)), kNow);
  EXPECT_EQ(replaced.size(), 8000u);
  EXPECT_LE(static_cast<double>(replaced.memory_bytes()) / 8000, 150);
}

// Under ThreadSanitizer as well: an answer is whole or not there.
TEST(OcspCache, good_readers_beside_one_who_forgets_all) {
  OcspCache cache({.copies = ResponseCopies::kKept});
  std::atomic<bool> stop = false;
  std::atomic<int> torn = 0;
  std::thread reader([&] {
    while (!stop.load(std::memory_order_relaxed)) {
      const auto answer = cache.Explain(KeyNumber(3));
      if (answer.has_value() && (answer->response == nullptr ||
                                 answer->response->bytes().size() != 1))
        ++torn;
    }
  });
  for (uint32_t round = 0; round < 500; ++round) {
    OcspAnswer answer = AnswerOf(OcspStatus::kGood);
    answer.response = Buffer::FromVector({static_cast<uint8_t>(round)});
    for (uint32_t i = 0; i < 10; ++i) cache.Put(KeyNumber(i), answer, kNow);
    cache.Clear();
  }
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

// Under ThreadSanitizer as well: every answer that is read is a whole one, and
// an answer that is replaced is never missed.
TEST(OcspCache, good_readers_beside_writers) {
  OcspCache cache({.max_answers = 3000, .copies = ResponseCopies::kKept});
  constexpr uint32_t kKept = 500;  // never evicted: revoked
  // Times and reason of one answer belong together.
  const auto answer_of = [](uint32_t round) {
    OcspAnswer answer = AnswerOf(OcspStatus::kRevoked, kNow + seconds(round));
    answer.revocation_time = kNow - seconds(round);
    answer.reason =
        round % 2 == 0 ? ReasonCode::kSuperseded : ReasonCode::kKeyCompromise;
    answer.response = Buffer::FromVector({static_cast<uint8_t>(round)});
    return answer;
  };
  for (uint32_t i = 0; i < kKept; ++i)
    cache.Put(KeyNumber(i), answer_of(0), kNow);
  std::atomic<bool> stop = false;
  std::atomic<int> torn = 0;
  const auto read = [&] {
    std::vector<OcspCacheKey> keys;
    for (uint32_t i = 0; i < kKept; ++i) keys.push_back(KeyNumber(i));
    std::vector<Verdict> verdicts(kKept);
    while (!stop.load(std::memory_order_relaxed)) {
      cache.Lookup(At(kNow + hours(1)), keys, verdicts);
      for (const Verdict& verdict : verdicts) {
        const auto round =
            static_cast<uint32_t>((kNow - verdict.revocation_time()).count());
        if (verdict.status != Status::kRevoked ||
            verdict.reason != (round % 2 == 0 ? ReasonCode::kSuperseded
                                              : ReasonCode::kKeyCompromise))
          ++torn;
      }
      const auto answer = cache.Explain(keys[3]);
      if (!answer.has_value() || answer->response->bytes().size() != 1) ++torn;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) threads.emplace_back(read);
  threads.emplace_back([&] {  // churn, which grows and rebuilds the table
    for (uint32_t i = 1000; i < 21'000; ++i)
      cache.Put(KeyNumber(i), AnswerOf(OcspStatus::kGood), kNow);
  });
  for (uint32_t round = 1; round <= 40; ++round) {
    for (uint32_t i = 0; i < kKept; ++i)
      cache.Put(KeyNumber(i), answer_of(round), kNow);
  }
  threads.back().join();
  stop = true;
  threads[0].join();
  threads[1].join();
  EXPECT_EQ(torn, 0);
}

TEST(OcspIssuers, good_each_of_many_even_at_one_place) {
  OcspIssuers issuers;
  Sha256Digest identity = {};
  for (uint32_t i = 0; i < 3000; ++i) {
    identity[9] = static_cast<uint8_t>(i >> 8);  // all at one place
    identity[8] = static_cast<uint8_t>(i);
    EXPECT_EQ(issuers.Find(identity), kNoOcspIssuer);
    EXPECT_EQ(issuers.Add(identity), i);
    EXPECT_EQ(issuers.Add(identity), i);
    EXPECT_EQ(issuers.Find(identity), i);
  }
  EXPECT_EQ(issuers.All().size(), 3000u);
  EXPECT_EQ(issuers.All().back(), identity);
}

// Under ThreadSanitizer as well, while the table grows again and again: who has
// been added is found, and nobody else.
TEST(OcspIssuers, good_readers_beside_one_who_adds) {
  constexpr uint32_t kReaders = 2;
  constexpr uint32_t kIssuers = 4000;
  const auto identity_of = [](uint32_t i) {
    Sha256Digest identity = {};
    std::memcpy(identity.data(), &i, sizeof i);
    return identity;
  };
  OcspIssuers issuers;
  std::atomic<uint32_t> added = 0;
  std::atomic<uint32_t> reading = 0;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (uint32_t r = 0; r < kReaders; ++r) {
    readers.emplace_back([&] {
      ++reading;
      for (uint32_t known = 0; known < kIssuers;) {
        known = added.load();
        for (uint32_t i = known - std::min(known, 100u); i < known; ++i)
          wrong += issuers.Find(identity_of(i)) != i;
        wrong += issuers.Find(identity_of(kIssuers)) != kNoOcspIssuer;
      }
    });
  }
  while (reading < kReaders) std::this_thread::yield();
  for (uint32_t i = 0; i < kIssuers; ++i) {
    EXPECT_EQ(issuers.Add(identity_of(i)), i);
    added = i + 1;
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace revstat::test
