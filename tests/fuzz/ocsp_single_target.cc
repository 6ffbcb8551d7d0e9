// A SingleResponse by itself.
#include "engine/x509/ocsp_response.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes der(data, size);
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  const auto single = ReadOcspSingleResponse(cursor, "SingleResponse");
  fuzz::Check(trace.error().offset <= size, "the offset is inside");
  if (!trace.ok()) return 0;
  fuzz::Check(single.status == CertStatus::kRevoked ||
                  single.reason == ReasonCode::kAbsent,
              "only what is revoked has a reason");
  fuzz::Check(
      single.next_update.value_or(single.this_update) >= single.this_update,
      "times are in order");
  return 0;
}
