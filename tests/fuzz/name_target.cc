// A name: written as text and read back it is the same name. The input is also
// read as text.
#include "engine/x509/name.h"
#include "engine/x509/name_text.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes der(data, size);
  // The same RDNs in another order, or no name in either.
  const auto last_first = CanonicalNameOfText(TextOf(der));
  const auto first_first =
      CanonicalNameOfText(TextOf(der), RdnOrder::kFirstFirst);
  fuzz::Check(last_first.ok() == first_first.ok(), "the order refuses nothing");
  fuzz::Check(!last_first.ok() || last_first->size() == first_first->size(),
              "the order loses nothing");
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  const NameView name = NameView::Read(cursor, "name");
  fuzz::Check(trace.error().offset <= size, "the offset is inside");
  if (!trace.ok()) return 0;
  const std::string canonical = CanonicalName(name);
  const std::string text = FormatName(name);
  for (const char c : text) {
    fuzz::Check(c >= 0x20 || c < 0, "the text has no control characters");
    fuzz::Check(c != 0x7f, "the text has no DEL");
  }
  const auto back = CanonicalNameOfText(text);
  fuzz::Check(back.ok(), "the text is read back");
  fuzz::Check(*back == canonical, "the text is of the same name");
  return 0;
}
