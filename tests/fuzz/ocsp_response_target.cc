// An OCSP response: parsed twice, then walked; and as a ResponseData.
#include "engine/x509/ocsp_response.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes der(data, size);
  {
    der::Trace part(der);
    OcspResponseView::ParseResponseData(der, &part);
    fuzz::Check(part.error().offset <= size, "the offset is inside");
  }
  der::Trace trace(der);
  const OcspResponseView response = OcspResponseView::Parse(der, &trace);
  fuzz::Check(trace.error().offset <= size, "the offset is inside");
  fuzz::Check(OcspResponseView::Parse(der).ok() == trace.ok(),
              "both parsers agree");
  if (!trace.ok()) return 0;
  fuzz::Check(Equal(response.der(), der), "it is the whole input");
  size_t responses = 0;
  response.ForEachResponse([&](const OcspSingleResponse& single) {
    ++responses;
    fuzz::Check(
        !single.next_update || single.this_update <= *single.next_update,
        "the times are in order");
  });
  fuzz::Check(responses == response.response_count(), "all are walked");
  size_t certificates = 0;
  response.ForEachCertificate([&](Bytes) { ++certificates; });
  fuzz::Check(certificates == response.certificate_count(), "all are walked");
  fuzz::Check(response.is_basic() == !response.tbs_tlv().empty(),
              "what is basic has a part that is signed");
  // The same ResponseData alone.
  if (!response.is_basic()) return 0;
  der::Trace part(response.tbs_tlv());
  OcspResponseView::ParseResponseData(response.tbs_tlv(), &part);
  fuzz::Check(part.ok(), "ResponseData is read alone");
  return 0;
}
