// OpenSSL 3 has engines, but warns of them: a later one will not have them.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "engine/verify/gost.h"

#include <openssl/crypto.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include <memory>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

namespace revstat {
namespace {

absl::Status Unsupported(std::string_view why) {
  return MakeError(ErrorCode::kUnsupportedAlgorithm,
                   Concat({"GOST R 34.10-2012 needs the package ", kGostPackage,
                           ": ", why}));
}

#ifdef OPENSSL_NO_ENGINE

absl::Status Load(const std::string&) {
  return Unsupported("this libcrypto is built without engines");
}

#else

constexpr char kEngineId[] = "gost";

struct EngineFreer {
  void operator()(ENGINE* engine) const { ENGINE_free(engine); }
};
using EnginePointer = std::unique_ptr<ENGINE, EngineFreer>;

// The engine, if the host has it already: the module does not load twice.
// ENGINE_by_id would go on to look where the environment says.
EnginePointer FindLoaded() {
  // Each step gives its reference back and takes the next one.
  ENGINE* engine = ENGINE_get_first();
  while (engine != nullptr &&
         std::string_view(ENGINE_get_id(engine)) != kEngineId)
    engine = ENGINE_get_next(engine);
  return EnginePointer(engine);
}

EnginePointer LoadFile(const std::string& file) {
  // "dynamic" turns into the engine it loads. On the list (LIST_ADD, failing if
  // that fails), so that a host that wants the engine later finds this one.
  EnginePointer engine(ENGINE_by_id("dynamic"));
  const auto command = [&](const char* name, const char* value) {
    return ENGINE_ctrl_cmd_string(engine.get(), name, value, 0) == 1;
  };
  if (engine == nullptr || !command("SO_PATH", file.c_str()) ||
      !command("ID", kEngineId) || !command("DIR_LOAD", "0") ||
      !command("LIST_ADD", "2") || !command("LOAD", nullptr)) {
    return nullptr;
  }
  return engine;
}

// For the module's own identifiers only; nothing becomes a default. Public keys
// in certificates are found by the ASN.1 methods (X509_verify_cert).
bool Register(ENGINE* engine) {
  return ENGINE_register_digests(engine) == 1 &&
         ENGINE_register_pkey_meths(engine) == 1 &&
         ENGINE_register_pkey_asn1_meths(engine) == 1;
}

// The module makes each elliptic curve when it is first used, and keeps it
// without a lock. So each is used here, before a second thread can.
void MakeCurves(int key_type, std::initializer_list<const char*> curves) {
  using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;
  for (const char* curve : curves) {
    const Context context(EVP_PKEY_CTX_new_id(key_type, nullptr),
                          EVP_PKEY_CTX_free);
    EVP_PKEY* parameters = nullptr;
    if (context != nullptr && EVP_PKEY_paramgen_init(context.get()) == 1 &&
        EVP_PKEY_CTX_ctrl_str(context.get(), "paramset", curve) == 1 &&
        EVP_PKEY_paramgen(context.get(), &parameters) == 1) {
      EVP_PKEY_free(parameters);
    }
  }
}

absl::Status Load(const std::string& file) {
  // What libcrypto would do by itself before its first digest. Done now, since
  // a configuration that names the engine must come first, and openssl.cnf is
  // the host's business: it has said so if it does not want it read.
  OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
  OPENSSL_init_crypto(OPENSSL_INIT_ENGINE_DYNAMIC, nullptr);
  EnginePointer engine = FindLoaded();
  if (engine == nullptr) engine = LoadFile(file);
  const bool loaded = engine != nullptr && Register(engine.get());
  if (loaded) {
    // RFC 9215 4.2, by the module's names for them.
    MakeCurves(NID_id_GostR3410_2012_256,
               {"0", "A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD"});
    MakeCurves(NID_id_GostR3410_2012_512, {"0", "A", "B", "C"});
  }
  ERR_clear_error();
  return loaded ? absl::OkStatus()
                : Unsupported(Concat({"cannot load ", file}));
}

#endif

std::string ModuleFile() {
  const char* folder = OPENSSL_info(OPENSSL_INFO_ENGINES_DIR);
  const char* extension = OPENSSL_info(OPENSSL_INFO_DSO_EXTENSION);
  return Concat({folder == nullptr ? "" : folder, "/gost",
                 extension == nullptr ? "" : extension});
}

}  // namespace

namespace internal {

absl::Status LoadGostModule(const std::string& file) { return Load(file); }

}  // namespace internal

absl::Status RequireGost(GostSupport support) {
  if (support == GostSupport::kNone) return Unsupported("switched off");
  // Never destroyed: threads may outlive static objects.
  static const absl::Status& loaded =
      *new absl::Status(internal::LoadGostModule(ModuleFile()));
  return loaded;
}

}  // namespace revstat
