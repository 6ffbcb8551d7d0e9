#include "tools/revstat-gen/crl_builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace revstat::gen {
namespace {

// A usual entry with a 20-octet serial and a reason.
constexpr size_t kUsualEntrySize = 56;

// version .. nextUpdate of TBSCertList.
Octets MakeHead(const CrlFields& fields, const Signer& signer) {
  // version Version OPTIONAL, -- if present, MUST be v2 (1)
  const Octets version =
      fields.version == CrlVersion::kV2 ? der::Integer(1) : Octets();
  const Octets next_update =
      fields.next_update ? der::ChoiceTime(*fields.next_update) : Octets();
  return der::Join({version, signer.algorithm(), fields.issuer,
                    der::ChoiceTime(fields.this_update), next_update});
}

}  // namespace

CrlBuilder::CrlBuilder(CrlFields fields, const Signer& signer,
                       uint64_t expected_entries)
    : fields_(std::move(fields)),
      signer_(signer),
      head_(MakeHead(fields_, signer)),
      // Three headers come before the entries: list, tbsCertList,
      // revokedCertificates.
      buffer_(head_.size() + 3 * der::kMaxHeaderSize),
      begin_(buffer_.size()) {
  buffer_.reserve(buffer_.size() + expected_entries * kUsualEntrySize + 4096);
}

// SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time,
//            crlEntryExtensions Extensions OPTIONAL }
void CrlBuilder::Add(const CrlEntry& entry) {
  const Bytes serial = entry.serial.content();
  const der::TimeForm form = der::FormOf(entry.revocation_time);
  const size_t time_size = form == der::TimeForm::kUtc ? 13 : 15;
  const size_t extensions = (entry.reason ? kReasonSize : 0) +
                            (entry.invalidity_time ? kInvalidityDateSize : 0) +
                            entry.more_extensions.size();
  size_t content = 2 + serial.size() + 2 + time_size;
  if (extensions > 0) content += der::HeaderSize(extensions) + extensions;

  const size_t start = buffer_.size();
  buffer_.resize(start + der::HeaderSize(content) + content);
  uint8_t* out =
      der::PutHeader(der::kSequence, content, buffer_.data() + start);
  out = der::PutHeader(der::kInteger, serial.size(), out);
  out = std::copy(serial.begin(), serial.end(), out);
  if (form == der::TimeForm::kUtc) {
    out = der::PutHeader(der::kUtcTime, time_size, out);
    out = der::PutUtcTimeContent(entry.revocation_time, out);
  } else {
    out = der::PutHeader(der::kGeneralizedTime, time_size, out);
    out = der::PutGeneralizedTimeContent(entry.revocation_time, out);
  }
  if (extensions == 0) return;
  out = der::PutHeader(der::kSequence, extensions, out);
  if (entry.reason) out = PutReason(*entry.reason, out);
  if (entry.invalidity_time)
    out = PutInvalidityDate(*entry.invalidity_time, out);
  std::copy(entry.more_extensions.begin(), entry.more_extensions.end(), out);
}

// The lengths before the entries are known only behind them, so the front is
// written last and backwards.
CrlOctets CrlBuilder::Finish() && {
  // revokedCertificates SEQUENCE OF ... OPTIONAL: absent when there are none
  const size_t entries_size = buffer_.size() - begin_;
  if (entries_size > 0) PrependHeader(der::kSequence, entries_size);
  // crlExtensions [0] EXPLICIT Extensions OPTIONAL
  if (!fields_.extensions.empty()) {
    Append(der::Constructed(
        0, der::Tlv(der::kSequence, der::JoinAll(fields_.extensions))));
  }
  Prepend(head_);
  PrependHeader(der::kSequence, buffer_.size() - begin_);
  const Octets signature = signer_.Sign(Bytes(buffer_).subspan(begin_));
  // CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm,
  // signatureValue BIT STRING }
  Append(signer_.algorithm());
  Append(der::BitString(signature));
  PrependHeader(der::kSequence, buffer_.size() - begin_);
  return CrlOctets(std::move(buffer_), begin_);
}

void CrlBuilder::Prepend(Bytes bytes) {
  begin_ -= bytes.size();
  std::copy(bytes.begin(), bytes.end(),
            buffer_.begin() + static_cast<ptrdiff_t>(begin_));
}

void CrlBuilder::PrependHeader(uint8_t tag, size_t size) {
  begin_ -= der::HeaderSize(size);
  der::PutHeader(tag, size, buffer_.data() + begin_);
}

}  // namespace revstat::gen
