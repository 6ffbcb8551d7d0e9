// The kinds of keys and digests that revstat-gen signs with.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_KEY_TYPE_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_KEY_TYPE_H_

#include <cstdint>

namespace revstat::gen {

// kRsaPss is a 2048-bit key whose subjectPublicKeyInfo says rsaEncryption and
// which signs with RSASSA-PSS, as most CAs that use PSS do.
enum class KeyType : uint8_t {
  kRsa2048,
  kRsa3072,
  kRsa4096,
  kRsaPss,
  kP256,
  kP384,
  kP521,
  kEd25519,
  kEd448,
};

enum class Digest : uint8_t { kSha1, kSha256, kSha384, kSha512 };

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_KEY_TYPE_H_
