// A bundle of certificates cut in two somewhere: its parts say what the whole
// says. The first two octets are the place.
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
  uint16_t place = 0;
  if (size < sizeof(place)) return 0;
  std::memcpy(&place, data, sizeof(place));
  const Bytes file(data + sizeof(place), size - sizeof(place));
  const size_t cut = place % (file.size() + 1);
  (void)tool::HoldsOneObject(file);

  std::vector<std::string> whole;
  tool::ObjectReader reader(file);
  Read(&reader, &whole);
  const tool::ContentKind kind = tool::DetectContent(file);
  std::vector<std::string> parts;
  tool::ObjectReader first(file.first(cut), kind, 0, true);
  Read(&first, &parts);
  fuzz::Check(first.rest() <= cut, "what is kept back is of the part");
  if (!first.has_given_up()) {
    tool::ObjectReader second(file.subspan(first.rest()), kind, first.rest(),
                              false);
    Read(&second, &parts);
  }
  fuzz::Check(parts == whole, "the parts say what the whole says");
  return 0;
}
