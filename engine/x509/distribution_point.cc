#include "engine/x509/distribution_point.h"

#include "engine/der/primitives.h"
#include "engine/x509/name.h"

namespace revstat {
namespace {

// The number of a GeneralName's context tag, or 9 for any other tag.
unsigned GeneralNameForm(der::Tag tag) {
  const unsigned number = tag & 0x1f;
  return (tag & 0xc0) == 0x80 && number <= 8 ? number : 9;
}

DistributionPointName ReadDistributionPointName(der::Cursor& cursor) {
  DistributionPointName name;
  // DistributionPointName is a CHOICE, so its [0] is EXPLICIT.
  cursor.NestedOptional(
      der::ContextConstructed(0), "distributionPoint",
      [&](der::Cursor& choice) {
        if (choice.Peek() == der::ContextConstructed(1)) {
          const auto relative =
              choice.Nested(der::ContextConstructed(1),
                            "nameRelativeToCRLIssuer", [](der::Cursor& rdn) {
                              CheckRelativeName(rdn, "nameRelativeToCRLIssuer");
                            });
          name.relative_name = relative.value;
        } else {
          const auto full = choice.Nested(
              der::ContextConstructed(0), "fullName",
              [](der::Cursor& names) { CheckGeneralNames(names, "fullName"); });
          name.full_name = full.value;
        }
      });
  return name;
}

std::optional<ReasonMask> ReadReasonFlags(der::Cursor& cursor, unsigned number,
                                          const char* field) {
  const der::Tag tag = der::ContextPrimitive(number);
  if (cursor.Peek() != tag) return std::nullopt;
  return der::ReadNamedBits(cursor, field, tag);
}

}  // namespace

void CheckGeneralNames(der::Cursor& names, const char* field) {
  if (names.AtEnd()) names.Fail(ErrorCode::kEmptySequence, field);
  while (!names.AtEnd()) {
    const Bytes start = names.rest();
    const der::Element name = names.ReadAny(field);
    if (!names.ok()) return;
    if (GeneralNameForm(name.tag) == 9) {
      return names.FailAt(start, ErrorCode::kUnexpectedTag, field);
    }
    if (name.tag == kDirectoryName) {
      names.Consume(name.value, field,
                    [&](der::Cursor& inner) { NameView::Read(inner, field); });
    }
  }
}

// IssuingDistributionPoint ::= SEQUENCE {
//   distributionPoint          [0] DistributionPointName OPTIONAL,
//   onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
//   onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
//   onlySomeReasons            [3] ReasonFlags OPTIONAL,
//   indirectCRL                [4] BOOLEAN DEFAULT FALSE,
//   onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
IssuingDistributionPoint ReadIssuingDistributionPoint(der::Cursor& cursor) {
  IssuingDistributionPoint point;
  cursor.Nested(
      der::kSequence, "issuingDistributionPoint", [&](der::Cursor& body) {
        const Bytes start = body.rest();
        const auto flag = [&](unsigned number, const char* field) {
          return der::ReadFlag(body, field, der::ContextPrimitive(number)) ==
                 der::Flag::kTrue;
        };
        unsigned kinds = 0;
        const auto only = [&](unsigned number, const char* field,
                              CertificateKinds kind) {
          if (!flag(number, field)) return;
          point.kinds = kind;
          ++kinds;
        };
        point.name = ReadDistributionPointName(body);
        only(1, "onlyContainsUserCerts", CertificateKinds::kUser);
        only(2, "onlyContainsCACerts", CertificateKinds::kCa);
        point.only_some_reasons = ReadReasonFlags(body, 3, "onlySomeReasons");
        if (flag(4, "indirectCRL")) point.issuance = CrlIssuance::kIndirect;
        only(5, "onlyContainsAttributeCerts", CertificateKinds::kAttribute);
        // RFC 5280 5.2.5: at most one of the three may be asserted.
        if (kinds > 1)
          body.FailAt(start, ErrorCode::kExtensionNotAllowed,
                      "onlyContains flags");
      });
  return point;
}

DistributionPoint ReadDistributionPoint(der::Cursor& cursor) {
  DistributionPoint point;
  cursor.Nested(der::kSequence, "DistributionPoint", [&](der::Cursor& body) {
    point.name = ReadDistributionPointName(body);
    point.reasons = ReadReasonFlags(body, 1, "reasons");
    point.crl_issuer =
        body.NestedOptional(der::ContextConstructed(2), "cRLIssuer",
                            [](der::Cursor& names) {
                              CheckGeneralNames(names, "cRLIssuer");
                            })
            .value;
  });
  return point;
}

Bytes ReadDistributionPoints(der::Cursor& cursor, const char* field) {
  const der::Element points =
      cursor.Nested(der::kSequence, field, [&](der::Cursor& list) {
        if (list.AtEnd()) list.Fail(ErrorCode::kEmptySequence, field);
        while (!list.AtEnd()) ReadDistributionPoint(list);
      });
  return points.value;
}

}  // namespace revstat
