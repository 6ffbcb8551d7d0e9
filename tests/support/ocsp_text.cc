#include "tests/support/ocsp_text.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "engine/der/primitives.h"

namespace revstat::test {
namespace {

Octets Hash(const char* digest, Bytes bytes) {
  Octets hash(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  EXPECT_EQ(EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size,
                       EVP_get_digestbyname(digest), nullptr),
            1);
  hash.resize(size);
  return hash;
}

Octets Optional(der::Tag tag, const Octets& inside) {
  return inside.empty() ? Octets{} : Tlv(tag, inside);
}

Octets ExtensionField(unsigned number, const std::vector<Octets>& extensions) {
  return extensions.empty()
             ? Octets{}
             : Nest(der::ContextConstructed(number), {Seq(extensions)});
}

}  // namespace

Octets CertIdText::Der() const {
  return Seq(
      {hash_algorithm, OctetString(name_hash), OctetString(key_hash), serial});
}

Octets KeyHash(const Octets& spki, const char* digest) {
  Bytes key;
  der::Trace trace(spki);
  der::Cursor cursor(spki, &trace);
  cursor.Nested(der::kSequence, "", [&](der::Cursor& body) {
    body.Read(der::kSequence, "");
    key = der::ReadBitStringOctets(body, "");
  });
  EXPECT_TRUE(trace.ok());
  return Hash(digest, key);
}

CertIdText CertIdFor(const char* digest, const Octets& name, const Octets& spki,
                     const Octets& serial) {
  return {DigestAlgorithm(digest), Hash(digest, name), KeyHash(spki, digest),
          serial};
}

Octets ByName(const Octets& name) {
  return Tlv(der::ContextConstructed(1), name);
}
Octets ByKey(const Octets& hash) {
  return Tlv(der::ContextConstructed(2), OctetString(hash));
}

Octets Good() { return Tlv(der::ContextPrimitive(0), {}); }
Octets Unknown() { return Tlv(der::ContextPrimitive(2), {}); }
Octets Revoked(std::string_view time, int reason) {
  Octets reason_field;
  if (reason >= 0) {
    reason_field =
        Tlv(der::ContextConstructed(0),
            Tlv(der::kEnumerated, Octets{static_cast<uint8_t>(reason)}));
  }
  return Nest(der::ContextConstructed(1),
              {GeneralizedTime(time), reason_field});
}

Octets SingleText::Der() const {
  return Seq({cert_id, status, this_update,
              Optional(der::ContextConstructed(0), next_update),
              ExtensionField(1, extensions)});
}

Octets ResponseText::Tbs() const {
  return Seq({version, responder, produced_at, Seq(responses),
              ExtensionField(1, extensions), after_extensions});
}

Octets ResponseText::Basic() const {
  Octets certs;
  if (!certificates.empty())
    certs = Nest(der::ContextConstructed(0), {Seq(certificates)});
  return Seq({Tbs(), algorithm, signature, certs, after_certificates});
}

Octets ResponseText::Der() const {
  const Octets bytes =
      Nest(der::ContextConstructed(0),
           {Seq({type, OctetString(basic.has_value() ? *basic : Basic())})});
  return Seq({status, response_bytes.value_or(bytes)});
}

Octets NonceExtension(const Octets& nonce, Criticality criticality) {
  return MakeExtension("1.3.6.1.5.5.7.48.1.2", OctetString(nonce), criticality);
}

Octets RequestText::Der() const {
  return Seq({Seq({version, requestor_name, Seq(requests),
                   ExtensionField(2, extensions)}),
              signature});
}

}  // namespace revstat::test
