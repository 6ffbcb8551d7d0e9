// GOST R 34.10-2012 signatures over Streebog digests (RFC 9215, RFC 7091,
// RFC 6986). libcrypto knows their identifiers, but not how to compute them:
// that is in a module of Debian's package libengine-gost-openssl, an engine of
// OpenSSL's. Where it is not installed these signatures are not supported.
//
// What is loaded: the file gost.so from libcrypto's own folder of engines, by
// its full path, when the first GOST key or signature is met and never without
// one. It then stays until the process ends. What the host may notice:
// - an engine "gost" is in libcrypto's list of engines. One that the host, or
//   its openssl.cnf, put there before is used as it is;
// - libcrypto finds digests, ciphers and keys with GOST identifiers. No other
//   algorithm of the host gets another implementation, with one exception: the
//   module has libcrypto register all engines of its list, so those that a host
//   had loaded but not registered are now;
// - libcrypto looks through its tables of engines, under a lock, each time a
//   digest is begun.
// Neither this code nor what it uses of the module reads the environment; the
// module does where it writes private keys and makes MACs. libcrypto reads its
// openssl.cnf first, unless the host forbade it, as before any first digest.
#ifndef REVSTAT_ENGINE_VERIFY_GOST_H_
#define REVSTAT_ENGINE_VERIFY_GOST_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace revstat {

// Are GOST signatures checked? A field of the policies of this layer.
enum class GostSupport : uint8_t { kWhereInstalled, kNone };

inline constexpr std::string_view kGostPackage = "libengine-gost-openssl";

// OK where GOST signatures can be checked, or kUnsupportedAlgorithm with a
// message that names the package. Loads the module at its first call, with
// kWhereInstalled; a module that is installed later is not seen before the
// process starts anew. Thread-safety: any number of threads; one loads, the
// others wait. Cost: some milliseconds once, then a load of an atomic.
absl::Status RequireGost(GostSupport support);

namespace internal {

// Loads the engine from one file, or from libcrypto's list. For RequireGost,
// and for tests of a module that is missing or no module; not thread-safe.
absl::Status LoadGostModule(const std::string& file);

}  // namespace internal
}  // namespace revstat

#endif  // REVSTAT_ENGINE_VERIFY_GOST_H_
