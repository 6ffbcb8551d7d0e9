// Lookups in many lists: what the routers answer is what every list answers,
// whatever is added between one snapshot and the next.
#include "engine/snapshot/routing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/index/crl_index.h"
#include "tests/snapshot/test_authority.h"
#include "tests/snapshot/verdict_text.h"

namespace revstat::test {
namespace {

// A CA with partitions and deltas, all drawn; some serials are in several, some
// held and lifted.
class ManyLists {
 public:
  explicit ManyLists(uint32_t seed) : random_(seed) {
    EXPECT_TRUE(builder_.AddIssuer(authority_.Certificate()).ok());
    if (Draw(2) == 0) builder_.DeclareAllPartitionsHeld();
    for (int i = 0; i < 60; ++i) serials_.push_back(SerialOf(i));
  }

  // One more CRL: of a new partition, or a newer one or a delta of an old one.
  void Add() {
    const size_t partition = Draw(static_cast<uint32_t>(numbers_.size()) + 3);
    if (partition >= numbers_.size()) {
      numbers_.push_back(0);
      return Ingest(numbers_.size() - 1, Kind::kComplete);
    }
    Ingest(partition, Draw(2) == 0 ? Kind::kDelta : Kind::kComplete);
  }

  void ExpectRoutedAnswersAreThoseOfEveryList() {
    const auto snapshot = builder_.Build();
    const Coverage all = snapshot->Restrict(snapshot->BareCoverage(0),
                                            [](IssuerId) { return true; });
    std::vector<LookupKey> keys;
    for (const std::string& serial : serials_) keys.push_back(Key(serial));
    for (int i = 0; i < 1200; ++i) keys.push_back(Key(Any()));
    for (const char* at : {"2026-01-03", "2026-01-15", "2026-03-01"}) {
      std::vector<Verdict> routed(keys.size());
      snapshot->Lookup(At(at), keys, routed);
      std::vector<LookupKey> mixed = keys;
      for (size_t i = 0; i < mixed.size(); i += 7) mixed[i].issuer = 5;
      std::vector<Verdict> in_mixture(keys.size());
      snapshot->Lookup(At(at), mixed, in_mixture);
      for (size_t i = 0; i < keys.size(); ++i) {
        const std::string expected =
            WholeTextOf(snapshot->Lookup(At(at), all, keys[i].serial));
        ASSERT_EQ(WholeTextOf(routed[i]), expected) << keys[i].serial.ToText();
        ASSERT_EQ(WholeTextOf(snapshot->Lookup(At(at), keys[i])), expected);
        if (mixed[i].issuer != 0) continue;
        ASSERT_EQ(WholeTextOf(in_mixture[i]), expected);
      }
    }
  }

  SnapshotBuilder& builder() { return builder_; }

 private:
  enum class Kind { kComplete, kDelta };

  uint32_t Draw(uint32_t below) {
    return std::uniform_int_distribution<uint32_t>(0, below - 1)(random_);
  }
  static std::string SerialOf(int i) {
    return Concat({"01", std::to_string(1000 + i)});
  }
  std::string Any() {
    return Concat({"02", std::to_string(100000 + Draw(900000))});
  }

  Octets EntryOf(const std::string& serial, Kind kind) {
    const uint32_t what = Draw(kind == Kind::kDelta ? 4 : 3);
    std::vector<Octets> extensions;
    if (what == 1) extensions = {Reason(6)};
    if (what == 2) extensions = {Reason(1)};
    if (what == 3) extensions = {Reason(8)};
    return Entry(IntegerOf(serial),
                 UtcTime(Draw(4) == 0 ? "260120000000Z" : "260102000000Z"),
                 extensions);
  }

  void Ingest(size_t partition, Kind kind) {
    CrlText text;
    const uint32_t before = numbers_[partition]++;
    text.this_update = UtcTime(
        Concat({"2601", std::to_string(10 + std::min(before, 9u)), "000000Z"}));
    if (Draw(5) == 0) text.next_update = UtcTime("260120000000Z");
    text.extensions = {Number(before + 1)};
    if (kind == Kind::kDelta) {
      text.extensions.push_back(
          MakeExtension("2.5.29.27", Integer(before), Criticality::kCritical));
    }
    const Octets uri = Tlv(der::ContextPrimitive(6),
                           AsciiOf("http://a/" + std::to_string(partition)));
    text.extensions.push_back(
        IssuingPoint({Nest(der::ContextConstructed(0),
                           {Nest(der::ContextConstructed(0), {uri})})}));
    text.entries.clear();
    std::vector<std::string> listed;
    for (uint32_t left = Draw(30); left > 0; --left) {
      listed.push_back(Draw(3) == 0 ? Any() : serials_[Draw(60)]);
      text.entries.push_back(EntryOf(listed.back(), kind));
    }
    builder_.IngestCrl(authority_.Crl(text), {}).IgnoreError();
  }

  static Octets AsciiOf(const std::string& text) {
    return {text.begin(), text.end()};
  }

  const TestAuthority authority_;
  std::mt19937 random_;
  SnapshotBuilder builder_;
  std::vector<uint32_t> numbers_;
  std::vector<std::string> serials_;
};

TEST(Routing, AnswersAsEveryListDoesUnderUpdates) {
  for (uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(Concat({"seed ", std::to_string(seed)}));
    ManyLists lists(seed);
    for (int step = 0; step < 12; ++step) {
      for (int i = 0; i < 4; ++i) lists.Add();
      lists.ExpectRoutedAnswersAreThoseOfEveryList();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(Routing, CopiesOfABuilderGoTheirOwnWays) {
  ManyLists lists(99);
  for (int i = 0; i < 20; ++i) lists.Add();
  lists.ExpectRoutedAnswersAreThoseOfEveryList();
  SnapshotBuilder copy = lists.builder();
  for (int i = 0; i < 20; ++i) lists.Add();
  const auto other = copy.Build();
  lists.ExpectRoutedAnswersAreThoseOfEveryList();
  std::swap(lists.builder(), copy);
  lists.ExpectRoutedAnswersAreThoseOfEveryList();
}

// A serial that far more lists have than a block of keys has room for.
TEST(Routing, SerialInEveryListIsRevoked) {
  const TestAuthority authority;
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.AddIssuer(authority.Certificate()).ok());
  for (uint32_t i = 0; i < 1100; ++i) {
    CrlText text;
    const std::string uri = "http://a/" + std::to_string(i);
    text.extensions = {
        Number(1),
        IssuingPoint({Nest(der::ContextConstructed(0),
                           {Nest(der::ContextConstructed(0),
                                 {Tlv(der::ContextPrimitive(6),
                                      {uri.begin(), uri.end()})})})})};
    text.entries = {
        Entry(IntegerOf("0111")),
        Entry(IntegerOf(Concat({"020", std::to_string(10000 + i)})))};
    ASSERT_TRUE(builder.IngestCrl(authority.Crl(text), {}).ok());
  }
  const auto snapshot = builder.Build();
  EXPECT_EQ(snapshot->Lookup(At(kDuring), Key("0111")).status,
            Status::kRevoked);
  std::vector<LookupKey> keys(700, Key("0111"));
  for (size_t i = 0; i < keys.size(); i += 2) keys[i] = Key("0333");
  keys[1] = Key("02010007");
  std::vector<Verdict> verdicts(keys.size());
  snapshot->Lookup(At(kDuring), keys, verdicts);
  for (size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ(verdicts[i].status,
              i % 2 == 0 ? Status::kUnknown : Status::kRevoked);
  }
}

// What RouterPool makes of lists, by their sizes alone.
class RouterPoolTest : public testing::Test {
 protected:
  // The set of a new source.
  RoutedList NewList(size_t size) {
    auto crl = std::make_unique<Indexed>();
    CrlText text;
    text.entries.clear();
    for (size_t i = 0; i < size; ++i) {
      text.entries.push_back(
          Entry(IntegerOf(Concat({"0", std::to_string(1000000 + made_++)}))));
    }
    crl->der = text.Der();
    crl->crl = *CrlView::Parse(crl->der);
    crl->index = *IndexCrl(crl->crl, HashKey::Random(), {});
    crl->set = *SerialSet::Open(crl->index.issuers.front().index.bytes(),
                                crl->crl.der());
    crls_.push_back(std::move(crl));
    const auto id = static_cast<uint32_t>(crls_.size());
    return {id, &crls_.back()->set, id};
  }
  std::vector<RoutedList> NewLists(size_t count, size_t size) {
    std::vector<RoutedList> lists;
    while (lists.size() < count) lists.push_back(NewList(size));
    return lists;
  }
  Routing Plan(const std::vector<RoutedList>& lists) {
    return RouterPool::Build(&pool_).Plan(lists);
  }
  // Every list is led to or asked, once.
  static void ExpectWhole(const Routing& routing,
                          const std::vector<RoutedList>& lists) {
    std::vector<uint32_t> reached = routing.asked;
    for (const Routing::Router& router : routing.routers)
      reached.insert(reached.end(), router.lists.begin(), router.lists.end());
    std::sort(reached.begin(), reached.end());
    std::vector<uint32_t> positions;
    for (const RoutedList& list : lists) positions.push_back(list.position);
    std::sort(positions.begin(), positions.end());
    EXPECT_EQ(reached, positions);
  }

 private:
  struct Indexed {
    Octets der;
    CrlView crl;
    CrlIndex index;
    SerialSet set;
  };
  std::vector<std::unique_ptr<Indexed>> crls_;
  size_t made_ = 0;
  RouterPool pool_;
};

TEST_F(RouterPoolTest, FewListsAreAsked) {
  EXPECT_TRUE(Plan(NewLists(RouterPool::kMostAsked, 5)).empty());
}

TEST_F(RouterPoolTest, ManyListsAreOneRouterWhichIsUsedAgain) {
  auto lists = NewLists(20, 5);
  const Routing first = Plan(lists);
  ASSERT_EQ(first.routers.size(), 1u);
  EXPECT_TRUE(first.asked.empty());
  ExpectWhole(first, lists);
  lists.push_back(NewList(5));
  lists[3] = NewList(7);
  const Routing second = Plan(lists);
  ASSERT_EQ(second.routers.size(), 1u);
  EXPECT_EQ(second.routers[0].router, first.routers[0].router);
  EXPECT_EQ(second.asked.size(), 2u);
  ExpectWhole(second, lists);
}

TEST_F(RouterPoolTest, NewListsBecomeARouterBesideTheOldOne) {
  auto lists = NewLists(100, 5);
  const Routing first = Plan(lists);
  for (const RoutedList& list : NewLists(6, 5)) lists.push_back(list);
  const Routing second = Plan(lists);
  ASSERT_EQ(second.routers.size(), 2u);
  EXPECT_TRUE(second.asked.empty());
  EXPECT_TRUE(second.routers[0].router == first.routers[0].router ||
              second.routers[1].router == first.routers[0].router);
  ExpectWhole(second, lists);
  // And with it, once they are many.
  for (const RoutedList& list : NewLists(80, 5)) lists.push_back(list);
  const Routing third = Plan(lists);
  EXPECT_EQ(third.routers.size(), 1u);
  ExpectWhole(third, lists);
}

TEST_F(RouterPoolTest, RouterToWhatIsGoneIsDropped) {
  const auto lists = NewLists(40, 5);
  const Routing first = Plan(lists);
  const std::vector<RoutedList> left(lists.begin(), lists.begin() + 10);
  const Routing second = Plan(left);
  ASSERT_EQ(second.routers.size(), 1u);
  EXPECT_NE(second.routers[0].router, first.routers[0].router);
  ExpectWhole(second, left);
}

TEST_F(RouterPoolTest, BaseIsNotReadForItsDeltas) {
  auto lists = NewLists(1, 1000);
  for (const RoutedList& delta : NewLists(8, 10)) lists.push_back(delta);
  const Routing routing = Plan(lists);
  ASSERT_EQ(routing.routers.size(), 1u);
  EXPECT_EQ(routing.routers[0].router->size(), 80u);
  EXPECT_EQ(routing.asked, std::vector<uint32_t>{lists[0].position});
}

TEST_F(RouterPoolTest, SourceInSeveralListsLeadsToAll) {
  auto lists = NewLists(10, 5);
  lists.push_back({lists[0].source, lists[0].set, 77});
  const Routing routing = Plan(lists);
  ASSERT_EQ(routing.routers.size(), 1u);
  ExpectWhole(routing, lists);
}

}  // namespace
}  // namespace revstat::test
