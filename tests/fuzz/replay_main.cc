// Runs a fuzz target over files, and over all files in folders: what a fuzzer
// once found stays found, in every build and without a fuzzer.
//
//   fuzz_replay_TARGET FILE|FOLDER...
//
// A FOLDER that is not there is named as skipped; exit status 77 if there was
// no input at all.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "engine/base/buffer.h"
#include "tests/fuzz/target.h"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> FilesOf(const fs::path& path) {
  std::vector<fs::path> files;
  if (fs::is_directory(path)) {
    for (const auto& item : fs::recursive_directory_iterator(path)) {
      if (item.is_regular_file()) files.push_back(item.path());
    }
  } else if (fs::exists(path)) {
    files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  size_t inputs = 0;
  for (int i = 1; i < argc; ++i) {
    const auto files = FilesOf(argv[i]);
    if (files.empty()) std::cout << "skipped: no corpora: " << argv[i] << "\n";
    for (const fs::path& file : files) {
      const auto buffer = revstat::Buffer::ReadFile(file.string());
      if (!buffer.ok()) {
        std::cout << buffer.status() << "\n";
        return 1;
      }
      // Named before it runs: a crash leaves no other trace.
      std::cout << file.string() << std::endl;
      const revstat::Bytes bytes = (*buffer)->bytes();
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
      ++inputs;
    }
  }
  std::cout << inputs << " inputs\n";
  return inputs > 0 ? 0 : 77;
}
