#include "engine/x509/crl_entry.h"

#include <bit>

#include "engine/der/primitives.h"
#include "engine/x509/distribution_point.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

void ReadEntryExtension(const Extension& extension, der::Cursor& value,
                        CrlEntry* entry) {
  if (oid::Is(extension.oid, oid::kReasonCode)) {
    entry->reason = ReadReasonCode(value);
  } else if (oid::Is(extension.oid, oid::kInvalidityDate)) {
    entry->invalidity_date = der::ReadGeneralizedTime(value, "invalidityDate");
  } else if (oid::Is(extension.oid, oid::kCertificateIssuer)) {
    entry->certificate_issuer =
        value
            .Nested(der::kSequence, "certificateIssuer",
                    [](der::Cursor& names) {
                      CheckGeneralNames(names, "certificateIssuer");
                    })
            .value;
  } else {
    if (extension.critical())
      entry->extensions = EntryExtensions::kUnsupportedCritical;
    value = der::Cursor({}, value.trace());
  }
}

// SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time,
//            crlEntryExtensions Extensions OPTIONAL -- if present, v2 -- }
CrlEntry ReadEntry(der::Cursor& list, int version) {
  CrlEntry entry;
  entry.tlv =
      list.Nested(
              der::kSequence, "revokedCertificates",
              [&](der::Cursor& body) {
                entry.serial = der::ReadSerialNumber(body, "userCertificate");
                entry.revocation_date = der::ReadTime(body, "revocationDate");
                if (body.AtEnd()) return;
                if (version != 2)
                  return body.Fail(ErrorCode::kBadVersion,
                                   "crlEntryExtensions");
                ReadExtensions(body, "crlEntryExtensions",
                               [&](const Extension& extension) {
                                 body.Consume(extension.value,
                                              "crlEntryExtensions",
                                              [&](der::Cursor& value) {
                                                ReadEntryExtension(
                                                    extension, value, &entry);
                                              });
                               });
              })
          .tlv;
  return entry;
}

}  // namespace

// CRLReason ::= ENUMERATED { 0 to 10 without 7 }
ReasonCode ReadReasonCode(der::Cursor& value) {
  const Bytes start = value.rest();
  const uint32_t code =
      der::ReadUnsigned(value, 10, "reasonCode", der::kEnumerated);
  if (code == 7) value.FailAt(start, ErrorCode::kBadEnumerated, "reasonCode");
  return static_cast<ReasonCode>(code);
}

std::string_view NameOf(ReasonCode reason) {
  switch (reason) {
    case ReasonCode::kUnspecified:
      return "unspecified";
    case ReasonCode::kKeyCompromise:
      return "keyCompromise";
    case ReasonCode::kCaCompromise:
      return "cACompromise";
    case ReasonCode::kAffiliationChanged:
      return "affiliationChanged";
    case ReasonCode::kSuperseded:
      return "superseded";
    case ReasonCode::kCessationOfOperation:
      return "cessationOfOperation";
    case ReasonCode::kCertificateHold:
      return "certificateHold";
    case ReasonCode::kRemoveFromCrl:
      return "removeFromCRL";
    case ReasonCode::kPrivilegeWithdrawn:
      return "privilegeWithdrawn";
    case ReasonCode::kAaCompromise:
      return "aACompromise";
    case ReasonCode::kAbsent:
      return "";
  }
  return "";
}

CrlEntryReader::CrlEntryReader(const CrlView& crl)
    : origin_(crl.der().data()),
      position_(origin_ + crl.der().size()),
      end_(position_),
      readable_end_(position_),
      version_(crl.version()) {
  if (crl.entries().empty()) return;
  position_ = crl.entries().data();
  end_ = position_ + crl.entries().size();
  // A view of a CRL that could not be read to its end has no der().
  if (crl.der().empty()) readable_end_ = end_;
}

bool CrlEntryReader::Next() {
  if (position_ == end_) return false;
  const uint8_t* const start = position_;
  const bool is_usual = NextUsual([&](const UsualEntry& usual) {
    entry_.tlv = Bytes(start, usual.size);
    entry_.serial = std::bit_cast<SerialNumber>(usual.serial_words());
    entry_.revocation_date = FromUnix(usual.revocation_seconds);
    entry_.reason = static_cast<ReasonCode>(usual.reason);
    entry_.extensions = EntryExtensions::kUnderstood;
    entry_.invalidity_date.reset();
    entry_.certificate_issuer = {};
  });
  if (!is_usual) {
    const Bytes rest(start, end_);
    der::Trace trace(rest, static_cast<uint64_t>(start - origin_));
    der::Cursor cursor(rest, &trace);
    entry_ = ReadEntry(cursor, version_);
    if (!trace.ok()) {
      error_ = trace.error();
      position_ = end_;
      return false;
    }
    position_ += entry_.tlv.size();
  }
  entry_.offset = static_cast<uint32_t>(start - origin_);
  return true;
}

bool CrlEntryReader::MoveTo(uint32_t offset) {
  // Compared as numbers: a damaged offset may point anywhere.
  const auto first = static_cast<uint64_t>(position_ - origin_);
  const auto last = static_cast<uint64_t>(end_ - origin_);
  if (offset < first || offset >= last) return false;
  position_ = origin_ + offset;
  return true;
}

std::optional<CrlEntry> CrlEntryReader::At(const CrlView& crl,
                                           uint32_t offset) {
  CrlEntryReader reader(crl);
  if (!reader.MoveTo(offset)) return std::nullopt;
  if (!reader.Next()) return std::nullopt;
  return reader.entry_;
}

}  // namespace revstat
