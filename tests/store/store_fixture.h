// A folder of its own for each test, and CRLs to put into a store there.
#ifndef REVSTAT_TESTS_STORE_STORE_FIXTURE_H_
#define REVSTAT_TESTS_STORE_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "engine/check/store_reader.h"
#include "engine/refresh/store_updater.h"
#include "tests/snapshot/test_authority.h"
#include "tests/support/expect.h"

namespace revstat::test {

// Removed with the object. In memory where that can be: these tests sync
// thousands of times, and what a disk would keep makes no difference to them.
class TestFolder {
 public:
  TestFolder() {
    for (const auto& parent : {std::filesystem::path("/dev/shm"),
                               std::filesystem::temp_directory_path()}) {
      std::string name = (parent / "revstat-store-XXXXXX").string();
      if (mkdtemp(name.data()) == nullptr) continue;
      path_ = name;
      return;
    }
    throw std::runtime_error("no folder for temporary files");
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string store() const { return path_ + "/store"; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline EvidencePolicy PolicyAt(std::string_view time) {
  EvidencePolicy policy;
  policy.lookup = At(time);
  return policy;
}

inline Time During() { return *ParseTime(kDuring); }

// Complete, with this number and these serials.
inline CrlText NumberedCrl(uint32_t number,
                           const std::vector<std::string_view>& serials) {
  CrlText text;
  text.extensions = {Number(number)};
  text.entries.clear();
  for (std::string_view serial : serials)
    text.entries.push_back(Entry(IntegerOf(serial)));
  return text;
}
inline CrlText DeltaCrl(uint32_t base, uint32_t number,
                        const std::vector<std::string_view>& serials) {
  CrlText text = NumberedCrl(number, serials);
  text.extensions.push_back(
      MakeExtension("2.5.29.27", Integer(base), Criticality::kCritical));
  return text;
}

inline std::unique_ptr<StoreUpdater> MustOpen(
    const std::string& folder, const StoreUpdaterOptions& options = {},
    FileSystem* files = &FileSystem::System()) {
  auto updater = StoreUpdater::Open(folder, options, files);
  EXPECT_TRUE(updater.ok()) << updater.status();
  return updater.ok() ? *std::move(updater) : nullptr;
}

inline TakeResult MustTake(StoreUpdater* updater, const Buffer& der) {
  auto result = updater->Take(der, During());
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : TakeResult{};
}

// The status of a serial of the store's first issuer.
inline Status StatusIn(const StoreReader& reader, std::string_view serial,
                       std::string_view time = kDuring) {
  const SnapshotPublisher::Reader snapshot(reader.publisher());
  return snapshot->Lookup(At(time), Key(serial)).status;
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_STORE_STORE_FIXTURE_H_
