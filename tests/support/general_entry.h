// An entry of a CRL read by the general readers alone: what the engine's fast
// path for entries of the usual form must agree with.
#ifndef REVSTAT_TESTS_SUPPORT_GENERAL_ENTRY_H_
#define REVSTAT_TESTS_SUPPORT_GENERAL_ENTRY_H_

#include "engine/base/error.h"
#include "engine/x509/crl_entry.h"

namespace revstat::test {

struct GeneralEntry {
  ParseError error;  // offset from the start of the CRL
  CrlEntry entry;    // of use where there is no error
};

// Reads the entry at the start of `rest`, which lies `offset` octets into a CRL
// of this version.
GeneralEntry ReadGeneralEntry(Bytes rest, uint64_t offset, int version);

// Every field but the borrowed pointers' place.
bool SameEntry(const CrlEntry& a, const CrlEntry& b);

// Reads all entries of `crl` by CrlEntryReader::Next, CrlEntryReader::At,
// ReadGeneralEntry and usual_entry::ReadOf. The name of the first disagreement;
// empty where all agree.
const char* CompareEntryReaders(const CrlView& crl);

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_SUPPORT_GENERAL_ENTRY_H_
