#include "engine/refresh/pem_crl.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/x509/certificate.h"

namespace revstat {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kSpace = " \t\r\n\v\f";
constexpr std::string_view kBegin = "-----BEGIN X509 CRL-----";
constexpr std::string_view kEnd = "-----END X509 CRL-----";
constexpr std::string_view kBeginCertificate = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kBeginOther = "-----BEGIN ";

constexpr size_t kPiece = size_t{64} << 10;

bool IsSpace(std::string_view text) {
  return text.find_first_not_of(kSpace) == std::string_view::npos;
}

// The text from its first character on that is no white space.
std::string_view BeginningOf(Bytes octets) {
  std::string_view text = TextOf(octets);
  if (text.starts_with(kByteOrderMark))
    text.remove_prefix(kByteOrderMark.size());
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return text;
}

// RFC 4648 4. Libcrypto passes over white space, as RFC 7468 3 has it.
absl::Status DecodeBase64(std::string_view text,
                          const std::function<absl::Status(Bytes)>& append) {
  const auto broken = [] { return MakeError(ErrorCode::kBadPem, "base64"); };
  const std::unique_ptr<EVP_ENCODE_CTX, decltype(&EVP_ENCODE_CTX_free)> context(
      EVP_ENCODE_CTX_new(), EVP_ENCODE_CTX_free);
  if (context == nullptr) return MakeError(ErrorCode::kTooLarge, "no memory");
  EVP_DecodeInit(context.get());
  // Three octets for four characters, of which 63 may have been kept.
  std::vector<uint8_t> octets(kPiece);
  const auto give = [&](int size) {
    return append(Bytes(octets).first(static_cast<size_t>(size)));
  };
  int size = 0;
  bool is_ended = false;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, kPiece);
    text.remove_prefix(piece.size());
    // It forgets the padding from one piece to the next.
    if (is_ended && !IsSpace(piece)) return broken();
    const int more =
        EVP_DecodeUpdate(context.get(), octets.data(), &size,
                         reinterpret_cast<const uint8_t*>(piece.data()),
                         static_cast<int>(piece.size()));
    if (more < 0) return broken();
    is_ended |= more == 0;
    const absl::Status status = give(size);
    if (!status.ok()) return status;
  }
  if (EVP_DecodeFinal(context.get(), octets.data(), &size) != 1)
    return broken();
  return give(size);
}

std::string_view KindOf(Bytes octets) {
  const std::string_view text = BeginningOf(octets);
  if (text.empty()) return "empty";
  if (text.front() == '<') return "HTML or XML";
  if (text.starts_with(kBeginCertificate)) return "a certificate in PEM";
  if (text.starts_with(kBeginOther)) return "PEM of another kind";
  if (CertificateView::Parse(octets).ok()) return "a certificate";
  return "";
}

}  // namespace

bool IsPemCrl(Bytes octets) { return BeginningOf(octets).starts_with(kBegin); }

absl::Status DecodePemCrl(Bytes pem,
                          const std::function<absl::Status(Bytes)>& append) {
  const std::string_view text = BeginningOf(pem).substr(kBegin.size());
  // No base64 has a dash, so that the next one begins the END line.
  const size_t end = std::min(text.find('-'), text.size());
  if (!text.substr(end).starts_with(kEnd))
    return MakeError(ErrorCode::kBadPem, "no END line");
  if (!IsSpace(text.substr(end + kEnd.size())))
    return MakeError(ErrorCode::kTrailingData, "behind the END line");
  return DecodeBase64(text.substr(0, end), append);
}

absl::Status TellWhatItIs(Bytes octets, const absl::Status& error) {
  const std::string_view kind = KindOf(octets);
  return kind.empty() ? error : Annotate(error, Concat({kind, ", not a CRL"}));
}

}  // namespace revstat
