// libcrypto's contexts for signature checks, kept ready.
#ifndef REVSTAT_ENGINE_VERIFY_SIGNATURE_CONTEXTS_H_
#define REVSTAT_ENGINE_VERIFY_SIGNATURE_CONTEXTS_H_

#include <memory>
#include <vector>

#include "engine/verify/signature.h"

struct evp_pkey_ctx_st;

namespace revstat {

// To make a context for a key and an algorithm costs a tenth of the check that
// it is made for, so whoever checks many signatures by few keys keeps them.
// Thread-safety: one thread each. Memory: at most kMaxContexts of some hundred
// octets, and their keys.
class SignatureContexts {
 public:
  static constexpr size_t kMaxContexts = 64;

  // Whether the signature over this digest is the key's. `algorithm` is one
  // that signs a digest made before (its `digest` is not null), and fits the
  // key. Clears libcrypto's error queue where it is not.
  bool Verify(const PublicKey& key, const SignatureAlgorithm& algorithm,
              Bytes digest, Bytes signature);

 private:
  struct Deleter {
    void operator()(evp_pkey_ctx_st* context) const;
  };
  struct Entry {
    std::shared_ptr<evp_pkey_st> key;  // kept: no other has its address
    SignatureAlgorithm algorithm;
    std::unique_ptr<evp_pkey_ctx_st, Deleter> context;
  };

  // An index in entries_.
  size_t Find(const PublicKey& key, const SignatureAlgorithm& algorithm);

  std::vector<Entry> entries_;
  size_t next_ = 0;  // the one that is forgotten next
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_SIGNATURE_CONTEXTS_H_
