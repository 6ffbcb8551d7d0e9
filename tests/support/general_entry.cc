#include "tests/support/general_entry.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "engine/der/primitives.h"
#include "engine/x509/distribution_point.h"
#include "engine/x509/extension.h"
#include "engine/x509/oid.h"
#include "engine/x509/usual_entry.h"

namespace revstat::test {
namespace {

void ReadExtensionValue(const Extension& extension, der::Cursor& value,
                        CrlEntry* entry) {
  if (Equal(extension.oid, oid::kReasonCode)) {
    const Bytes start = value.rest();
    const uint32_t code =
        der::ReadUnsigned(value, 10, "reasonCode", der::kEnumerated);
    if (code == 7) value.FailAt(start, ErrorCode::kBadEnumerated, "reasonCode");
    entry->reason = static_cast<ReasonCode>(code);
  } else if (Equal(extension.oid, oid::kInvalidityDate)) {
    entry->invalidity_date = der::ReadGeneralizedTime(value, "invalidityDate");
  } else if (Equal(extension.oid, oid::kCertificateIssuer)) {
    const auto names = value.Nested(
        der::kSequence, "certificateIssuer", [](der::Cursor& inner) {
          CheckGeneralNames(inner, "certificateIssuer");
        });
    entry->certificate_issuer = names.value;
  } else {
    if (extension.critical())
      entry->extensions = EntryExtensions::kUnsupportedCritical;
    value = der::Cursor({}, value.trace());
  }
}

bool SameError(const ParseError& a, const ParseError& b) {
  return a.code == b.code && a.offset == b.offset &&
         std::string_view(a.field) == b.field;
}

}  // namespace

GeneralEntry ReadGeneralEntry(Bytes rest, uint64_t offset, int version) {
  GeneralEntry result;
  CrlEntry& entry = result.entry;
  der::Trace trace(rest, offset);
  der::Cursor list(rest, &trace);
  const auto whole = list.Nested(
      der::kSequence, "revokedCertificates", [&](der::Cursor& body) {
        entry.serial = der::ReadSerialNumber(body, "userCertificate");
        entry.revocation_date = der::ReadTime(body, "revocationDate");
        if (body.AtEnd()) return;
        if (version == 1)
          return body.Fail(ErrorCode::kBadVersion, "crlEntryExtensions");
        ReadExtensions(
            body, "crlEntryExtensions", [&](const Extension& extension) {
              body.Consume(extension.value, "crlEntryExtensions",
                           [&](der::Cursor& value) {
                             ReadExtensionValue(extension, value, &entry);
                           });
            });
      });
  entry.tlv = whole.tlv;
  entry.offset = static_cast<uint32_t>(offset);
  result.error = trace.error();
  return result;
}

bool SameEntry(const CrlEntry& a, const CrlEntry& b) {
  return a.offset == b.offset && a.tlv.data() == b.tlv.data() &&
         a.tlv.size() == b.tlv.size() && a.serial == b.serial &&
         a.revocation_date == b.revocation_date && a.reason == b.reason &&
         a.extensions == b.extensions &&
         a.invalidity_date == b.invalidity_date &&
         a.certificate_issuer.size() == b.certificate_issuer.size() &&
         (a.certificate_issuer.empty() ||
          a.certificate_issuer.data() == b.certificate_issuer.data());
}

namespace {

// What Read says of an accepted entry, ReadOf says of its serial.
bool ReadOfAgrees(const CrlView& crl, const CrlEntry& entry) {
  std::array<uint8_t, usual_entry::kReadable> octets = {};
  const Bytes rest = crl.der().subspan(entry.offset);
  std::memcpy(octets.data(), rest.data(), std::min(rest.size(), octets.size()));
  uint32_t reason = 0;
  int64_t seconds = 0;
  const bool is_usual = usual_entry::Read(octets.data(), crl.version(),
                                          [&](const UsualEntry& usual) {
                                            reason = usual.reason;
                                            seconds = usual.revocation_seconds;
                                          });
  bool is_same = true;
  const bool is_read = usual_entry::ReadOf(
      reinterpret_cast<const uint8_t*>(&entry.serial), octets.data(),
      crl.version(), [&](uint32_t its_reason, int64_t its_seconds) {
        is_same = its_reason == reason && its_seconds == seconds;
      });
  return is_same && is_read == is_usual;
}

}  // namespace

const char* CompareEntryReaders(const CrlView& crl) {
  const uint8_t* position = crl.entries().data();
  const uint8_t* end = position + crl.entries().size();
  CrlEntryReader reader(crl);
  while (position != end) {
    const auto offset = static_cast<uint32_t>(position - crl.der().data());
    const bool more = reader.Next();
    const GeneralEntry general =
        ReadGeneralEntry({position, end}, offset, crl.version());
    if (!SameError(general.error, reader.error())) return "error";
    if (more != general.error.ok()) return "end";
    const auto at = CrlEntryReader::At(crl, offset);
    if (at.has_value() != more) return "presence at offset";
    if (!more) return reader.Next() ? "entry after an error" : "";
    if (!SameEntry(reader.entry(), general.entry)) return "entry";
    if (!SameEntry(*at, general.entry)) return "entry at offset";
    if (!ReadOfAgrees(crl, general.entry)) return "entry of its serial";
    position += general.entry.tlv.size();
  }
  return reader.Next() ? "entry past the end" : "";
}

}  // namespace revstat::test
