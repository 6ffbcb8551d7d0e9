// The entries of a CRL (RFC 5280 5.1.2.6 and 5.3), read in place one by one.
#ifndef REVSTAT_ENGINE_X509_CRL_ENTRY_H_
#define REVSTAT_ENGINE_X509_CRL_ENTRY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/base/serial_number.h"
#include "engine/base/time.h"
#include "engine/x509/crl.h"
#include "engine/x509/usual_entry.h"

namespace revstat {

// CRLReason (RFC 5280 5.3.1); 7 is not used. kAbsent is ours: no reasonCode.
enum class ReasonCode : uint8_t {
  kUnspecified = 0,
  kKeyCompromise = 1,
  kCaCompromise = 2,
  kAffiliationChanged = 3,
  kSuperseded = 4,
  kCessationOfOperation = 5,
  kCertificateHold = 6,
  kRemoveFromCrl = 8,
  kPrivilegeWithdrawn = 9,
  kAaCompromise = 10,
  kAbsent = 255,
};

// The RFC's name, "keyCompromise"; empty for kAbsent.
std::string_view NameOf(ReasonCode reason);
// CRLReason, an ENUMERATED, as the next element.
ReasonCode ReadReasonCode(der::Cursor& value);

// What of an entry decides a verdict; what else an entry says is in CrlEntry.
enum class EntryExtensions : uint8_t {
  kUnderstood,
  kUnsupportedCritical,  // a critical extension that we do not process
};

// One entry. Borrowed parts are valid as long as the CRL's bytes.
struct CrlEntry {
  uint32_t offset = 0;  // of the entry's SEQUENCE from the start of the CRL
  Bytes tlv;
  SerialNumber serial;
  Time revocation_date;
  ReasonCode reason = ReasonCode::kAbsent;
  EntryExtensions extensions = EntryExtensions::kUnderstood;
  std::optional<Time> invalidity_date;
  Bytes certificate_issuer;  // GeneralNames content; empty: as before
};

// Reads the entries of a CRL from front to back and checks each in full.
// Lifetime: borrows the CRL's bytes. Thread-safety: one thread a reader.
// Cost: some nanoseconds for an entry of the usual form, constant for others.
class CrlEntryReader {
 public:
  explicit CrlEntryReader(const CrlView& crl);

  // Moves to the next entry. False at the end and on an error: see error().
  bool Next();
  const CrlEntry& entry() const { return entry_; }
  const ParseError& error() const { return error_; }

  // Where the next entry begins, from the start of the CRL.
  uint32_t next_offset() const {
    return static_cast<uint32_t>(position_ - origin_);
  }
  // If the next entry is of the usual form, calls visit(const UsualEntry&) and
  // moves past it. False otherwise, and at the end; then Next() tells. Leaves
  // entry() alone. For loops over millions of entries.
  template <class Visit>
  [[gnu::always_inline]] bool NextUsual(Visit&& visit) {
    if (static_cast<size_t>(readable_end_ - position_) <
        usual_entry::kReadable) {
      return false;
    }
    bool inside = false;
    usual_entry::Read(position_, version_, [&](const UsualEntry& entry) {
      inside = entry.size <= static_cast<size_t>(end_ - position_);
      if (!inside) return;
      visit(entry);
      position_ += entry.size;
    });
    return inside;
  }

  // The entry that begins at `offset` of a CRL all of whose entries have been
  // checked. Nothing if there is none: damaged index, never a valid one.
  static std::optional<CrlEntry> At(const CrlView& crl, uint32_t offset);

 private:
  bool MoveTo(uint32_t offset);

  const uint8_t* origin_;
  const uint8_t* position_;
  const uint8_t* end_;
  const uint8_t* readable_end_;  // of the CRL
  int version_;
  CrlEntry entry_;
  ParseError error_;
};

}  // namespace revstat

#endif  // REVSTAT_ENGINE_X509_CRL_ENTRY_H_
