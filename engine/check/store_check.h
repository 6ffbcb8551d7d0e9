// Reads and checks all that a store holds, trusting none of it.
#ifndef REVSTAT_ENGINE_CHECK_STORE_CHECK_H_
#define REVSTAT_ENGINE_CHECK_STORE_CHECK_H_

#include "absl/status/status.h"
#include "engine/check/store_contents.h"

namespace revstat {

// Of one CRL: checksums and SHA-256; the signature, by the certificate that the
// segment names; every entry's form; the counts; and that the index finds every
// entry. kStoreDamaged with the file's name, or the errors of CrlSource::Ingest
// where the CRL itself is not what was taken in. Cost: that of an ingest and a
// lookup of each entry. SHA-1 is let pass: whether it counts is the reader's
// policy.
absl::Status CheckStoredCrl(const StoreContents& contents, const StoredCrl& crl,
                            const StoreFiles& names);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_STORE_CHECK_H_
