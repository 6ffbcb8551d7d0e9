// What a responder on loopback makes of an HTTP request.
#ifndef REVSTAT_TESTS_SUPPORT_OCSP_RESPONDER_H_
#define REVSTAT_TESTS_SUPPORT_OCSP_RESPONDER_H_

#include <optional>
#include <string>

#include "tests/support/loopback_server.h"
#include "tests/support/ocsp_text.h"

namespace revstat::test {

// The DER of the request in a POST's body, or in the last part of a GET's path
// (RFC 6960 A.1); nothing where that is no base64.
std::optional<Octets> OcspRequestIn(const HttpRequest& request);

// The first CertID of a request, its serial's content octets, and its nonce.
struct AskedOcsp {
  Octets cert_id;
  Octets serial;
  Octets nonce;
};
std::optional<AskedOcsp> ReadAsked(const HttpRequest& request);

HttpReply ReplyWith(const Octets& der);

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SUPPORT_OCSP_RESPONDER_H_
