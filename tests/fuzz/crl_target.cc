// A CRL: its header, every entry read forward and by its offset, the fast path
// against the general one, and no offset that is none.
#include <string_view>

#include "engine/snapshot/scope.h"
#include "engine/x509/crl_entry.h"
#include "engine/x509/extension.h"
#include "tests/fuzz/target.h"
#include "tests/support/general_entry.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes der(data, size);
  der::Trace trace(der);
  const CrlView crl = CrlView::Parse(der, &trace);
  fuzz::Check(trace.error().offset <= size, "the offset is inside");
  fuzz::Check(CrlView::Parse(der).ok() == trace.ok(), "both parsers agree");
  if (!trace.ok()) return 0;
  fuzz::Check(Equal(crl.der(), der), "the CRL is the whole input");
  fuzz::Check(!crl.next_update() || crl.this_update() <= *crl.next_update(),
              "the times are in order");
  const CrlScope scope = CrlScope::Of(crl);
  fuzz::Check(CrlScope::Of(crl).Key() == scope.Key(), "a scope has one key");
  if (!crl.extensions().empty()) {
    der::Cursor list(crl.extensions(), &trace);
    ReadExtensions(list, "crlExtensions", [](const Extension&) {});
    fuzz::Check(trace.ok(), "extensions can be walked again");
  }
  const std::string_view difference = test::CompareEntryReaders(crl);
  fuzz::Check(difference.empty(), difference.data());
  // Damaged offsets: an entry or nothing, and nothing outside the list.
  for (uint32_t offset = 0; offset < size && offset < 4096; offset += 7) {
    const auto entry = CrlEntryReader::At(crl, offset);
    fuzz::Check(!entry || (entry->tlv.data() == data + offset &&
                           entry->tlv.size() <= size - offset),
                "an entry at an offset lies there");
  }
  return 0;
}
