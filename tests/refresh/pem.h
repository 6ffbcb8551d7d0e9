// Octets in PEM armour, as programs write it.
#ifndef REVSTAT_TESTS_REFRESH_PEM_H_
#define REVSTAT_TESTS_REFRESH_PEM_H_

#include <openssl/evp.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"

namespace revstat::test {

inline std::string Base64(Bytes octets, size_t width, std::string_view end) {
  std::string text((octets.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<uint8_t*>(text.data()), octets.data(),
                      static_cast<int>(octets.size()));
  text.resize(static_cast<size_t>(size));
  std::string lines;
  for (size_t i = 0; i < text.size(); i += width)
    lines += text.substr(i, width) + std::string(end);
  return lines;
}

inline std::string Armoured(std::string_view label, Bytes octets,
                            size_t width = 64, std::string_view end = "\n") {
  return Concat({"-----BEGIN ", label, "-----", end, Base64(octets, width, end),
                 "-----END ", label, "-----", end});
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_REFRESH_PEM_H_
