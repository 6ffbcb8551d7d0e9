// What OpenSSL says of a drawn case.
#ifndef REVSTAT_TESTS_MATRIX_OPENSSL_ANSWER_H_
#define REVSTAT_TESTS_MATRIX_OPENSSL_ANSWER_H_

#include <string>

#include "tests/matrix/matrix_case.h"

namespace revstat::test {

// "active", "revoked" (on hold as well), or "undetermined".
std::string OpenSslAnswer(const MatrixCase& drawn);

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_MATRIX_OPENSSL_ANSWER_H_
