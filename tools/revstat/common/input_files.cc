#include "tools/revstat/common/input_files.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "engine/base/base64.h"
#include "engine/base/error.h"
#include "engine/der/cursor.h"
#include "engine/verify/pkcs7.h"
#include "tools/revstat/check/list_reader.h"

namespace revstat::tool {
namespace {

// 1.2.840.113549.1.7.2, id-signedData.
constexpr uint8_t kSignedData[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                   0xf7, 0x0d, 0x01, 0x07, 0x02};

// PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, ...
// (RFC 7292 4)
constexpr uint8_t kPfxBegin[] = {0x02, 0x01, 0x03, 0x30};

bool BeginsWith(Bytes octets, Bytes with) {
  return octets.size() >= with.size() &&
         std::equal(with.begin(), with.end(), octets.begin());
}

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
  if (BeginsWith(outer, kSignedData)) return ContentKind::kPkcs7;
  if (BeginsWith(outer, kPfxBegin)) return ContentKind::kPkcs12;
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

ObjectKind ObjectKindOf(PemContent content) {
  switch (content) {
    case PemContent::kCrl:
      return ObjectKind::kCrl;
    case PemContent::kOcspResponse:
      return ObjectKind::kOcspResponse;
    case PemContent::kOcspRequest:
      return ObjectKind::kOcspRequest;
    default:
      return ObjectKind::kCertificate;
  }
}

FoundObject Broken(uint64_t offset, absl::Status problem) {
  FoundObject object;
  object.offset = offset;
  object.problem = std::move(problem);
  return object;
}

}  // namespace

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

ContentKind DetectContent(Bytes head) {
  const ContentKind der = DetectDer(head);
  if (der != ContentKind::kOther) return der;
  if (LooksLikePem(head)) return ContentKind::kPem;
  return LooksLikeList(TextOf(head)) ? ContentKind::kList : ContentKind::kOther;
}

absl::Status ReadFull(int descriptor, std::span<uint8_t> octets, size_t* used) {
  *used = 0;
  while (*used < octets.size()) {
    const ssize_t got =
        read(descriptor, octets.data() + *used, octets.size() - *used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return MakeError(ErrorCode::kInputUnreadable, std::strerror(errno));
    if (got == 0) break;
    *used += static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadHead(int descriptor) {
  std::string head(kHeadBytes, '\0');
  size_t used = 0;
  const absl::Status status =
      ReadFull(descriptor,
               {reinterpret_cast<uint8_t*>(head.data()), head.size()}, &used);
  if (!status.ok()) return status;
  head.resize(used);
  return head;
}

bool HasExtension(const std::string& path,
                  std::span<const std::string_view> extensions) {
  std::string extension = std::filesystem::path(path).extension();
  for (char& c : extension)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return std::find(extensions.begin(), extensions.end(), extension) !=
         extensions.end();
}

absl::StatusOr<Bytes> DerOf(const FoundObject& object, std::string* storage) {
  if (!object.problem.ok()) return object.problem;
  if (!object.opened.empty()) return BytesOf(object.opened);
  if (object.form == FoundObject::Form::kDer) return object.in_file;
  if (!DecodeBase64(TextOf(object.in_file), storage))
    return MakeError(ErrorCode::kBadPem, "base64");
  const Bytes der = BytesOf(*storage);
  return object.form == FoundObject::Form::kTrustedBase64 ? FirstElement(der)
                                                          : der;
}

ObjectReader::ObjectReader(Bytes file)
    : ObjectReader(file,
                   DetectContent(file.first(std::min(file.size(), kHeadBytes))),
                   0, false, PemReader::State()) {}

ObjectReader::ObjectReader(Bytes octets, ContentKind kind, uint64_t offset,
                           bool goes_on, PemReader::State state)
    : octets_(octets),
      kind_(kind),
      offset_(offset),
      goes_on_(goes_on),
      pem_(octets, state),
      rest_(octets.size()) {}

std::optional<FoundObject> ObjectReader::Next() {
  while (queued_.empty() && !at_end_) {
    switch (kind_) {
      case ContentKind::kPem:
        if (auto found = NextInPem()) return found;
        break;
      case ContentKind::kCertificate:
      case ContentKind::kCrl:
      case ContentKind::kOcspResponse:
      case ContentKind::kOcspRequest:
      case ContentKind::kPkcs7:
        if (auto found = NextInDer()) return found;
        break;
      default:
        at_end_ = true;
        has_given_up_ = true;
        return Broken(offset_, MakeError(ErrorCode::kUnknownFormat, ""));
    }
  }
  if (queued_.empty()) return std::nullopt;
  FoundObject first = std::move(queued_.front());
  queued_.pop_front();
  return first;
}

// Nothing at the end, and where what was found is queued.
std::optional<FoundObject> ObjectReader::NextInPem() {
  while (const auto block = pem_.Next()) {
    if (goes_on_ && pem_.undecided().has_value()) break;
    const uint64_t offset = offset_ + block->offset;
    if (const char* const problem = ProblemOf(*block))
      return Broken(offset, MakeError(ErrorCode::kBadPem, problem));
    const PemContent content = ContentOf(*block);
    if (content == PemContent::kOther) continue;
    FoundObject found;
    found.kind = ObjectKindOf(content);
    found.form = content == PemContent::kTrustedCertificate
                     ? FoundObject::Form::kTrustedBase64
                     : FoundObject::Form::kBase64;
    found.offset = offset;
    found.in_file = BytesOf(block->base64);
    if (content != PemContent::kPkcs7) return found;
    std::string storage;
    const auto der = DerOf(found, &storage);
    if (!der.ok()) return Broken(offset, der.status());
    OpenPkcs7(*der, offset);
    return std::nullopt;
  }
  at_end_ = true;
  if (goes_on_) rest_ = pem_.undecided().value_or(rest_);
  return std::nullopt;
}

std::optional<FoundObject> ObjectReader::NextInDer() {
  while (der_position_ < octets_.size()) {
    const uint64_t offset = offset_ + der_position_;
    der::Trace trace(octets_, offset_);
    der::Cursor cursor(octets_.subspan(der_position_), &trace);
    const der::Element element =
        cursor.Read(der::kSequence, "Certificate or CertificateList");
    if (!cursor.ok()) {
      at_end_ = true;
      if (goes_on_ && trace.error().code == ErrorCode::kTruncated) {
        rest_ = der_position_;
        return std::nullopt;
      }
      has_given_up_ = true;
      return Broken(offset, ToStatus(trace.error()));
    }
    const ContentKind kind = DetectDer(element.tlv);
    der_position_ += element.tlv.size();
    // The certificates of one CA are of about one size: those to come are where
    // they would be. Each header is a cache miss of its own otherwise.
    constexpr size_t kAhead = 8;
    const size_t ahead = der_position_ + kAhead * element.tlv.size();
    if (ahead < octets_.size()) __builtin_prefetch(octets_.data() + ahead);
    if (kind == ContentKind::kPkcs7) {
      OpenPkcs7(element.tlv, offset);
      return std::nullopt;
    }
    if (kind == ContentKind::kOther || kind == ContentKind::kPkcs12)
      return Broken(offset, MakeError(ErrorCode::kUnknownFormat, ""));
    FoundObject found;
    found.kind = ObjectKindOf(kind);
    found.offset = offset;
    found.in_file = element.tlv;
    return found;
  }
  at_end_ = true;
  return std::nullopt;
}

void ObjectReader::OpenPkcs7(Bytes der, uint64_t offset) {
  const auto certificates = CertificatesOfPkcs7(der);
  if (!certificates.has_value()) {
    queued_.push_back(Broken(
        offset, MakeError(ErrorCode::kUnknownFormat, "PKCS#7 SignedData")));
    return;
  }
  for (const Bytes certificate : *certificates) {
    FoundObject found;
    found.offset = offset;
    found.opened = TextOf(certificate);
    queued_.push_back(std::move(found));
  }
}

void ForEachObject(
    Bytes file, const std::function<void(const Object&)>& visit,
    const std::function<void(uint64_t, const absl::Status&)>& broken) {
  ObjectReader reader(file);
  std::string storage;
  while (const auto found = reader.Next()) {
    const auto der = DerOf(*found, &storage);
    if (der.ok()) {
      visit({found->kind, *der, found->offset});
    } else {
      broken(found->offset, der.status());
    }
  }
}

bool HoldsOneObject(Bytes file) {
  const ContentKind kind =
      DetectContent(file.first(std::min(file.size(), kHeadBytes)));
  if (kind == ContentKind::kPem) {
    PemReader reader(file);
    const auto first = reader.Next();
    return first.has_value() && ContentOf(*first) != PemContent::kPkcs7 &&
           !reader.Next().has_value();
  }
  if (kind != ContentKind::kCertificate) return false;
  der::Trace trace(file);
  der::Cursor cursor(file, &trace);
  const der::Element first = cursor.Read(der::kSequence, "Certificate");
  // Behind one that cannot be read there is no second.
  return !cursor.ok() || first.tlv.size() == file.size();
}

}  // namespace revstat::tool
