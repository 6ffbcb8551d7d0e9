#include "engine/check/ocsp_cache_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/base/error.h"
#include "tests/support/fault_server.h"
#include "tests/support/ocsp_text.h"

namespace revstat::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Time kNow = *ParseTime("2026-01-15T00:00:00Z");
constexpr Sha256Digest kContext = {7};

LookupPolicy At(Time at) {
  LookupPolicy policy;
  policy.at = at;
  return policy;
}

std::shared_ptr<const Buffer> DelegateNumber(std::string_view serial) {
  CertificateText text;
  text.serial = IntegerOf(serial);
  return Buffer::FromVector(text.Der());
}

// 40 answers of every status about certificates of two issuers.
struct Sample {
  static constexpr uint8_t kAnswers = 40;

  Sample() {
    issuers = {cache.AddIssuer({1}), cache.AddIssuer({2})};
    for (uint8_t i = 0; i < kAnswers; ++i) {
      OcspAnswer answer;
      answer.status = static_cast<OcspStatus>(i % 4);
      answer.this_update = kNow - seconds(i);
      answer.produced_at = kNow - seconds(i + 1);
      answer.until = kNow + hours(i + 1);
      answer.revocation_time = kNow - hours(i);
      answer.reason = ReasonCode::kSuperseded;
      if (answer.status == OcspStatus::kGood && i % 8 == 3)
        answer.archive_cutoff = kNow - hours(1000 + i);
      if (answer.status == OcspStatus::kOnHold && i % 8 == 1)
        answer.cause = Cause::kNeverIssued;
      if (i % 5 == 0) answer.signer_check = OcspSignerCheck::kUnchecked;
      answer.sha256 = {i};
      if (i % 2 == 0) answer.delegate = delegates[i % 3];
      if (i % 3 == 0) answer.response = Buffer::FromVector({i, i, i});
      cache.Put(KeyOf(i), answer, kNow);
    }
    cache.PutFailure(KeyOf(99), Cause::kResponderTryLater, kNow);
  }
  OcspCacheKey KeyOf(uint8_t i) const {
    const uint8_t octets[] = {1, i};
    return {*SerialNumber::FromContent(octets), issuers[i % 2]};
  }

  // Certificates, as those of a file have to be.
  const std::array<std::shared_ptr<const Buffer>, 3> delegates = {
      DelegateNumber("01"), DelegateNumber("02"), nullptr};
  OcspCache cache{{.copies = ResponseCopies::kKept}};
  std::array<OcspIssuerNumber, 2> issuers;
};

// As it was, or not there; never anything else.
size_t CountSame(const Sample& sample, const OcspCache& other) {
  size_t same = 0;
  const std::array<OcspIssuerNumber, 2> issuers = {other.FindIssuer({1}),
                                                   other.FindIssuer({2})};
  for (uint8_t i = 0; i < Sample::kAnswers; ++i) {
    OcspCacheKey key = sample.KeyOf(i);
    const auto mine = sample.cache.Explain(key);
    key.issuer = issuers[i % 2];
    const auto its = other.Explain(key);
    if (!its.has_value()) continue;
    ++same;
    EXPECT_EQ(its->status, mine->status);
    EXPECT_EQ(its->reason, mine->reason);
    EXPECT_EQ(its->this_update, mine->this_update);
    EXPECT_EQ(its->until, mine->until);
    EXPECT_EQ(its->produced_at, mine->produced_at);
    EXPECT_EQ(its->revocation_time, mine->revocation_time);
    EXPECT_EQ(its->archive_cutoff, mine->archive_cutoff);
    EXPECT_EQ(its->cause, mine->cause);
    EXPECT_EQ(its->signer_check, mine->signer_check);
    EXPECT_EQ(its->sha256, mine->sha256);
    EXPECT_EQ(its->end, mine->end);
    EXPECT_EQ(its->response != nullptr, mine->response != nullptr);
    if (its->response != nullptr && mine->response != nullptr) {
      EXPECT_TRUE(Equal(its->response->bytes(), mine->response->bytes()));
    }
    EXPECT_EQ(its->delegate != nullptr, mine->delegate != nullptr);
    if (its->delegate != nullptr && mine->delegate != nullptr) {
      EXPECT_TRUE(Equal(its->delegate->bytes(), mine->delegate->bytes()));
    }
  }
  EXPECT_EQ(same, other.size());
  return same;
}

std::string CodeOf(const absl::Status& status) {
  return std::string(NameOf(ErrorCodeOf(status)));
}

TEST(OcspCacheFile, good_after_a_restart) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ocsp.cache";
  const Sample sample;
  ASSERT_TRUE(SaveOcspCache(sample.cache, path, kContext, kNow).ok());
  ASSERT_TRUE(
      SaveOcspCache(sample.cache, path, kContext, kNow).ok());  // over it
  const std::filesystem::directory_iterator files(folder.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 2)
      << "all but it and its lock is gone";
  // Who may open the lock could keep this account from saving.
  EXPECT_EQ(
      std::filesystem::status(path + ".lock").permissions(),
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  OcspCache next({.copies = ResponseCopies::kKept});
  next.AddIssuer({9});  // so that the numbers are others
  const auto load = LoadOcspCache(path, {kContext, kNow}, &next);
  ASSERT_TRUE(load.ok()) << load.status();
  EXPECT_EQ(load->answers, 40u);
  EXPECT_EQ(load->rest, OcspCacheLoad::Rest::kWhole);
  EXPECT_EQ(CountSame(sample, next), 40u);
  EXPECT_EQ(next.Lookup(At(kNow), sample.KeyOf(99)).cause, Cause::kNoSource);
}

TEST(OcspCacheFile, good_only_what_has_not_ended) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ocsp.cache";
  const Sample sample;
  ASSERT_TRUE(SaveOcspCache(sample.cache, path, kContext, kNow).ok());
  OcspCache next;
  const auto load = LoadOcspCache(path, {kContext, kNow + hours(10)}, &next);
  ASSERT_TRUE(load.ok());
  EXPECT_EQ(load->ended, 4u);  // of `good` and `unknown` with 1 to 9 hours
  EXPECT_EQ(load->answers, 36u);
}

// Kept for a day where it has no nextUpdate; then less is allowed, or more.
TEST(OcspCacheFile, good_without_next_update_no_longer_than_allowed_now) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ocsp.cache";
  OcspCache cache;
  const SerialNumber serial = *SerialNumber::FromText("0102");
  OcspAnswer answer;
  answer.status = OcspStatus::kGood;
  answer.this_update = kNow;
  answer.until = kNow + hours(24);
  answer.end = OcspAnswer::End::kSetByCaller;
  cache.Put({serial, cache.AddIssuer({1})}, answer, kNow);
  ASSERT_TRUE(SaveOcspCache(cache, path, kContext, kNow).ok());
  const auto ends = [&](std::optional<seconds> lifetime) {
    OcspCache next;
    EXPECT_TRUE(LoadOcspCache(path, {kContext, kNow, lifetime}, &next).ok());
    const auto read = next.Explain({serial, next.FindIssuer({1})});
    return read.has_value() ? read->until : Time();
  };
  EXPECT_EQ(ends(std::nullopt), answer.until);
  EXPECT_EQ(ends(hours(48)), answer.until);
  EXPECT_EQ(ends(seconds(300)), kNow + seconds(300));
  EXPECT_EQ(ends(seconds(0)), Time()) << "whatever the clocks' difference is";
}

TEST(OcspCacheFile, invalid_under_another_policy_and_without_a_file) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ocsp.cache";
  OcspCache next;
  EXPECT_EQ(CodeOf(LoadOcspCache(path, {kContext, kNow}, &next).status()),
            "no_such_file");
  ASSERT_TRUE(SaveOcspCache(Sample().cache, path, kContext, kNow).ok());
  EXPECT_EQ(CodeOf(LoadOcspCache(path, {{8}, kNow}, &next).status()),
            "store_version");
  EXPECT_EQ(CodeOf(SaveOcspCache(next, folder.path() + "/no/ocsp.cache",
                                 kContext, kNow)),
            "no_such_file");
  EXPECT_EQ(next.size(), 0u);
}

TEST(OcspCacheFile, never_wrong_whatever_is_damaged) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ocsp.cache";
  const Sample sample;
  ASSERT_TRUE(SaveOcspCache(sample.cache, path, kContext, kNow).ok());
  const auto file = Buffer::ReadFile(path);
  ASSERT_TRUE(file.ok());
  const Bytes whole = (*file)->bytes();
  const auto read = [&](Bytes octets) {
    OcspCache next({.max_answers = 64, .copies = ResponseCopies::kKept});
    const auto load = ReadOcspCache(octets, "file", {kContext, kNow}, &next);
    const size_t same = CountSame(sample, next);
    EXPECT_TRUE(!load.ok() || load->rest == OcspCacheLoad::Rest::kDamaged ||
                same == Sample::kAnswers);
    return load.ok() && load->rest == OcspCacheLoad::Rest::kWhole;
  };
  EXPECT_TRUE(read(whole));
  for (size_t i = 0; i < whole.size(); ++i) {
    std::vector<uint8_t> damaged(whole.begin(), whole.end());
    damaged[i] ^= 0x10;
    EXPECT_FALSE(read(damaged)) << "octet " << i;
  }
  // A file that ends behind a block is whole, as far as it goes.
  for (size_t size = 0; size < whole.size(); ++size) {
    if (size != 64 + 2 * 32) {
      EXPECT_FALSE(read(whole.first(size))) << size << " octets";
    }
  }
}

// A cache with one answer, about the same serial each time.
OcspCache& Put(OcspCache& cache, const Sha256Digest& issuer,
               OcspStatus status) {
  OcspAnswer answer;
  answer.status = status;
  answer.this_update = kNow;
  answer.until = kNow + hours(1);
  cache.Put({*SerialNumber::FromText("0102"), cache.AddIssuer(issuer)}, answer,
            kNow);
  return cache;
}

// Two writers of one file: the head of one, with its issuers or its context,
// before the records of the other.
TEST(OcspCacheFile, unknown_under_the_head_of_another_file) {
  const TemporaryFolder folder;
  const auto octets_of = [&](const Sha256Digest& issuer, OcspStatus status,
                             const Sha256Digest& context) {
    OcspCache cache;
    const std::string path = folder.path() + "/ocsp.cache";
    std::filesystem::remove(path);  // or it is joined with what is there
    EXPECT_TRUE(
        SaveOcspCache(Put(cache, issuer, status), path, context, kNow).ok());
    const auto file = Buffer::ReadFile(path);
    const Bytes octets = (*file)->bytes();
    return std::vector<uint8_t>(octets.begin(), octets.end());
  };
  const auto read = [&](std::vector<uint8_t> file,
                        const std::vector<uint8_t>& records) {
    constexpr size_t kHead = 64 + 32;
    std::copy(records.begin() + kHead, records.end(), file.begin() + kHead);
    OcspCache cache;
    const auto load = ReadOcspCache(file, "file", {kContext, kNow}, &cache);
    EXPECT_TRUE(load.ok());
    EXPECT_EQ(load->answers, cache.size());
    return std::pair(cache.size(), load->rest);
  };
  const auto revoked = octets_of({1}, OcspStatus::kRevoked, kContext);
  const auto other = octets_of({2}, OcspStatus::kGood, kContext);
  const auto lenient = octets_of({1}, OcspStatus::kGood, {8});
  using Rest = OcspCacheLoad::Rest;
  EXPECT_EQ(read(revoked, revoked), std::pair(size_t{1}, Rest::kWhole));
  EXPECT_EQ(read(revoked, other), std::pair(size_t{0}, Rest::kDamaged));
  EXPECT_EQ(read(revoked, lenient), std::pair(size_t{0}, Rest::kDamaged));
}

TEST(OcspCacheFile, revoked_whoever_else_saves_to_the_same_path) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ocsp.cache";
  OcspCache first, second;
  Put(first, {1}, OcspStatus::kRevoked);
  Put(first, {2}, OcspStatus::kGood);
  Put(second, {2}, OcspStatus::kGood);  // the issuers in another order
  Put(second, {1}, OcspStatus::kRevoked);
  for (int round = 0; round < 20; ++round) {
    absl::Status saved;
    std::thread writer(
        [&] { saved = SaveOcspCache(second, path, kContext, kNow); });
    EXPECT_TRUE(SaveOcspCache(first, path, kContext, kNow).ok());
    writer.join();
    EXPECT_TRUE(saved.ok()) << saved;
    OcspCache next;
    const auto load = LoadOcspCache(path, {kContext, kNow}, &next);
    ASSERT_TRUE(load.ok());
    EXPECT_EQ(load->rest, OcspCacheLoad::Rest::kWhole);
    const auto status = [&](const Sha256Digest& issuer) {
      const SerialNumber serial = *SerialNumber::FromText("0102");
      return next.Lookup(At(kNow), {serial, next.FindIssuer(issuer)}).status;
    };
    EXPECT_EQ(status({1}), Status::kRevoked);
    EXPECT_EQ(status({2}), Status::kActive);
  }
}

// A cache that was read before another process learnt more, and is saved after.
TEST(OcspCacheFile, revoked_that_another_has_saved_meanwhile) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ocsp.cache";
  OcspCache slow, quick;
  Put(slow, {1}, OcspStatus::kGood);
  Put(slow, {2}, OcspStatus::kGood);
  Put(quick, {1}, OcspStatus::kRevoked);
  ASSERT_TRUE(SaveOcspCache(quick, path, kContext, kNow).ok());
  ASSERT_TRUE(SaveOcspCache(slow, path, kContext, kNow).ok());
  OcspCache next;
  ASSERT_TRUE(LoadOcspCache(path, {kContext, kNow}, &next).ok());
  const SerialNumber serial = *SerialNumber::FromText("0102");
  const auto status = [&](const Sha256Digest& issuer) {
    return next.Lookup(At(kNow), {serial, next.FindIssuer(issuer)}).status;
  };
  EXPECT_EQ(status({1}), Status::kRevoked);
  EXPECT_EQ(status({2}), Status::kActive);
  EXPECT_EQ(slow.Lookup(At(kNow), {serial, slow.FindIssuer({1})}).status,
            Status::kActive)
      << "what is saved is not changed";
  // What nobody has learnt does not take away what was known.
  ASSERT_TRUE(SaveOcspCache(OcspCache(), path, kContext, kNow).ok());
  OcspCache last;
  EXPECT_EQ(LoadOcspCache(path, {kContext, kNow}, &last)->answers, 2u);
}

TEST(OcspCacheFile, invalid_over_what_is_no_cache) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/server.key";
  for (const std::string text : {"-----BEGIN PRIVATE KEY-----\n", "R", "\n"}) {
    std::ofstream(path) << text;
    EXPECT_EQ(CodeOf(CheckReplaceable(path)), "not_writable");
    EXPECT_EQ(CodeOf(SaveOcspCache(Sample().cache, path, kContext, kNow)),
              "not_writable");
    const auto file = Buffer::ReadFile(path);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(TextOf((*file)->bytes()), text);
  }
  std::ofstream(path).close();  // empty: nothing is lost
  EXPECT_TRUE(SaveOcspCache(Sample().cache, path, kContext, kNow).ok());
}

TEST(OcspCacheFile, good_with_many_blocks_and_one_damaged) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/ocsp.cache";
  OcspCache cache;
  const OcspIssuerNumber issuer = cache.AddIssuer({1});
  OcspAnswer answer;
  answer.status = OcspStatus::kGood;
  answer.this_update = kNow;
  answer.until = kNow + hours(1);
  for (uint16_t i = 0; i < 5000; ++i) {
    const uint8_t octets[] = {1, static_cast<uint8_t>(i >> 8),
                              static_cast<uint8_t>(i)};
    cache.Put({*SerialNumber::FromContent(octets), issuer}, answer, kNow);
  }
  ASSERT_TRUE(SaveOcspCache(cache, path, kContext, kNow).ok());
  const auto file = Buffer::ReadFile(path);
  std::vector<uint8_t> octets((*file)->bytes().begin(), (*file)->bytes().end());
  octets[150'000] ^= 1;  // in the second block
  OcspCache next;
  const auto load = ReadOcspCache(octets, "file", {kContext, kNow}, &next);
  ASSERT_TRUE(load.ok());
  EXPECT_EQ(load->rest, OcspCacheLoad::Rest::kDamaged);
  EXPECT_EQ(next.size(), 5000u - 1024);
}

}  // namespace
}  // namespace revstat::test
