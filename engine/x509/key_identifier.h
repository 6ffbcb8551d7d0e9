// authorityKeyIdentifier and the key it names (RFC 5280 4.2.1.1, 5.2.1).
#ifndef REVSTAT_ENGINE_X509_KEY_IDENTIFIER_H_
#define REVSTAT_ENGINE_X509_KEY_IDENTIFIER_H_

#include "engine/base/bytes.h"
#include "engine/der/cursor.h"
#include "engine/der/primitives.h"

namespace revstat {

// Borrowed; an absent part is empty. Only the key identifier decides anything;
// the inside of the other two is not checked, because real certificates have
// broken ones (MOEX) and OpenSSL reads these certificates too.
struct AuthorityKeyIdentifier {
  Bytes key_identifier;         // matches the issuer's subjectKeyIdentifier
  Bytes authority_cert_issuer;  // GeneralNames content
  Bytes authority_cert_serial;  // INTEGER content
};

// AuthorityKeyIdentifier ::= SEQUENCE {
//   keyIdentifier             [0] KeyIdentifier           OPTIONAL,
//   authorityCertIssuer       [1] GeneralNames            OPTIONAL,
//   authorityCertSerialNumber [2] CertificateSerialNumber OPTIONAL }
inline AuthorityKeyIdentifier ReadAuthorityKeyIdentifier(der::Cursor& cursor) {
  AuthorityKeyIdentifier identifier;
  cursor.Nested(
      der::kSequence, "authorityKeyIdentifier", [&](der::Cursor& body) {
        identifier.key_identifier =
            body.ReadOptional(der::ContextPrimitive(0), "keyIdentifier").value;
        identifier.authority_cert_issuer =
            body.ReadOptional(der::ContextConstructed(1), "authorityCertIssuer")
                .value;
        identifier.authority_cert_serial =
            body.ReadOptional(der::ContextPrimitive(2),
                              "authorityCertSerialNumber")
                .value;
      });
  return identifier;
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_KEY_IDENTIFIER_H_
