#include "engine/refresh/certificate_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <limits>
#include <string_view>
#include <utility>

#include "engine/base/error.h"
#include "engine/der/cursor.h"
#include "engine/verify/pkcs7.h"

namespace revstat {
namespace {

using Certificates = std::vector<std::shared_ptr<const Buffer>>;

constexpr std::string_view kBegin = "-----BEGIN ";

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

absl::Status AddBlock(std::string_view label, Bytes der,
                      Certificates* certificates) {
  if (label == "CERTIFICATE" || label == "X509 CERTIFICATE") {
    Add(der, certificates);
  } else if (label == "TRUSTED CERTIFICATE") {
    // OpenSSL's CertAux is behind the certificate.
    der::Trace trace(der);
    der::Cursor cursor(der, &trace);
    const Bytes certificate = cursor.Read(der::kSequence, "Certificate").tlv;
    if (!cursor.ok()) return ToStatus(trace.error());
    Add(certificate, certificates);
  } else if (label == "PKCS7" || label == "CMS") {
    if (!AddPkcs7(der, certificates))
      return MakeError(ErrorCode::kUnknownFormat, "PKCS#7 SignedData");
  }
  return absl::OkStatus();
}

// A SEQUENCE of 128 octets or more: text that begins with "0" has no octet like
// its second.
bool IsDer(Bytes file) {
  return file.size() >= 2 && file[0] == der::kSequence && file[1] >= 0x80;
}

absl::Status AddPem(Bytes file, Certificates* certificates) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(file.data(), static_cast<int>(file.size())), BIO_free);
  if (bio == nullptr) return MakeError(ErrorCode::kTooLarge, "memory");
  absl::Status status;
  while (status.ok()) {
    char* label = nullptr;
    char* header = nullptr;
    uint8_t* octets = nullptr;
    long size = 0;
    // Some of what is wrong leaves no error: then that of the caller's before
    // is not to be taken for it.
    ERR_clear_error();
    if (PEM_read_bio(bio.get(), &label, &header, &octets, &size) != 1) {
      const unsigned long error = ERR_peek_last_error();
      const bool is_end = ERR_GET_LIB(error) == ERR_LIB_PEM &&
                          ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
      ERR_clear_error();
      if (is_end) break;
      return MakeError(ErrorCode::kBadPem, "armour or base64");
    }
    status = AddBlock(label, {octets, static_cast<size_t>(size)}, certificates);
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_clear_free(octets, static_cast<size_t>(size));  // keys pass here
  }
  return status;
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificates(const std::string& path,
                                              uint64_t max_bytes) {
  const auto file = Buffer::ReadFile(path, max_bytes);
  if (!file.ok()) return file.status();
  const Bytes bytes = (*file)->bytes();
  Certificates certificates;
  absl::Status status;
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    status = MakeError(ErrorCode::kTooLarge, "2 GiB");
  } else if (IsDer(bytes)) {
    status = AddDer(bytes, &certificates);
  } else if (TextOf(bytes).find(kBegin) != std::string_view::npos) {
    status = AddPem(bytes, &certificates);
  }
  if (status.ok() && certificates.empty())
    status = MakeError(ErrorCode::kUnknownFormat, "no certificate in it");
  if (!status.ok()) return Annotate(status, path);
  return certificates;
}

}  // namespace revstat
