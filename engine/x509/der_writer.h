// DER written: what little of it the engine has to send.
#ifndef REVSTAT_ENGINE_X509_DER_WRITER_H_
#define REVSTAT_ENGINE_X509_DER_WRITER_H_

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/der/cursor.h"

namespace revstat {

// Identifier, length in its shortest form, content. Copies; for messages of
// some hundred octets.
inline std::vector<uint8_t> EncodeTlv(der::Tag tag, Bytes content) {
  std::vector<uint8_t> tlv = {tag};
  const size_t size = content.size();
  if (size < 0x80) {
    tlv.push_back(static_cast<uint8_t>(size));
  } else {
    int octets = 1;
    while (size >> (8 * octets) != 0) ++octets;
    tlv.push_back(static_cast<uint8_t>(0x80 | octets));
    while (octets-- > 0)
      tlv.push_back(static_cast<uint8_t>(size >> (8 * octets)));
  }
  tlv.insert(tlv.end(), content.begin(), content.end());
  return tlv;
}

// An element whose content is these parts, one after the other.
inline std::vector<uint8_t> EncodeParts(
    der::Tag tag, std::initializer_list<std::vector<uint8_t>> parts) {
  std::vector<uint8_t> content;
  for (const auto& part : parts)
    content.insert(content.end(), part.begin(), part.end());
  return EncodeTlv(tag, content);
}

inline std::vector<uint8_t> EncodeSequence(
    std::initializer_list<std::vector<uint8_t>> parts) {
  return EncodeParts(der::kSequence, parts);
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_DER_WRITER_H_
