#include "tests/support/ocsp_responder.h"

#include <openssl/evp.h>

#include "engine/x509/ocsp_request.h"

namespace revstat::test {
namespace {

// "%2F" and the like.
std::string PercentDecoded(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain +=
          static_cast<char>(HexDigit(text[i + 1]) << 4 | HexDigit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace

std::optional<Octets> OcspRequestIn(const HttpRequest& request) {
  if (request.method == "POST")
    return Octets(request.body.begin(), request.body.end());
  const std::string text = PercentDecoded(
      std::string_view(request.path).substr(request.path.rfind('/') + 1));
  Octets der(text.size());
  const int size =
      EVP_DecodeBlock(der.data(), reinterpret_cast<const uint8_t*>(text.data()),
                      static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  size_t padding = 0;
  while (padding < text.size() && text[text.size() - 1 - padding] == '=')
    ++padding;
  der.resize(static_cast<size_t>(size) - padding);
  return der;
}

std::optional<AskedOcsp> ReadAsked(const HttpRequest& request) {
  const auto der = OcspRequestIn(request);
  if (!der.has_value()) return std::nullopt;
  const auto view = OcspRequestView::Parse(*der);
  if (!view.ok()) return std::nullopt;
  AskedOcsp asked;
  asked.nonce.assign(view->nonce().begin(), view->nonce().end());
  view->ForEachRequest([&](const OcspSingleRequest& single) {
    if (!asked.cert_id.empty()) return;
    const CertId& id = single.cert_id;
    asked.cert_id.assign(id.tlv.begin(), id.tlv.end());
    const Bytes serial = id.serial.content();
    asked.serial.assign(serial.begin(), serial.end());
  });
  return asked;
}

HttpReply ReplyWith(const Octets& der) {
  HttpReply reply;
  reply.body.assign(der.begin(), der.end());
  return reply;
}

}  // namespace revstat::test
