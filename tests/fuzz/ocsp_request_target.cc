// An OCSP request: parsed twice, walked, and written anew.
#include "engine/x509/ocsp_request.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes der(data, size);
  der::Trace trace(der);
  const OcspRequestView request = OcspRequestView::Parse(der, &trace);
  fuzz::Check(trace.error().offset <= size, "the offset is inside");
  fuzz::Check(OcspRequestView::Parse(der).ok() == trace.ok(),
              "both parsers agree");
  if (!trace.ok() || request.request_count() == 0) return 0;
  std::vector<std::vector<uint8_t>> ids;
  request.ForEachRequest([&](const OcspSingleRequest& one) {
    ids.emplace_back(one.cert_id.tlv.begin(), one.cert_id.tlv.end());
  });
  fuzz::Check(ids.size() == request.request_count(), "all are walked");
  const auto written = EncodeOcspRequest(ids, request.nonce());
  fuzz::Check(written.ok(), "it can be written");
  const auto again = OcspRequestView::Parse(*written);
  fuzz::Check(again.ok() && Equal(again->nonce(), request.nonce()) &&
                  again->request_count() == ids.size(),
              "what was written says the same");
  return 0;
}
