// A CertID by itself.
#include "engine/x509/ocsp_response.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes der(data, size);
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
