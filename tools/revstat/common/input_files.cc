#include "tools/revstat/common/input_files.h"

#include <openssl/err.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/der/cursor.h"
#include "tools/revstat/check/list_reader.h"
#include "tools/revstat/common/pem.h"

namespace revstat::tool {
namespace {

using Visit = std::function<void(const Object&)>;
using Broken = std::function<void(uint64_t, const absl::Status&)>;

// Enough of a file to tell what it is.
constexpr size_t kHeadBytes = size_t{1} << 16;

// 1.2.840.113549.1.7.2, id-signedData.
constexpr uint8_t kSignedData[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                   0xf7, 0x0d, 0x01, 0x07, 0x02};

// What follows the identifier and length octets; nothing where those do not
// fit.
Bytes BehindHeader(Bytes der) {
  if (der.size() < 2) return {};
  const size_t size = der[1] < 0x80 ? 2 : 2 + (der[1] & 0x7fu);
  return size <= der.size() ? der.subspan(size) : Bytes();
}

// Without what follows the first element; all of it where there is none.
Bytes FirstElement(Bytes der) {
  der::Trace trace(der);
  der::Cursor cursor(der, &trace);
  const der::Element element = cursor.Read(der::kSequence, "");
  return cursor.ok() ? element.tlv : der;
}

// Certificate, CertificateList and OCSPRequest begin alike: SEQUENCE { SEQUENCE
// { ... and differ in what follows: a certificate has [0] or its serial and
// then the SEQUENCE of an algorithm; a CRL has an optional version and the
// algorithm; a request, behind what is optional, SEQUENCEs of SEQUENCEs. An
// OCSPResponse begins with its ENUMERATED status.
ContentKind DetectDer(Bytes head) {
  if (head.empty() || head[0] != der::kSequence) return ContentKind::kOther;
  const Bytes outer = BehindHeader(head);
  if (outer.size() >= sizeof(kSignedData) &&
      std::equal(std::begin(kSignedData), std::end(kSignedData),
                 outer.begin())) {
    return ContentKind::kPkcs7;
  }
  if (!outer.empty() && outer[0] == der::kEnumerated)
    return ContentKind::kOcspResponse;
  if (outer.empty() || outer[0] != der::kSequence) return ContentKind::kOther;
  const Bytes tbs = BehindHeader(outer);
  if (tbs.empty()) return ContentKind::kOther;
  if (tbs[0] == der::ContextConstructed(0)) {
    const Bytes version = BehindHeader(tbs);  // of 3 octets in both
    const der::Tag next = version.size() > 3 ? version[3] : der::Tag{0};
    return next == der::kSequence || next == der::ContextConstructed(1)
               ? ContentKind::kOcspRequest
               : ContentKind::kCertificate;
  }
  if (tbs[0] == der::ContextConstructed(1)) return ContentKind::kOcspRequest;
  if (tbs[0] == der::kSequence) {
    const Bytes first = BehindHeader(tbs);
    return !first.empty() && first[0] == der::kSequence
               ? ContentKind::kOcspRequest
               : ContentKind::kCrl;  // v1
  }
  if (tbs[0] != der::kInteger) return ContentKind::kOther;
  // A v1 certificate has issuer, validity, subject; a CRL a Time behind its
  // issuer. Its version is INTEGER 1; serial 1 is possible, so look on.
  der::Trace trace(tbs);
  der::Cursor cursor(tbs, &trace);
  cursor.Read(der::kInteger, "");
  cursor.Read(der::kSequence, "");
  cursor.Read(der::kSequence, "");
  const der::Tag next = cursor.Peek();
  return next == der::kUtcTime || next == der::kGeneralizedTime
             ? ContentKind::kCrl
             : ContentKind::kCertificate;
}

ObjectKind ObjectKindOf(ContentKind kind) {
  switch (kind) {
    case ContentKind::kCrl:
      return ObjectKind::kCrl;
    case ContentKind::kOcspResponse:
      return ObjectKind::kOcspResponse;
    case ContentKind::kOcspRequest:
      return ObjectKind::kOcspRequest;
    default:
      return ObjectKind::kCertificate;
  }
}

std::string_view NameOf(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kCertificate:
      return "certificate";
    case ObjectKind::kCrl:
      return "CRL";
    case ObjectKind::kOcspResponse:
      return "OCSP response";
    case ObjectKind::kOcspRequest:
      return "OCSP request";
  }
  return "";
}

// The certificates in a PKCS#7 SignedData, by libcrypto.
void ForEachInPkcs7(Bytes der, uint64_t offset, const Visit& visit,
                    const Broken& broken) {
  const uint8_t* position = der.data();
  const std::unique_ptr<PKCS7, decltype(&PKCS7_free)> pkcs7(
      d2i_PKCS7(nullptr, &position, static_cast<long>(der.size())), PKCS7_free);
  if (pkcs7 == nullptr || !PKCS7_type_is_signed(pkcs7.get())) {
    ERR_clear_error();
    return broken(offset,
                  MakeError(ErrorCode::kUnknownFormat, "PKCS#7 SignedData"));
  }
  const STACK_OF(X509)* certificates = pkcs7->d.sign->cert;
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    uint8_t* encoded = nullptr;
    const int size = i2d_X509(sk_X509_value(certificates, i), &encoded);
    if (size <= 0) continue;
    visit({ObjectKind::kCertificate,
           {encoded, static_cast<size_t>(size)},
           offset});
    OPENSSL_free(encoded);
  }
}

void ForEachInPem(Bytes file, const Visit& visit, const Broken& broken) {
  PemReader reader(file);
  std::string der;
  while (const auto block = reader.Next()) {
    const bool certificate = block->label == "CERTIFICATE" ||
                             block->label == "X509 CERTIFICATE" ||
                             block->label == "TRUSTED CERTIFICATE";
    const bool crl = block->label == "X509 CRL";
    const bool response = block->label == "OCSP RESPONSE";
    const bool request = block->label == "OCSP REQUEST";
    const bool pkcs7 = block->label == "PKCS7" || block->label == "CMS";
    // Others are passed over, also the headers of an encrypted key, which look
    // like a block without END. One that ends inside its label may be ours.
    if (!certificate && !crl && !pkcs7 && !response && !request &&
        !block->label.empty())
      continue;
    if (!block->complete) {
      broken(block->offset, MakeError(ErrorCode::kBadPem, "no END line"));
    } else if (!DecodeBase64(block->base64, &der)) {
      broken(block->offset, MakeError(ErrorCode::kBadPem, "base64"));
    } else if (pkcs7) {
      ForEachInPkcs7(BytesOf(der), block->offset, visit, broken);
    } else {
      Bytes object = BytesOf(der);
      // OpenSSL puts its CertAux behind the certificate.
      if (block->label == "TRUSTED CERTIFICATE") object = FirstElement(object);
      visit({crl        ? ObjectKind::kCrl
             : response ? ObjectKind::kOcspResponse
             : request  ? ObjectKind::kOcspRequest
                        : ObjectKind::kCertificate,
             object, block->offset});
    }
  }
}

void ForEachInDer(Bytes file, const Visit& visit, const Broken& broken) {
  der::Trace trace(file);
  der::Cursor cursor(file, &trace);
  while (!cursor.AtEnd()) {
    const Bytes rest = cursor.rest();
    const auto offset = static_cast<uint64_t>(rest.data() - file.data());
    const ContentKind kind = DetectDer(rest);
    const der::Element element =
        cursor.Read(der::kSequence, "Certificate or CertificateList");
    if (!cursor.ok()) return broken(offset, ToStatus(trace.error()));
    if (kind == ContentKind::kPkcs7) {
      ForEachInPkcs7(element.tlv, offset, visit, broken);
    } else if (kind != ContentKind::kOther) {
      visit({ObjectKindOf(kind), element.tlv, offset});
    } else {
      broken(offset, MakeError(ErrorCode::kUnknownFormat, ""));
    }
  }
}

}  // namespace

ContentKind DetectContent(Bytes head) {
  const ContentKind der = DetectDer(head);
  if (der != ContentKind::kOther) return der;
  if (LooksLikePem(head)) return ContentKind::kPem;
  return LooksLikeList(TextOf(head)) ? ContentKind::kList : ContentKind::kOther;
}

void ForEachObject(Bytes file, const Visit& visit, const Broken& broken) {
  switch (DetectContent(file.first(std::min(file.size(), kHeadBytes)))) {
    case ContentKind::kPem:
      return ForEachInPem(file, visit, broken);
    case ContentKind::kCertificate:
    case ContentKind::kCrl:
    case ContentKind::kOcspResponse:
    case ContentKind::kOcspRequest:
    case ContentKind::kPkcs7:
      return ForEachInDer(file, visit, broken);
    default:
      return broken(0, MakeError(ErrorCode::kUnknownFormat, ""));
  }
}

bool HoldsOneObject(Bytes file) {
  const ContentKind kind =
      DetectContent(file.first(std::min(file.size(), kHeadBytes)));
  if (kind == ContentKind::kPem) {
    PemReader reader(file);
    const auto first = reader.Next();
    return first.has_value() && first->label != "PKCS7" &&
           first->label != "CMS" && !reader.Next().has_value();
  }
  if (kind != ContentKind::kCertificate) return false;
  der::Trace trace(file);
  der::Cursor cursor(file, &trace);
  const der::Element first = cursor.Read(der::kSequence, "Certificate");
  // Behind one that cannot be read there is no second.
  return !cursor.ok() || first.tlv.size() == file.size();
}

absl::StatusOr<std::vector<std::shared_ptr<const Buffer>>> ReadObjects(
    const std::string& path, ObjectKind kind, uint64_t max_bytes) {
  auto file = Buffer::ReadFile(path, max_bytes);
  if (!file.ok()) return file.status();
  std::vector<std::shared_ptr<const Buffer>> objects;
  absl::Status failure;
  ForEachObject(
      (*file)->bytes(),
      [&](const Object& object) {
        if (object.kind != kind) return;
        const bool whole = object.der.data() == (*file)->bytes().data() &&
                           object.der.size() == (*file)->bytes().size();
        objects.push_back(
            whole ? *file
                  : Buffer::FromVector({object.der.begin(), object.der.end()}));
      },
      [&](uint64_t offset, const absl::Status& status) {
        if (failure.ok()) {
          failure = Annotate(
              status, Concat({path, ": at octet ", std::to_string(offset)}));
        }
      });
  if (!failure.ok()) return failure;
  if (objects.empty()) {
    return absl::InvalidArgumentError(
        Concat({path, ": no ", NameOf(kind), " in it"}));
  }
  return objects;
}

}  // namespace revstat::tool
