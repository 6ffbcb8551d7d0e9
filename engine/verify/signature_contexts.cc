#include "engine/verify/signature_contexts.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace revstat {
namespace {

bool SetPadding(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm) {
  switch (algorithm.scheme) {
    case SignatureScheme::kRsaPkcs1:
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
    case SignatureScheme::kRsaPss:
      return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) ==
                 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(context, algorithm.salt_length) ==
                 1 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md_name(context, algorithm.mgf1_digest,
                                               nullptr) == 1;
    default:
      return true;
  }
}

bool Prepare(EVP_PKEY_CTX* context, const SignatureAlgorithm& algorithm) {
  const EVP_MD* type = EVP_get_digestbyname(algorithm.digest);
  return context != nullptr && type != nullptr &&
         EVP_PKEY_verify_init(context) == 1 && SetPadding(context, algorithm) &&
         EVP_PKEY_CTX_set_signature_md(context, type) == 1;
}

}  // namespace

void SignatureContexts::Deleter::operator()(EVP_PKEY_CTX* context) const {
  EVP_PKEY_CTX_free(context);
}

size_t SignatureContexts::Find(const PublicKey& key,
                               const SignatureAlgorithm& algorithm) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (entry.key == key.shared() && entry.algorithm == algorithm) return i;
  }
  size_t index = entries_.size();
  if (index < kMaxContexts) {
    entries_.emplace_back();
  } else {
    index = next_;
    next_ = (next_ + 1) % kMaxContexts;
  }
  entries_[index].key = key.shared();
  entries_[index].algorithm = algorithm;
  entries_[index].context.reset();
  return index;
}

bool SignatureContexts::Verify(const PublicKey& key,
                               const SignatureAlgorithm& algorithm,
                               Bytes digest, Bytes signature) {
  auto& context = entries_[Find(key, algorithm)].context;
  if (context == nullptr) {
    context.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    if (!Prepare(context.get(), algorithm)) context.reset();
  }
  const bool is_valid =
      context != nullptr &&
      EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                      digest.data(), digest.size()) == 1;
  if (is_valid) return true;
  // What a failed check leaves in a context is not ours to know.
  context.reset();
  ERR_clear_error();
  return false;
}

}  // namespace revstat
