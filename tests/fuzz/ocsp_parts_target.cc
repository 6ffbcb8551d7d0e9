// Parts of OCSP responses by themselves: the input as a ResponseData, as a
// SingleResponse and as a CertID.
#include "engine/x509/ocsp_response.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes der(data, size);
  {
    der::Trace trace(der);
    OcspResponseView::ParseResponseData(der, &trace);
    fuzz::Check(trace.error().offset <= size, "the offset is inside");
  }
  {
    der::Trace trace(der);
    der::Cursor cursor(der, &trace);
    const auto single = ReadOcspSingleResponse(cursor, "SingleResponse");
    fuzz::Check(!trace.ok() || single.status == CertStatus::kRevoked ||
                    single.reason == ReasonCode::kAbsent,
                "only what is revoked has a reason");
  }
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  const CertId id = ReadCertId(cursor, "CertID");
  if (!trace.ok() || id.hash == CertIdHash::kOther) return 0;
  const auto written =
      EncodeCertId(id.hash, id.issuer_name_hash, id.issuer_key_hash, id.serial);
  der::Trace again(written);
  der::Cursor second(written, &again);
  const CertId read = ReadCertId(second, "CertID");
  fuzz::Check(again.ok() && read.hash == id.hash && read.serial == id.serial &&
                  Equal(read.issuer_key_hash, id.issuer_key_hash),
              "what was written says the same");
  return 0;
}
