// Certificates in files, as people have them.
#ifndef REVSTAT_ENGINE_REFRESH_CERTIFICATE_FILES_H_
#define REVSTAT_ENGINE_REFRESH_CERTIFICATE_FILES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/buffer.h"

namespace revstat {

// All certificates of a file, one in DER each: PEM or DER, one or many one
// after the other, alone or in a PKCS#7. Other PEM blocks (keys), text, and
// blocks in comments (#, ; or //) are passed over; damaged armour, misspelt
// labels and DER behind PEM are not, as certificates would be lost. Only cuts
// them out: whether each is a certificate is its parser's to say. Errors name
// the file, in PEM with the octet: those of Buffer::ReadFile, kBadPem, those of
// DER, kUnknownFormat where there is none.
absl::StatusOr<std::vector<std::shared_ptr<const Buffer>>> ReadCertificates(
    const std::string& path, uint64_t max_bytes);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_CERTIFICATE_FILES_H_
