// What OpenSSL reads, as lines of text that can be compared with ours: a field
// a line, "name value".
#ifndef REVSTAT_TESTS_CORPORA_OPENSSL_FIELDS_H_
#define REVSTAT_TESTS_CORPORA_OPENSSL_FIELDS_H_

#include <openssl/x509.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"

namespace revstat::test {

using Lines = std::vector<std::string>;

// The value of a field in an extension that OpenSSL's d2i_X509 passes over and
// then cannot decode: nothing to compare with.
inline const std::string kUndecoded = "?";

// Lower-case hexadecimal of a structure's DER.
template <class T>
std::string DerHex(const T* value, int (*encode)(const T*, unsigned char**)) {
  unsigned char* der = nullptr;
  const int size = encode(value, &der);
  if (size < 0) return "none";
  std::string hex = ToHex({der, static_cast<size_t>(size)});
  OPENSSL_free(der);
  return hex;
}

// RFC 3339; "bad" where OpenSSL finds no time in the string.
std::string TimeText(const ASN1_TIME* time);
std::string Octets(const ASN1_STRING* text);
// "oid critical value"
std::string ExtensionText(const X509_EXTENSION* extension);

// Our side and OpenSSL's side of one input. `ours` is absent where the engine
// refuses it, `theirs` where OpenSSL does or leaves octets over.
struct Comparison {
  std::optional<Lines> ours;
  std::string our_error;  // name of the code
  std::string our_message;
  std::optional<Lines> theirs;
};

Comparison CompareCrl(Bytes der);
Comparison CompareCertificate(Bytes der);

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_CORPORA_OPENSSL_FIELDS_H_
