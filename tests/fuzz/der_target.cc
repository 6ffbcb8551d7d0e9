// The DER cursor: walks all elements, into every constructed one, and reads
// each primitive one as every type.
#include "engine/der/primitives.h"
#include "tests/fuzz/target.h"

namespace revstat {
namespace {

template <class Read>
void Try(Bytes tlv, Read&& read) {
  der::Trace trace(tlv);
  der::Cursor cursor(tlv, &trace);
  read(cursor);
  fuzz::Check(trace.error().offset <= tlv.size(), "the offset is inside");
}

void Walk(der::Cursor& cursor, int depth) {
  while (!cursor.AtEnd()) {
    const der::Element element = cursor.ReadAny("item");
    if (!cursor.ok()) return;
    Try(element.tlv, [](auto& c) { der::ReadSerialNumber(c, "serial"); });
    Try(element.tlv, [](auto& c) { der::ReadUnsigned(c, 1000, "number"); });
    Try(element.tlv, [](auto& c) { der::ReadFlag(c, "flag"); });
    Try(element.tlv, [](auto& c) { der::ReadOid(c, "oid"); });
    Try(element.tlv, [](auto& c) { der::ReadNamedBits(c, "bits"); });
    Try(element.tlv, [](auto& c) { der::ReadBitStringOctets(c, "octets"); });
    Try(element.tlv, [](auto& c) { der::ReadTime(c, "time"); });
    if ((element.tag & 0x20) == 0 || depth == 100) continue;
    Try(element.value, [&](auto& inner) { Walk(inner, depth + 1); });
  }
}

}  // namespace
}  // namespace revstat

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  revstat::Try({data, size}, [](auto& cursor) { revstat::Walk(cursor, 0); });
  return 0;
}
