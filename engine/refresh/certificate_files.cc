#include "engine/refresh/certificate_files.h"

#include <algorithm>
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

// The first element of the DER and, unless something may be behind it, the only
// one.
absl::Status AddElement(Bytes der, bool may_go_on, Certificates* certificates) {
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  const Bytes certificate = cursor.Read(der::kSequence, "Certificate").tlv;
  if (!may_go_on) cursor.ExpectEnd("Certificate");
  if (!cursor.ok()) return ToStatus(trace.error());
  Add(certificate, certificates);
  return absl::OkStatus();
}

absl::Status AddBlock(const PemBlock& block, Certificates* certificates) {
  if (const char* const problem = ProblemOf(block))
    return MakeError(ErrorCode::kBadPem, problem);
  if (block.label.empty()) return MakeError(ErrorCode::kBadPem, "no label");
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
  if (content != PemContent::kPkcs7) {
    return AddElement(der, content == PemContent::kTrustedCertificate,
                      certificates);
  }
  return AddPkcs7(der, certificates)
             ? absl::OkStatus()
             : MakeError(ErrorCode::kUnknownFormat, "PKCS#7 SignedData");
}

// A SEQUENCE of 128 octets or more: text that begins with "0" has no octet like
// its second.
bool IsDer(Bytes file) {
  return file.size() >= 2 && file[0] == der::kSequence && file[1] >= 0x80;
}

// Who has put a CA into a comment no longer trusts it.
bool IsComment(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line.starts_with('#') || line.starts_with(';') ||
         line.starts_with("//");
}

// RFC 7468 3: armour begins its line. Files that were joined without a line's
// end between them are let pass.
bool MayStandBeforeArmour(std::string_view before) {
  return before.ends_with("-----") ||
         before.find_first_not_of(" \t\xef\xbb\xbf") == std::string_view::npos;
}

absl::Status AddPem(Bytes file, Certificates* certificates) {
  const std::string_view text = TextOf(file);
  PemReader reader(file);
  size_t last = 0;  // where the block before began
  bool is_comment = false;
  while (const auto block = reader.Next()) {
    std::string_view before = text.substr(last, block->offset - last);
    const size_t line = before.find_last_of("\r\n");
    if (line != std::string_view::npos) before.remove_prefix(line + 1);
    if (line != std::string_view::npos || last == 0)
      is_comment = IsComment(before);
    last = block->offset;
    const bool is_armour = text.substr(last).starts_with("-----");
    if (is_armour && is_comment) continue;
    const absl::Status status =
        is_armour && !MayStandBeforeArmour(before)
            ? MakeError(ErrorCode::kBadPem, "text before it on its line")
            : AddBlock(*block, certificates);
    if (!status.ok())
      return Annotate(status, Concat({"at octet ", std::to_string(last)}));
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
  } else if (TextOf(bytes).find("-----BEGIN ") != std::string_view::npos) {
    status = AddPem(bytes, &certificates);
  }
  if (status.ok() && certificates.empty())
    status = MakeError(ErrorCode::kUnknownFormat, "no certificate in it");
  if (!status.ok()) return Annotate(status, path);
  return certificates;
}

}  // namespace revstat
