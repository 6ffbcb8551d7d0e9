#include "tools/revstat-gen/extensions.h"

#include <openssl/sha.h>

#include "tools/revstat-gen/names.h"

namespace revstat::gen {
namespace {

struct Header {
  size_t size;
  size_t content_size;
};

// Of an element that we or libcrypto have written: nothing is checked.
Header ReadHeader(Bytes element) {
  if (element[1] < 0x80) return {2, element[1]};
  const size_t length_octets = element[1] & 0x7F;
  size_t content_size = 0;
  for (uint8_t octet : element.subspan(2, length_octets))
    content_size = content_size << 8 | octet;
  return {2 + length_octets, content_size};
}

// CRLDistributionPoints ::= SEQUENCE OF DistributionPoint
// DistributionPoint ::= SEQUENCE { distributionPoint [0] { fullName [0]
// GeneralNames } }
Octets DistributionPoints(const std::vector<std::string>& uris) {
  Octets points;
  for (const std::string& uri : uris) {
    const Octets full_name = der::Constructed(0, UriNames({uri}));
    points =
        der::Join({points, der::Sequence({der::Constructed(0, full_name)})});
  }
  return der::Tlv(der::kSequence, points);
}

}  // namespace

// Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue
// OCTET STRING }
Octets Extension(std::string_view oid, Criticality criticality, Bytes value) {
  const Octets critical =
      criticality == Criticality::kCritical ? der::True() : Octets();
  return der::Sequence({der::Oid(oid), critical, der::OctetString(value)});
}

// BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint
// OPTIONAL }
Octets BasicConstraints(Subject subject) {
  const Octets ca = subject == Subject::kAuthority ? der::True() : Octets();
  return Extension("2.5.29.19", Criticality::kCritical, der::Sequence({ca}));
}

Octets KeyUsage(uint32_t bits) {
  return Extension("2.5.29.15", Criticality::kCritical, der::NamedBits(bits));
}

Octets SubjectKeyIdentifier(Bytes key_id) {
  return Extension("2.5.29.14", Criticality::kNonCritical,
                   der::OctetString(key_id));
}

// AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OPTIONAL, ... }
Octets AuthorityKeyIdentifier(Bytes key_id) {
  return Extension("2.5.29.35", Criticality::kNonCritical,
                   der::Sequence({der::Primitive(0, key_id)}));
}

Octets CrlDistributionPoints(const std::vector<std::string>& uris) {
  return Extension("2.5.29.31", Criticality::kNonCritical,
                   DistributionPoints(uris));
}

Octets FreshestCrl(const std::vector<std::string>& uris) {
  return Extension("2.5.29.46", Criticality::kNonCritical,
                   DistributionPoints(uris));
}

Octets IssuerAltName(const std::vector<std::string>& uris) {
  return Extension("2.5.29.18", Criticality::kNonCritical,
                   der::Tlv(der::kSequence, UriNames(uris)));
}

// AuthorityInfoAccessSyntax ::= SEQUENCE OF AccessDescription
// AccessDescription ::= SEQUENCE { accessMethod id-ad-caIssuers, accessLocation
// GeneralName }
Octets AuthorityInfoAccess(const std::vector<std::string>& uris) {
  Octets descriptions;
  for (const std::string& uri : uris) {
    descriptions = der::Join(
        {descriptions,
         der::Sequence({der::Oid("1.3.6.1.5.5.7.48.2"), UriNames({uri})})});
  }
  return Extension("1.3.6.1.5.5.7.1.1", Criticality::kNonCritical,
                   der::Tlv(der::kSequence, descriptions));
}

Octets UnknownExtension(Criticality criticality) {
  return Extension(kUnknownExtensionOid, criticality,
                   der::Utf8String("nobody knows this"));
}

// SubjectPublicKeyInfo ::= SEQUENCE { algorithm SEQUENCE, subjectPublicKey BIT
// STRING } Read by hand, because libcrypto's reader decodes the key too: 0.1 ms
// a certificate.
Octets KeyIdentifierOf(Bytes public_key_info) {
  const Bytes content =
      public_key_info.subspan(ReadHeader(public_key_info).size);
  const Header algorithm = ReadHeader(content);
  const Bytes bit_string =
      content.subspan(algorithm.size + algorithm.content_size);
  // One octet before the bits counts the unused ones.
  const Bytes bits = bit_string.subspan(ReadHeader(bit_string).size + 1);
  Octets id(SHA_DIGEST_LENGTH);
  SHA1(bits.data(), bits.size(), id.data());
  return id;
}

}  // namespace revstat::gen
