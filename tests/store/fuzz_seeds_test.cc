// The seeds of the fuzz targets are files of the format of today: others would
// be refused at their first octets, and nothing behind these be tried.
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/snapshot/crl_source.h"
#include "engine/store/file_system.h"
#include "engine/store/manifest.h"
#include "engine/store/segment.h"

namespace revstat::test {
namespace {

std::vector<std::string> SeedsOf(const std::string& target) {
  std::vector<std::string> seeds;
  for (const auto& file : std::filesystem::directory_iterator(
           std::string(REVSTAT_SEEDS) + "/" + target)) {
    if (file.path().filename().string().starts_with("good_"))
      seeds.push_back(file.path().string());
  }
  EXPECT_FALSE(seeds.empty());
  return seeds;
}

TEST(FuzzSeeds, good_segments) {
  for (const std::string& path : SeedsOf("segment")) {
    const auto file = FileSystem::System().Map(path);
    ASSERT_TRUE(file.ok()) << file.status();
    const auto segment =
        Segment::Open(Buffer::Share(*file, (*file)->bytes()), path);
    ASSERT_TRUE(segment.ok()) << segment.status();
    EXPECT_TRUE(CrlSource::FromSegment(*segment).ok()) << path;
  }
}

TEST(FuzzSeeds, good_manifests) {
  for (const std::string& path : SeedsOf("manifest")) {
    const auto file = Buffer::ReadFile(path);
    ASSERT_TRUE(file.ok()) << file.status();
    const auto manifest = DecodeManifest(*file, path);
    EXPECT_TRUE(manifest.ok()) << manifest.status();
  }
}

}  // namespace
}  // namespace revstat::test
