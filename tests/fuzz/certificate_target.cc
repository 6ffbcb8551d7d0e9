// A certificate: parsed twice, its names compared and written.
#include "engine/snapshot/scope.h"
#include "engine/x509/certificate.h"
#include "engine/x509/distribution_point.h"
#include "engine/x509/name_text.h"
#include "tests/fuzz/target.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes der(data, size);
  der::Trace trace(der);
  const CertificateView certificate = CertificateView::Parse(der, &trace);
  fuzz::Check(trace.error().offset <= size, "the offset is inside");
  fuzz::Check(CertificateView::Parse(der).ok() == trace.ok(),
              "both parsers agree");
  if (!trace.ok()) return 0;
  fuzz::Check(Equal(certificate.der(), der), "it is the whole input");
  fuzz::Check(!certificate.serial().content().empty(), "it has a serial");
  const auto serial = SerialNumber::FromText(certificate.serial().ToText());
  fuzz::Check(serial.ok() && *serial == certificate.serial(),
              "the serial is read back");
  FormatName(certificate.subject());
  CanonicalName(certificate.issuer());
  der::Cursor points(certificate.crl_distribution_points(), &trace);
  while (!points.AtEnd()) ReadDistributionPoint(points);
  fuzz::Check(trace.ok(), "distribution points can be walked again");
  const CertificateScope scope = CertificateScope::Of(certificate);
  fuzz::Check(scope.points.size() <= CertificateScope::kMaxPoints,
              "points are bounded");
  for (const CertificateScope::Point& point : scope.points) {
    fuzz::Check(point.places.size() <= CertificateScope::kMaxNames,
                "names are bounded");
  }
  return 0;
}
