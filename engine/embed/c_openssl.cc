// The OpenSSL adapter in the C interface.
#include <openssl/x509_vfy.h>

#include <memory>
#include <string>
#include <utility>

#include "engine/base/error.h"
#include "engine/embed/c_question.h"
#include "engine/embed/c_report.h"
#include "engine/embed/c_store.h"
#include "engine/embed/openssl_hook.h"

using revstat::c::Fail;
using revstat::c::Guarded;
using revstat::c::Refuse;

namespace {

// As large as the structure was in its first version.
constexpr size_t kFirstOptionsSize =
    offsetof(revstat_openssl_options, context) + sizeof(void*);
// What is decided when a store is opened, and not when it is asked.
constexpr uint32_t kFlagsOfTheStore =
    REVSTAT_ALLOW_SHA1 | REVSTAT_ALL_PARTITIONS_HELD;

revstat_error PolicyOf(const revstat_openssl_options& options,
                       const revstat_store& store,
                       revstat::RevocationPolicy* policy) {
  revstat_policy read = store.policy;
  if (options.policy != nullptr) {
    const revstat_error error = revstat::c::ReadPolicy(options.policy, &read);
    if (error != REVSTAT_OK) return error;
    if (((read.flags ^ store.policy.flags) & kFlagsOfTheStore) != 0)
      return Refuse("a flag that the store was not opened with");
  }
  policy->depth = (options.flags & REVSTAT_END_ENTITY_ONLY) != 0
                      ? revstat::CheckDepth::kEndEntity
                      : revstat::CheckDepth::kChain;
  policy->unknown = (read.flags & REVSTAT_ACCEPT_UNKNOWN) != 0
                        ? revstat::UnknownPolicy::kAccept
                        : revstat::UnknownPolicy::kRefuse;
  policy->evidence.lookup = revstat::c::LookupPolicyOf(read);
  policy->evidence.signature.weak_digest =
      (read.flags & REVSTAT_ALLOW_SHA1) != 0 ? revstat::WeakDigest::kAllowSha1
                                             : revstat::WeakDigest::kRefuse;
  return REVSTAT_OK;
}

void TellRefusal(const revstat_openssl_options& options,
                 const revstat::RevocationRefusal& refused) {
  const std::string serial = refused.report.serial.ToText();
  revstat_refusal refusal = {};
  refusal.struct_size = sizeof refusal;
  refusal.verify_error = refused.verify_error;
  refusal.depth = refused.report.depth;
  refusal.result = revstat::c::ResultOf(refused.report.verdict);
  refusal.serial = serial.c_str();
  refusal.certificate = refused.certificate;
  refusal.ssl = refused.ssl;
  options.on_refusal(options.context, &refusal);
}

// Of what the adapter says itself, which is not one of the engine's errors.
revstat_error FailWith(const absl::Status& status) {
  return Fail(absl::IsResourceExhausted(status) ? REVSTAT_OUT_OF_MEMORY
                                                : REVSTAT_INVALID_ARGUMENT,
              revstat::MessageOf(status));
}

}  // namespace

void revstat_openssl_options_init(revstat_openssl_options* options,
                                  size_t size) {
  revstat::c::InitStruct(revstat_openssl_options{}, size, options);
}

revstat_error revstat_openssl_install(X509_STORE* x509_store,
                                      const revstat_store* store,
                                      const revstat_openssl_options* options) {
  if (x509_store == nullptr) return Refuse("x509_store");
  if (store == nullptr) return Refuse("store");
  revstat_openssl_options read = {};
  revstat_error error =
      revstat::c::ReadStruct(options, kFirstOptionsSize, &read);
  if (error != REVSTAT_OK) return error;
  if ((read.flags & ~uint32_t{REVSTAT_END_ENTITY_ONLY}) != 0)
    return Refuse("a flag of the options");
  return Guarded([&]() -> revstat_error {
    revstat::RevocationCheckOptions check;
    check.snapshots = store->snapshots();
    error = PolicyOf(read, *store, &check.policy);
    if (error != REVSTAT_OK) return error;
    check.now = [read] { return revstat::c::TimeBy(read.clock, read.context); };
    if (read.on_refusal != nullptr) {
      check.on_refusal = [read](const revstat::RevocationRefusal& refused) {
        TellRefusal(read, refused);
      };
    }
    const absl::Status status =
        revstat::InstallRevocationCheck(x509_store, std::move(check));
    return status.ok() ? REVSTAT_OK : FailWith(status);
  });
}

int32_t revstat_openssl_recheck(SSL* ssl) {
  return ssl == nullptr ? X509_V_ERR_INVALID_CALL : revstat::RecheckPeer(ssl);
}

revstat_error revstat_openssl_explain(const SSL* ssl, char* buffer, size_t size,
                                      size_t* needed) {
  if (needed != nullptr) *needed = 0;
  if (buffer == nullptr && size > 0) return Refuse("buffer");
  if (size > 0) buffer[0] = '\0';
  if (ssl == nullptr) return Refuse("ssl");
  return Guarded([&]() -> revstat_error {
    const revstat::RevocationReport* const report =
        revstat::RevocationReportOf(ssl);
    if (report == nullptr) {
      return Fail(REVSTAT_INVALID_ARGUMENT,
                  "nothing was asked about a peer of this connection");
    }
    return revstat::c::WriteText(revstat::c::JsonOf(*report), buffer, size,
                                 needed);
  });
}

revstat_error revstat_openssl_request_staples(SSL_CTX* context) {
  if (context == nullptr) return Refuse("context");
  return Guarded([&]() -> revstat_error {
    const absl::Status status = revstat::RequestStapledResponses(context);
    return status.ok() ? REVSTAT_OK : FailWith(status);
  });
}
