// FOR TEST DATA ONLY: key pairs that follow from a seed (see seeded_stream.h).
//
// Thread-safety: pure functions. Cost: RSA 2048 some 0.1 s, 4096 some seconds,
// everything else under a millisecond.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_SEEDED_KEY_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_SEEDED_KEY_H_

#include "tools/revstat-gen/key_type.h"
#include "tools/revstat-gen/libcrypto.h"
#include "tools/revstat-gen/seeded_stream.h"

namespace revstat::gen {

PrivateKey MakePrivateKey(KeyType type, const KeySeed& seed);

// The SubjectPublicKeyInfo of a private key.
Octets PublicKeyInfoOf(const EVP_PKEY* key);

// PublicKeyInfoOf(MakePrivateKey(type, seed)); for the P curves without the
// detour, because 100,000 certificates want a key each.
Octets MakePublicKeyInfo(KeyType type, const KeySeed& seed);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_SEEDED_KEY_H_
