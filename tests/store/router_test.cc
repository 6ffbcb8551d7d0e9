// The routers of a CA that has many lists: made by the writer, so that readers
// only map them.
#include <algorithm>
#include <cstring>
#include <functional>

#include "engine/check/store_check.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {
namespace {

// Where the table begins; what is before it, but for padding, is checked.
constexpr size_t kTable = 4096;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class StoreRouting : public testing::Test {
 protected:
  static CrlText Partition(uint32_t number, uint32_t partition) {
    CrlText text = NumberedCrl(number, {});
    // Serials that only this partition lists, and more with each number.
    for (uint32_t i = 0; i < 10 + number; ++i)
      text.entries.push_back(Entry(Integer(1 + 100 * partition + i)));
    text.extensions.push_back(IssuingPoint(
        {Nest(der::ContextConstructed(0),
              {Nest(der::ContextConstructed(0),
                    {Tlv(der::ContextPrimitive(6),
                         Octets{'p', static_cast<uint8_t>(partition)})})})}));
    return text;
  }
  void Commit(uint32_t number, uint32_t first, uint32_t end) {
    const auto updater = MustOpen(folder_.store());
    ASSERT_TRUE(updater->AddTrusted(ca_.Certificate()).ok());
    for (uint32_t i = first; i < end; ++i) {
      const auto taken =
          MustTake(updater.get(), *ca_.Crl(Partition(number, i)));
      ASSERT_EQ(taken.outcome, TakeResult::Outcome::kTaken) << taken.refusal;
    }
    ASSERT_TRUE(updater->Commit(During()).ok());
  }
  StoreContents Contents() const {
    auto contents = ReadStore(&FileSystem::System(), names_, nullptr);
    EXPECT_TRUE(contents.ok()) << contents.status();
    return *std::move(contents);
  }
  // By a reader that opens the store now, whose own routers are the store's.
  void ExpectAnswers(uint32_t number, uint32_t partitions) const {
    EvidencePolicy policy = PolicyAt(kDuring);
    policy.partitions = Partitions::kAllHeld;
    const auto reader = *StoreReader::Open(folder_.store(), policy);
    const SnapshotPublisher::Reader snapshot(reader->publisher());
    std::vector<LookupKey> keys;
    std::vector<Status> expected;
    for (uint32_t partition = 0; partition < partitions; ++partition) {
      for (uint32_t i = 0; i < 30; ++i) {
        const Octets octets = Integer(1 + 100 * partition + i);
        keys.push_back(
            {*SerialNumber::FromContent(Bytes(octets).subspan(2)), 0, 0});
        expected.push_back(i < 10 + number ? Status::kRevoked
                                           : Status::kActive);
      }
    }
    std::vector<Verdict> verdicts(keys.size());
    snapshot->Lookup(policy.lookup, keys, verdicts);
    for (size_t i = 0; i < keys.size(); ++i)
      EXPECT_EQ(verdicts[i].status, expected[i]) << i;
    const StoreContents contents = Contents();
    for (const StoredRouter& router : contents.routers)
      EXPECT_TRUE(CheckStoredRouter(contents, router, names_).ok());
  }
  size_t RouterFiles() const {
    size_t files = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(names_.Segments()))
      files += entry.path().extension() == ".rtr";
    return files;
  }

  const TestFolder folder_;
  const StoreFiles names_{folder_.store()};
  const TestAuthority ca_;
};

TEST_F(StoreRouting, revoked_by_the_lists_that_a_stored_router_leads_to) {
  Commit(1, 0, 12);
  const StoreContents contents = Contents();
  ASSERT_EQ(contents.routers.size(), 1u);
  EXPECT_EQ(contents.routers[0].file->segments().size(), 12u);
  EXPECT_EQ(contents.routers[0].file->router()->size(), 12u * 11);
  ExpectAnswers(1, 12);
}

TEST_F(StoreRouting, revoked_by_lists_that_are_in_a_pack) {
  for (uint32_t number = 1; number <= 3; ++number) {
    Commit(number, 0, 70);
    EXPECT_EQ(Contents().packs.size(), 1u);
    EXPECT_EQ(Contents().routers.size(), 1u);
    ExpectAnswers(number, 70);
  }
}

TEST_F(StoreRouting, good_without_a_router_where_lists_are_few) {
  Commit(1, 0, RouterPool::kMostAsked);
  EXPECT_TRUE(Contents().routers.empty());
  EXPECT_EQ(RouterFiles(), 0u);
}

// As lists are replaced, in few and in many at a time, the old routers go.
TEST_F(StoreRouting, revoked_while_lists_are_replaced) {
  Commit(1, 0, 12);
  Commit(2, 0, 3);  // these are asked beside the router
  EXPECT_EQ(Contents().routers.size(), 1u);
  Commit(2, 3, 12);
  EXPECT_GE(Contents().routers.size(), 1u);
  EXPECT_EQ(RouterFiles(), Contents().routers.size());
  ExpectAnswers(2, 12);
  for (uint32_t number = 3; number < 9; ++number) Commit(number, 0, 12);
  EXPECT_EQ(RouterFiles(), Contents().routers.size());
  ExpectAnswers(8, 12);
}

TEST_F(StoreRouting, invalid_damaged_router) {
  Commit(1, 0, 12);
  const std::string path = names_.RouterPath(Contents().routers[0].record.id);
  const std::string good = ReadAll(path);
  const size_t checked = 64 + 12 * 8;
  for (size_t i = 0; i < checked; ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 4);
    std::ofstream(path, std::ios::binary) << bad;
    const auto opened = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
    EXPECT_FALSE(opened.ok()) << i;
  }
  for (size_t i = kTable; i < good.size(); i += 5) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 4);
    std::ofstream(path, std::ios::binary) << bad;
    const auto contents = ReadStore(&FileSystem::System(), names_, nullptr);
    EXPECT_TRUE(
        !contents.ok() ||
        !CheckStoredRouter(*contents, contents->routers[0], names_).ok())
        << i;
  }
  for (size_t size = 0; size < good.size(); size += 97) {
    std::ofstream(path, std::ios::binary) << good.substr(0, size);
    EXPECT_FALSE(StoreReader::Open(folder_.store(), PolicyAt(kDuring)).ok());
  }
  std::filesystem::remove(path);
  EXPECT_EQ(CodeOf(StoreReader::Open(folder_.store(), PolicyAt(kDuring))),
            ErrorCode::kStoreDamaged);
}

// The key and the counts: what would send every lookup nowhere.
TEST_F(StoreRouting, invalid_each_bit_of_the_head_of_a_router) {
  Commit(1, 0, 12);
  const std::string path = names_.RouterPath(Contents().routers[0].record.id);
  const std::string good = ReadAll(path);
  const auto open_after = [&](size_t bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    std::ofstream(path, std::ios::binary) << bad;
    return CodeOf(StoreReader::Open(folder_.store(), PolicyAt(kDuring)));
  };
  for (size_t bit = 0; bit < 8 * sizeof(SerialSetHeader); ++bit)
    EXPECT_EQ(open_after(8 * kTable + bit), ErrorCode::kStoreDamaged) << bit;
  std::ofstream(path, std::ios::binary) << good;
  ExpectAnswers(1, 12);
}

// Readers answer by it, or do not open: no other command would make it anew.
TEST_F(StoreRouting, revoked_once_a_writer_has_set_a_damaged_router_aside) {
  const std::function<void(std::string&)> damages[] = {
      [](std::string& router) {  // every line and every part
        std::fill(router.begin() + kTable + sizeof(SerialSetHeader),
                  router.end(), '\0');
      },
      [](std::string& router) {  // a bit of the key
        router[kTable + 40] = static_cast<char>(router[kTable + 40] ^ 1);
      },
      [](std::string& router) {  // the part of one serial
        router.back() = static_cast<char>(router.back() ^ 1);
      },
  };
  for (const auto& damage : damages) {
    std::filesystem::remove_all(folder_.store());
    Commit(1, 0, 12);
    const std::string path = names_.RouterPath(Contents().routers[0].record.id);
    std::string bad = ReadAll(path);
    damage(bad);
    std::ofstream(path, std::ios::binary) << bad;
    {
      const auto updater = MustOpen(folder_.store());
      ASSERT_EQ(updater->lost().size(), 1u);
      EXPECT_EQ(updater->lost()[0].path, path);
      EXPECT_EQ(ErrorCodeOf(updater->lost()[0].why), ErrorCode::kStoreDamaged);
      ASSERT_TRUE(updater->Commit(During()).ok());
    }
    EXPECT_EQ(ReadAll(path + ".damaged"), bad);
    const StoreContents contents = Contents();
    ASSERT_EQ(contents.routers.size(), 1u);
    EXPECT_NE(names_.RouterPath(contents.routers[0].record.id), path);
    EXPECT_EQ(RouterFiles(), 1u);
    ExpectAnswers(1, 12);
  }
}

// The checksums are right, and yet it leads nowhere.
TEST_F(StoreRouting, invalid_router_that_misses_a_list) {
  Commit(1, 0, 12);
  const StoreContents contents = Contents();
  std::vector<const SerialSet*> sets;
  for (size_t i = 0; i + 1 < contents.crls.size(); ++i)
    sets.push_back(&contents.crls[i].source->issuer_sets().front().set);
  const auto made = SerialRouter::Build(sets, HashKey::Random());
  const std::string path = names_.RouterPath(99);
  auto staged = *StagedFile::Create(&FileSystem::System(),
                                    names_.Incoming() + "/crl-1.part", 0);
  ASSERT_TRUE(
      WriteRouter(staged.get(), *made, contents.routers[0].file->segments())
          .ok());
  const auto file = *RouterFile::Open(*staged->Map(), path);
  const absl::Status status = CheckStoredRouter(contents, {{}, file}, names_);
  EXPECT_EQ(ErrorCodeOf(status), ErrorCode::kStoreDamaged);
  EXPECT_NE(MessageOf(status).find("11 serials of"), std::string_view::npos)
      << status;
}

}  // namespace
}  // namespace revstat::test
