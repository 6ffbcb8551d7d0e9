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

// Of one router: its checksum, and that it leads every serial of its lists to
// them: one that is not led would not be found. kStoreDamaged. Cost: that of a
// lookup of each entry.
absl::Status CheckStoredRouter(const StoreContents& contents,
                               const StoredRouter& router,
                               const StoreFiles& names);

// Of the word that tells readers which generation is the newest: that the
// manifest is of that one. Where it is not, its writer died in between, and
// readers that only look at the word answer from an older one; the next writer
// mends it. kStoreDamaged; the errors of GenerationWord::Open, with which no
// reader can open the store, and of ReadStore.
absl::Status CheckStoredGeneration(FileSystem* files,
                                   const StoreContents& contents,
                                   const StoreFiles& names);

// Of the paths that let untrusted certificates sign: OpenSSL validates each
// anew, signatures included, to the anchor that is recorded, at the first and
// the last second of its window. kStoreDamaged, with the certificate's SHA-256.
// Cost: two paths for each one recorded.
absl::Status CheckStoredPaths(const StoreContents& contents,
                              const StoreFiles& names);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_CHECK_STORE_CHECK_H_
