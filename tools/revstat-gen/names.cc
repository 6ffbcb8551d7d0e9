#include "tools/revstat-gen/names.h"

namespace revstat::gen {
namespace {

// AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
Octets Attribute(std::string_view oid, std::string_view value) {
  return der::Sequence({der::Oid(oid), der::Utf8String(value)});
}

}  // namespace

Octets CommonNameAttribute(std::string_view common_name) {
  return Attribute("2.5.4.3", common_name);
}

// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName (SET OF ...)
Octets MakeName(std::string_view common_name) {
  return der::Sequence({der::Set({Attribute("2.5.4.10", "revstat test data")}),
                        der::Set({CommonNameAttribute(common_name)})});
}

// GeneralName: uniformResourceIdentifier [6] IA5String
Octets UriNames(const std::vector<std::string>& uris) {
  Octets names;
  for (const std::string& uri : uris)
    names = der::Join({names, der::Primitive(6, BytesOf(uri))});
  return names;
}

// GeneralName: directoryName [4] Name, explicit because Name is a CHOICE
Octets DirectoryNames(Bytes name) { return der::Constructed(4, name); }

}  // namespace revstat::gen
