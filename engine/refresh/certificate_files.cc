#include "engine/refresh/certificate_files.h"

#include <string>
#include <string_view>
#include <utility>

#include "engine/base/base64.h"
#include "engine/base/error.h"
#include "engine/der/cursor.h"
#include "engine/verify/pkcs7.h"
#include "engine/x509/pem.h"

namespace revstat {
namespace {

using Certificates = std::vector<std::shared_ptr<const Buffer>>;

void Add(Bytes der, Certificates* certificates) {
  certificates->push_back(Buffer::FromVector({der.begin(), der.end()}));
}

// False where it is no PKCS#7 of certificates.
bool AddPkcs7(Bytes der, Certificates* certificates) {
  auto carried = CertificatesOfPkcs7(der);
  if (!carried.has_value()) return false;
  for (std::vector<uint8_t>& certificate : *carried)
    certificates->push_back(Buffer::FromVector(std::move(certificate)));
  return true;
}

// Element by element.
absl::Status AddDer(Bytes file, Certificates* certificates) {
  for (Bytes rest = file; !rest.empty();) {
    der::Trace trace(file);
    der::Cursor cursor(rest, &trace);
    const der::Element element = cursor.Read(der::kSequence, "Certificate");
    if (!cursor.ok()) return ToStatus(trace.error());
    if (!AddPkcs7(element.tlv, certificates)) Add(element.tlv, certificates);
    rest = rest.subspan(element.tlv.size());
  }
  return absl::OkStatus();
}

absl::Status AddBlock(const PemBlock& block, Certificates* certificates) {
  if (const char* const problem = ProblemOf(block))
    return MakeError(ErrorCode::kBadPem, problem);
  const PemContent content = ContentOf(block);
  if (content != PemContent::kCertificate &&
      content != PemContent::kTrustedCertificate &&
      content != PemContent::kPkcs7) {
    return absl::OkStatus();
  }
  std::string octets;
  if (!DecodeBase64(block.base64, &octets))
    return MakeError(ErrorCode::kBadPem, "base64");
  if (octets.empty()) return MakeError(ErrorCode::kBadPem, "nothing in it");
  const Bytes der = BytesOf(octets);
  if (content == PemContent::kPkcs7) {
    return AddPkcs7(der, certificates)
               ? absl::OkStatus()
               : MakeError(ErrorCode::kUnknownFormat, "PKCS#7 SignedData");
  }
  if (content == PemContent::kCertificate) {
    Add(der, certificates);
    return absl::OkStatus();
  }
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  const Bytes certificate = cursor.Read(der::kSequence, "Certificate").tlv;
  if (!cursor.ok()) return ToStatus(trace.error());
  Add(certificate, certificates);
  return absl::OkStatus();
}

// A SEQUENCE of 128 octets or more: text that begins with "0" has no octet like
// its second.
bool IsDer(Bytes file) {
  return file.size() >= 2 && file[0] == der::kSequence && file[1] >= 0x80;
}

absl::Status AddPem(Bytes file, Certificates* certificates) {
  PemReader reader(file);
  while (const auto block = reader.Next()) {
    const absl::Status status = AddBlock(*block, certificates);
    if (!status.ok())
      return Annotate(status,
                      Concat({"at octet ", std::to_string(block->offset)}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificates(const std::string& path,
                                              uint64_t max_bytes) {
  const auto file = Buffer::ReadFile(path, max_bytes);
  if (!file.ok()) return file.status();
  const Bytes bytes = (*file)->bytes();
  Certificates certificates;
  absl::Status status;
  if (IsDer(bytes)) {
    status = AddDer(bytes, &certificates);
  } else if (LooksLikePem(bytes)) {
    status = AddPem(bytes, &certificates);
  }
  if (status.ok() && certificates.empty())
    status = MakeError(ErrorCode::kUnknownFormat, "no certificate in it");
  if (!status.ok()) return Annotate(status, path);
  return certificates;
}

}  // namespace revstat
