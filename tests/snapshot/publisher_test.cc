// Lookups during a thousand publications: every batch's answers belong to
// exactly one version. Run under ThreadSanitizer as well.
#include "engine/snapshot/publisher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

constexpr int kVersions = 1000;
constexpr int kPrepared = 50;  // signed CRLs that the versions cycle through
constexpr int kReaders = 3;
constexpr size_t kSerials = 64;

std::string SerialText(size_t i) {
  return Concat({"01", ToHex(Octets{static_cast<uint8_t>(i)})});
}

// Version v lists all serials with a date of its own.
std::shared_ptr<const Buffer> CrlOfVersion(const TestAuthority& authority,
                                           int version) {
  CrlText text;
  text.entries.clear();
  const std::string minute = std::to_string(100 + version).substr(1);
  const Octets date = UtcTime("2601020304" + minute + "Z");
  for (size_t i = 0; i < kSerials; ++i)
    text.entries.push_back(Entry(IntegerOf(SerialText(i)), date));
  return authority.Crl(text);
}

std::unique_ptr<const Snapshot> SnapshotOfVersion(
    const std::shared_ptr<const Buffer>& certificate,
    const std::shared_ptr<const CrlSource>& source) {
  SnapshotBuilder builder;
  EXPECT_TRUE(builder.AddIssuer(certificate).ok());
  EXPECT_TRUE(builder.AddCrl(source, 0).ok());
  return builder.Build();
}

// The number of batches whose answers were not all of one version.
int ReadUntil(const SnapshotPublisher& publisher,
              const std::atomic<bool>& stop) {
  std::vector<LookupKey> keys;
  for (size_t i = 0; i < kSerials; ++i) keys.push_back(Key(SerialText(i)));
  std::vector<Verdict> verdicts(kSerials);
  int torn = 0;
  do {
    const SnapshotPublisher::Reader snapshot(publisher);
    snapshot->Lookup(At(kDuring), keys, verdicts);
    for (const Verdict& verdict : verdicts) {
      const bool same =
          verdict.status == Status::kRevoked &&
          verdict.revocation_seconds == verdicts[0].revocation_seconds;
      torn += same ? 0 : 1;
    }
    // Pairs with the store after the last publication.
  } while (!stop.load(std::memory_order_acquire));
  return torn;
}

TEST(Publisher, EveryBatchBelongsToOneOfAThousandVersions) {
  const TestAuthority authority;
  const auto certificate = authority.Certificate();
  const auto view = CertificateView::Parse(certificate->bytes());
  ASSERT_TRUE(view.ok());
  std::vector<std::shared_ptr<const CrlSource>> sources;
  for (int v = 0; v < kPrepared; ++v) {
    const auto source =
        CrlSource::Ingest(CrlOfVersion(authority, v), {&*view, 1}, {});
    ASSERT_TRUE(source.ok()) << source.status();
    sources.push_back(*source);
  }
  SnapshotPublisher publisher(SnapshotOfVersion(certificate, sources[0]));
  std::atomic<bool> stop = false;
  std::vector<int> torn(kReaders, -1);
  std::vector<std::thread> readers;
  for (int r = 0; r < kReaders; ++r) {
    readers.emplace_back(
        [&, r] { torn[static_cast<size_t>(r)] = ReadUntil(publisher, stop); });
  }
  for (int v = 1; v <= kVersions; ++v) {
    publisher.Publish(SnapshotOfVersion(
        certificate, sources[static_cast<size_t>(v % kPrepared)]));
  }
  stop.store(true, std::memory_order_release);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn, std::vector<int>(kReaders, 0));
}

TEST(Publisher, ReaderKeepsItsVersionWhileItLives) {
  const TestAuthority authority;
  SnapshotPublisher publisher(SnapshotOf(authority, {CrlText{}}));
  {
    const SnapshotPublisher::Reader before(publisher);
    EXPECT_EQ(before->Lookup(At(kDuring), Key("0123")).status,
              Status::kRevoked);
  }
  CrlText empty;
  empty.entries.clear();
  publisher.Publish(SnapshotOf(authority, {empty}));
  const SnapshotPublisher::Reader after(publisher);
  EXPECT_EQ(after->Lookup(At(kDuring), Key("0123")).status, Status::kActive);
}

}  // namespace
}  // namespace revstat::test
