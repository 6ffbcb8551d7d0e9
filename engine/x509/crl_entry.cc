#include "engine/x509/crl_entry.h"

#include <cstring>

#include "engine/der/primitives.h"
#include "engine/x509/distribution_point.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

// CRLReason ::= ENUMERATED { 0 to 10 without 7 }
ReasonCode ReadReasonCode(der::Cursor& value) {
  const Bytes start = value.rest();
  const uint32_t code =
      der::ReadUnsigned(value, 10, "reasonCode", der::kEnumerated);
  if (code == 7) value.FailAt(start, ErrorCode::kBadEnumerated, "reasonCode");
  return static_cast<ReasonCode>(code);
}

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

// What crlEntryExtensions with nothing but a reasonCode looks like, up to the
// code itself: all but a few entries of real CRLs have this or no extension.
constexpr uint8_t kReasonOnly[] = {0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55,
                                   0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01};
constexpr size_t kReasonOnlySize = sizeof(kReasonOnly) + 1;
constexpr size_t kUtcTimeSize = 15;

// Reads an entry of the usual form: every length in one octet, UTCTime, at most
// a reasonCode. False, and nothing decided, for any other: then ReadEntry
// reads it. Both give the same entry; a test and a fuzz target compare them.
bool ReadUsualEntry(const uint8_t* p, size_t available, int version,
                    CrlEntry* entry) {
  if (available < 4 || p[0] != der::kSequence || p[1] >= 0x80 ||
      p[2] != der::kInteger) {
    return false;
  }
  const size_t content_size = p[1];
  const size_t serial_size = p[3];
  if (content_size + 2 > available || serial_size > SerialNumber::kMaxOctets)
    return false;
  const size_t plain_size = 2 + serial_size + kUtcTimeSize;
  const bool has_reason = content_size == plain_size + kReasonOnlySize;
  if (content_size != plain_size && !has_reason) return false;

  const Bytes serial(p + 4, serial_size);
  const uint8_t* time = p + 4 + serial_size;
  if (der::CheckInteger(serial) != ErrorCode::kOk || time[0] != der::kUtcTime ||
      time[1] != 13) {
    return false;
  }
  const auto date = der::DecodeUtcTime({time + 2, 13});
  if (!date.has_value()) return false;
  entry->reason = ReasonCode::kAbsent;
  if (has_reason) {
    const uint8_t* extensions = time + kUtcTimeSize;
    const uint8_t code = extensions[sizeof(kReasonOnly)];
    if (version != 2 ||
        std::memcmp(extensions, kReasonOnly, sizeof(kReasonOnly)) != 0 ||
        code > 10 || code == 7) {
      return false;
    }
    entry->reason = static_cast<ReasonCode>(code);
  }
  entry->tlv = Bytes(p, content_size + 2);
  entry->serial = *SerialNumber::FromContent(serial);
  entry->revocation_date = *date;
  entry->extensions = EntryExtensions::kUnderstood;
  entry->invalidity_date.reset();
  entry->certificate_issuer = {};
  return true;
}

}  // namespace

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
      position_(crl.entries().data()),
      end_(crl.entries().data() + crl.entries().size()),
      version_(crl.version()) {}

bool CrlEntryReader::Next() {
  if (position_ == end_) return false;
  if (!ReadUsualEntry(position_, static_cast<size_t>(end_ - position_),
                      version_, &entry_)) {
    const Bytes rest(position_, end_);
    der::Trace trace(rest, static_cast<uint64_t>(position_ - origin_));
    der::Cursor cursor(rest, &trace);
    entry_ = ReadEntry(cursor, version_);
    if (!trace.ok()) {
      error_ = trace.error();
      position_ = end_;
      return false;
    }
  }
  entry_.offset = static_cast<uint32_t>(position_ - origin_);
  position_ += entry_.tlv.size();
  return true;
}

std::optional<CrlEntry> CrlEntryReader::At(const CrlView& crl,
                                           uint32_t offset) {
  CrlEntryReader reader(crl);
  const uint8_t* start = reader.origin_ + offset;
  if (offset >= crl.der().size() || start < reader.position_ ||
      start >= reader.end_) {
    return std::nullopt;
  }
  reader.position_ = start;
  if (!reader.Next()) return std::nullopt;
  return reader.entry_;
}

}  // namespace revstat
