// Stores of more small CRLs than stay in files of their own.
#ifndef REVSTAT_TESTS_STORE_PACK_FIXTURE_H_
#define REVSTAT_TESTS_STORE_PACK_FIXTURE_H_

#include <algorithm>
#include <string>
#include <vector>

#include "engine/store/pack_file.h"
#include "tests/store/store_fixture.h"

namespace revstat::test {

inline constexpr size_t kFewest = PackLimits().fewest;
inline constexpr size_t kCas = kFewest + 6;

inline Octets ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return Octets(std::istreambuf_iterator<char>(in), {});
}
inline void WriteTo(const std::string& path, const Octets& octets) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(octets.data()),
            static_cast<std::streamsize>(octets.size()));
}

// The CRL of number n of each CA lists 01 to n.
class StorePacks : public testing::Test {
 protected:
  StorePacks() {
    for (size_t i = 0; i < kCas; ++i)
      cas_.emplace_back(Concat({"CA ", std::to_string(i)}));
  }

  // Those of the CAs from `first` to `end`.
  bool Commit(uint32_t number, size_t first, size_t end,
              FileSystem* files = &FileSystem::System()) {
    const auto updater = StoreUpdater::Open(folder_.store(), options_, files);
    if (!updater.ok()) return false;
    const std::vector<std::string_view> serials = {"01", "02", "03", "04"};
    for (size_t i = first; i < end; ++i) {
      if (!(*updater)->AddTrusted(cas_[i].Certificate()).ok()) return false;
      const auto taken = (*updater)->Take(
          *cas_[i].Crl(
              NumberedCrl(number, {serials.begin(), serials.begin() + number})),
          During());
      if (!taken.ok() || taken->outcome == TakeResult::Outcome::kRefused)
        return false;
    }
    return (*updater)->Commit(During()).ok();
  }

  StoreContents Contents(const StoreContents* held = nullptr) const {
    auto contents = ReadStore(&FileSystem::System(), names_, held);
    EXPECT_TRUE(contents.ok()) << contents.status();
    return contents.ok() ? *std::move(contents) : StoreContents();
  }

  // The number of each CA's CRL that answers; 0 for none.
  std::vector<uint32_t> Numbers(const StoreReader& reader) const {
    const SnapshotPublisher::Reader snapshot(reader.publisher());
    std::vector<uint32_t> numbers;
    for (const TestAuthority& ca : cas_) {
      const IssuerId issuer =
          snapshot->IssuerWithCertificate(Sha256(ca.Certificate()->bytes()));
      uint32_t number = 0;
      for (const char* serial : {"01", "02", "03", "04", "05"}) {
        const Status status =
            snapshot->Lookup(At(kDuring), Key(serial, issuer)).status;
        if (status == Status::kRevoked) ++number;
        if (status == Status::kActive) break;
      }
      numbers.push_back(number);
    }
    return numbers;
  }
  std::vector<uint32_t> Numbers() const {
    const auto reader = StoreReader::Open(folder_.store(), PolicyAt(kDuring));
    EXPECT_TRUE(reader.ok()) << reader.status();
    return reader.ok() ? Numbers(**reader) : std::vector<uint32_t>();
  }
  absl::Status OpenStatus() const {
    return StoreReader::Open(folder_.store(), PolicyAt(kDuring)).status();
  }

  size_t Files(std::string_view extension) const {
    size_t files = 0;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder_.store()))
      files += entry.path().extension() == extension;
    return files;
  }
  int Manifests() const { return std::filesystem::exists(names_.Manifest()); }
  // Of this store, that are gone and still mapped by this process.
  size_t MappedAndGone() const {
    std::ifstream maps("/proc/self/maps");
    size_t count = 0;
    for (std::string line; std::getline(maps, line);) {
      count += line.find(folder_.path()) != std::string::npos &&
               line.find("(deleted)") != std::string::npos;
    }
    return count;
  }

  const TestFolder folder_;
  const StoreFiles names_{folder_.store()};
  StoreUpdaterOptions options_;
  std::vector<TestAuthority> cas_;
};

// `first` of them have this number, the others that.
inline std::vector<uint32_t> FirstOf(size_t first, uint32_t number,
                                     uint32_t others) {
  std::vector<uint32_t> numbers(kCas, others);
  std::fill_n(numbers.begin(), first, number);
  return numbers;
}

// Packs of a few segments, made before there is a commit.
class StoreManyPacks : public StorePacks {
 protected:
  StoreManyPacks() { options_.packing = {4, 4000}; }
};

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_STORE_PACK_FIXTURE_H_
