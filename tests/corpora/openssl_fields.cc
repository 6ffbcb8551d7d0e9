#include "tests/corpora/openssl_fields.h"

#include <openssl/asn1.h>

#include <ctime>

#include "engine/base/time.h"

namespace revstat::test {

std::string TimeText(const ASN1_TIME* time) {
  if (time == nullptr) return "none";
  std::tm civil = {};
  if (ASN1_TIME_to_tm(time, &civil) != 1) return "bad";
  const auto seconds = FromCivil(
      civil.tm_year + 1900, static_cast<unsigned>(civil.tm_mon + 1),
      static_cast<unsigned>(civil.tm_mday),
      static_cast<unsigned>(civil.tm_hour), static_cast<unsigned>(civil.tm_min),
      static_cast<unsigned>(civil.tm_sec));
  return seconds ? FormatTime(*seconds) : "bad";
}

std::string Octets(const ASN1_STRING* text) {
  return ToHex({ASN1_STRING_get0_data(text),
                static_cast<size_t>(ASN1_STRING_length(text))});
}

std::string ExtensionText(const X509_EXTENSION* extension) {
  // The accessors take the structure without const but do not change it.
  auto* fields = const_cast<X509_EXTENSION*>(extension);
  char oid[256];
  OBJ_obj2txt(oid, sizeof(oid), X509_EXTENSION_get_object(fields), 1);
  return Concat({oid, X509_EXTENSION_get_critical(fields) ? " critical " : " ",
                 Octets(X509_EXTENSION_get_data(fields))});
}

}  // namespace revstat::test
