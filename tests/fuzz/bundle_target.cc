// A bundle of certificates that comes in pieces, as BundleReader reads it: they
// say what the whole says. The first two octets are the size of a piece, 16 at
// least.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "tests/fuzz/target.h"
#include "tools/revstat/common/input_files.h"

using namespace revstat;

namespace {

void Read(tool::ObjectReader* reader, std::vector<std::string>* lines) {
  std::string storage;
  while (const auto found = reader->Next()) {
    const auto der = tool::DerOf(*found, &storage);
    lines->push_back(
        Concat({std::to_string(static_cast<int>(found->kind)), " at ",
                std::to_string(found->offset), ": ",
                der.ok() ? TextOf(*der) : MessageOf(der.status())}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  uint16_t step = 0;
  if (size < sizeof(step)) return 0;
  std::memcpy(&step, data, sizeof(step));
  const Bytes file(data + sizeof(step), size - sizeof(step));
  (void)tool::HoldsOneObject(file);

  std::vector<std::string> whole;
  tool::ObjectReader reader(file);
  Read(&reader, &whole);
  const tool::ContentKind kind =
      tool::DetectContent(file.first(std::min(file.size(), tool::kHeadBytes)));
  std::vector<std::string> parts;
  size_t begin = 0;
  size_t end = 0;
  PemReader::State state;
  while (end < file.size()) {
    end = std::min(end + std::max<size_t>(step, 16), file.size());
    const Bytes octets = file.subspan(begin, end - begin);
    tool::ObjectReader piece(octets, kind, begin, end < file.size(), state);
    Read(&piece, &parts);
    fuzz::Check(piece.rest() <= octets.size(), "what is kept back is of it");
    if (piece.has_given_up()) break;
    begin += piece.rest();
    if (piece.rest() > 0) state = piece.state();
  }
  if (file.empty()) parts = whole;
  fuzz::Check(parts == whole, "the pieces say what the whole says");
  return 0;
}
