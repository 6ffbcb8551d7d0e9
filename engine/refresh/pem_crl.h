// What sources send where a CRL in DER is asked for: the same in PEM, which is
// made DER, or something else, which is told.
#ifndef REVSTAT_ENGINE_REFRESH_PEM_CRL_H_
#define REVSTAT_ENGINE_REFRESH_PEM_CRL_H_

#include <functional>

#include "absl/status/status.h"
#include "engine/base/bytes.h"

namespace revstat {

// Whether the octets begin as a CRL in PEM does (RFC 7468 6), behind white
// space and a byte order mark of UTF-8. Text before it, which the RFC allows,
// is not looked through.
bool IsPemCrl(Bytes octets);

// Gives `append` in pieces what stands between the lines of one for which
// IsPemCrl is true. kBadPem where the END line or the base64 is not right,
// kTrailingData where another block or text follows: which of two CRLs would
// count is not to be guessed. And the errors of `append`, which bounds the
// size. Memory: 64 KiB.
absl::Status DecodePemCrl(Bytes pem,
                          const std::function<absl::Status(Bytes)>& append);

// `error`, with which a CRL's parser has refused the octets, and in front of it
// what they are where that is easily told: HTML, a certificate, other PEM, or
// nothing.
absl::Status TellWhatItIs(Bytes octets, const absl::Status& error);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_PEM_CRL_H_
