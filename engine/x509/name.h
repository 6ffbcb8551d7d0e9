// Distinguished names: RFC 5280 4.1.2.4 (Name), compared by 7.1.
#ifndef REVSTAT_ENGINE_X509_NAME_H_
#define REVSTAT_ENGINE_X509_NAME_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/der/cursor.h"

namespace revstat {

// A Name that has been checked, borrowed from the certificate or CRL it stands
// in. Trivially copyable; valid as long as those bytes are.
class NameView {
 public:
  NameView() = default;

  // Takes the next element off the cursor as a Name and checks all of it.
  static NameView Read(der::Cursor& cursor, const char* field);

  // The whole SEQUENCE, as encoded.
  Bytes tlv() const { return tlv_; }
  Bytes content() const { return content_; }
  // True for the empty RDNSequence.
  bool empty() const { return content_.empty(); }

  // Calls visit(Bytes) with the content octets of each
  // RelativeDistinguishedName, in order. They were checked by Read.
  template <class Visit>
  void ForEachRdn(Visit&& visit) const;
  // Calls visit(Bytes type, const der::Element& value) for each attribute, in
  // order.
  template <class Visit>
  void ForEachAttribute(Visit&& visit) const;

 private:
  Bytes tlv_;
  Bytes content_;
};

// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
// Checks one, whose SET tag may have been replaced (nameRelativeToCRLIssuer).
void CheckRelativeName(der::Cursor& attributes, const char* field);

// The text of a value of one of the directory string types (RFC 5280 4.1.2.4)
// in UTF-8; nothing for other types and for characters that do not exist.
std::optional<std::string> DecodeDirectoryString(const der::Element& value);

// A byte string that is equal for two names exactly when they are the same name
// under RFC 5280 7.1: string types made one, case folded, white space squeezed
// and Unicode normalised (RFC 4518); other types octet by octet; attributes of
// an RDN as a set. Cost: linear; callers keep the result (a map key).
std::string CanonicalName(NameView name);
// The same for one RDN's content octets, to append to a name's canonical form.
std::string CanonicalRelativeName(Bytes rdn_content);
// One attribute, from its type and the text of its value: what a name that was
// typed in is made of.
std::string CanonicalAttribute(Bytes type, std::string_view utf8_value);
std::string CanonicalAttribute(Bytes type, const der::Element& value);
std::string CanonicalRdnOf(std::vector<std::string> attributes);

// The same as NameView::ForEachAttribute for the content octets of one
// RelativeDistinguishedName that has been checked.
template <class Visit>
void ForEachAttributeOf(Bytes rdn_content, Visit&& visit) {
  der::Trace trace(rdn_content);
  der::Cursor rdn(rdn_content, &trace);
  while (!rdn.AtEnd()) {
    rdn.Nested(der::kSequence, "AttributeTypeAndValue",
               [&](der::Cursor& attribute) {
                 const der::Element type = attribute.Read(der::kOid, "type");
                 const der::Element value = attribute.ReadAny("value");
                 if (attribute.ok()) visit(type.value, value);
               });
  }
}

template <class Visit>
void NameView::ForEachRdn(Visit&& visit) const {
  der::Trace trace(content_);
  der::Cursor rdns(content_, &trace);
  while (!rdns.AtEnd())
    visit(rdns.Read(der::kSet, "RelativeDistinguishedName").value);
}

template <class Visit>
void NameView::ForEachAttribute(Visit&& visit) const {
  ForEachRdn([&](Bytes rdn) { ForEachAttributeOf(rdn, visit); });
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_NAME_H_
