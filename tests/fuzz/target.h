// What every fuzz target is: one function over octets, which must come back.
//
// A target that finds something wrong calls Check with its name for it, which
// ends the program: libFuzzer then keeps the input, and the replay fails.
#ifndef REVSTAT_TESTS_FUZZ_TARGET_H_
#define REVSTAT_TESTS_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace revstat::fuzz {

inline void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace revstat::fuzz

#endif  // REVSTAT_TESTS_FUZZ_TARGET_H_
