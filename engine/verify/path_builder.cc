#include "engine/verify/path_builder.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <new>
#include <string>
#include <utility>

#include "engine/base/error.h"

namespace revstat {
namespace {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using X509Pointer = std::unique_ptr<X509, Freer<X509_free>>;
using StorePointer = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;
using ContextPointer =
    std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>>;

void FreeStack(STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); }
using StackPointer = std::unique_ptr<STACK_OF(X509), Freer<FreeStack>>;

X509Pointer Decode(Bytes certificate) {
  const unsigned char* der = certificate.data();
  X509Pointer decoded(
      d2i_X509(nullptr, &der, static_cast<long>(certificate.size())));
  ERR_clear_error();
  return decoded;
}

// id-tc26-gost3410-12-256 and -512 (RFC 9215 4.1).
bool HasGostKey(const X509* certificate) {
  ASN1_OBJECT* type = nullptr;
  X509_PUBKEY_get0_param(&type, nullptr, nullptr, nullptr,
                         X509_get_X509_PUBKEY(certificate));
  const int nid = OBJ_obj2nid(type);
  return nid == NID_id_GostR3410_2012_256 || nid == NID_id_GostR3410_2012_512;
}

// id-tc26-signwithdigest-gost3410-12-256 and -512 (RFC 9215 2).
bool HasGostSignature(const X509* certificate) {
  const int nid = X509_get_signature_nid(certificate);
  return nid == NID_id_tc26_signwithdigest_gost3410_2012_256 ||
         nid == NID_id_tc26_signwithdigest_gost3410_2012_512;
}

absl::StatusOr<X509Pointer> Read(Bytes certificate, GostSupport gost) {
  X509Pointer read = Decode(certificate);
  // libcrypto reads the key together with the certificate, or never; and a key
  // it has not read fits no signature.
  if (read != nullptr && HasGostKey(read.get()) &&
      X509_get0_pubkey(read.get()) == nullptr && RequireGost(gost).ok()) {
    read = Decode(certificate);
  }
  ERR_clear_error();
  if (read == nullptr) return MakeError(ErrorCode::kBadCertificate, "");
  return read;
}

absl::StatusOr<std::shared_ptr<const Buffer>> Encode(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size < 0) return MakeError(ErrorCode::kBadCertificate, "");
  std::vector<uint8_t> octets(der, der + size);
  OPENSSL_free(der);
  return Buffer::FromVector(std::move(octets));
}

// Why X509_verify_cert found no path.
absl::Status FailureOf(X509_STORE_CTX* context, GostSupport gost) {
  const X509* const certificate = X509_STORE_CTX_get_current_cert(context);
  const int error = X509_STORE_CTX_get_error(context);
  // Without the module, OpenSSL calls GOST keys too small or not decodable and
  // GOST signatures too weak: none of that was checked.
  const bool is_unchecked =
      error == X509_V_ERR_EE_KEY_TOO_SMALL ||
      error == X509_V_ERR_CA_KEY_TOO_SMALL ||
      error == X509_V_ERR_CA_MD_TOO_WEAK ||
      error == X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY ||
      error == X509_V_ERR_CERT_SIGNATURE_FAILURE;
  if (is_unchecked && certificate != nullptr &&
      (HasGostKey(certificate) || HasGostSignature(certificate))) {
    absl::Status loaded = RequireGost(gost);
    if (!loaded.ok()) return loaded;
  }
  return MakeError(
      ErrorCode::kNoPath,
      Concat({X509_verify_cert_error_string(error), " (at depth ",
              std::to_string(X509_STORE_CTX_get_error_depth(context)), ")"}));
}

}  // namespace

struct PathBuilder::State {
  PathPolicy policy;
  StorePointer store;
  StackPointer untrusted;
};

PathBuilder::PathBuilder(const PathPolicy& policy)
    : state_(new State{policy, StorePointer(X509_STORE_new()),
                       StackPointer(sk_X509_new_null())}) {
  if (state_->store == nullptr || state_->untrusted == nullptr)
    throw std::bad_alloc();
  X509_VERIFY_PARAM* const parameters =
      X509_STORE_get0_param(state_->store.get());
  X509_VERIFY_PARAM_set_time(parameters, ToUnix(policy.at));
  X509_VERIFY_PARAM_set_depth(parameters, policy.max_intermediates);
  // Level 1 refuses SHA-1 and anything weaker than 80 bits; 0 refuses nothing.
  X509_VERIFY_PARAM_set_auth_level(
      parameters, policy.weak_digest == WeakDigest::kAllowSha1 ? 0 : 1);
  unsigned long flags = X509_V_FLAG_POLICY_CHECK;
  if (policy.anchor_kind == AnchorKind::kAny)
    flags |= X509_V_FLAG_PARTIAL_CHAIN;
  X509_VERIFY_PARAM_set_flags(parameters, flags);
}

PathBuilder::~PathBuilder() = default;
PathBuilder::PathBuilder(PathBuilder&&) noexcept = default;

absl::Status PathBuilder::AddAnchor(Bytes certificate) {
  const auto read = Read(certificate, state_->policy.gost);
  if (!read.ok()) return read.status();
  // Counts its own reference.
  if (X509_STORE_add_cert(state_->store.get(), read->get()) == 1)
    return absl::OkStatus();
  ERR_clear_error();
  return MakeError(ErrorCode::kBadCertificate, "");
}

absl::Status PathBuilder::AddUntrusted(Bytes certificate) {
  auto read = Read(certificate, state_->policy.gost);
  if (!read.ok()) return read.status();
  if (sk_X509_push(state_->untrusted.get(), read->get()) == 0)
    throw std::bad_alloc();
  read->release();  // the stack's now
  return absl::OkStatus();
}

absl::StatusOr<CertificatePath> PathBuilder::Build(Bytes certificate) const {
  const auto target = Read(certificate, state_->policy.gost);
  if (!target.ok()) return target.status();
  const ContextPointer context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), state_->store.get(), target->get(),
                          state_->untrusted.get()) != 1) {
    return MakeError(ErrorCode::kBadCertificate, "");
  }
  const bool is_valid = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  if (!is_valid) return FailureOf(context.get(), state_->policy.gost);
  CertificatePath path;
  STACK_OF(X509)* const chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    auto encoded = Encode(sk_X509_value(chain, i));
    if (!encoded.ok()) return encoded.status();
    path.certificates.push_back(*std::move(encoded));
  }
  return path;
}

}  // namespace revstat
