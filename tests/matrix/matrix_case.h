// A small PKI with revocation in one of many arrangements, drawn by seed.
#ifndef REVSTAT_TESTS_MATRIX_MATRIX_CASE_H_
#define REVSTAT_TESTS_MATRIX_MATRIX_CASE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/der_writer.h"

namespace revstat::test {

// One CA that is the anchor, one certificate of it whose status is asked, and
// what says something of it. All DER.
struct MatrixCase {
  // What was drawn, "point=uri idp=user,reasons delta=remove": the name of the
  // arrangement, the same for all seeds that draw it.
  std::string features;
  Octets anchor;
  std::vector<Octets> untrusted;
  Octets certificate;
  std::vector<Octets> crls;
};

// Valid at kMatrixTime. Keys are the process's own.
MatrixCase DrawCase(uint32_t seed);
inline constexpr int64_t kMatrixTime = 1768435200;  // 2026-01-15T00:00:00Z

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_MATRIX_MATRIX_CASE_H_
