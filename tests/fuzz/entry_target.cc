// The entries of a CRL alone: the input is revokedCertificates in a CRL of
// version 2, then of version 1; the fast path against the general one.
#include <string_view>

#include "tests/fuzz/target.h"
#include "tests/support/crl_text.h"
#include "tests/support/general_entry.h"

using namespace revstat;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  test::CrlText text;
  text.revoked_certificates = test::Octets(data, data + size);
  for (int version = 2; version >= 1; --version) {
    if (version == 1) {
      text.version = {};
      text.extensions = {};
    }
    const test::Octets der = text.Der();
    const auto crl = CrlView::Parse(der);
    fuzz::Check(crl.ok(), "the CRL around the entries is good");
    const std::string_view difference = test::CompareEntryReaders(*crl);
    fuzz::Check(difference.empty(), difference.data());
  }
  return 0;
}
