// A CertificateList (RFC 5280 5.1) of any length, built in one buffer.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_CRL_BUILDER_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_CRL_BUILDER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/serial_number.h"
#include "tools/revstat-gen/crl_extensions.h"
#include "tools/revstat-gen/signer.h"

namespace revstat::gen {

enum class CrlVersion : uint8_t { kV1, kV2 };

// Everything but the entries and the signature.
struct CrlFields {
  CrlVersion version = CrlVersion::kV2;
  Octets issuer;  // a Name
  Time this_update;
  std::optional<Time> next_update;
  std::vector<Octets> extensions;
};

struct CrlEntry {
  SerialNumber serial;
  Time revocation_time;
  std::optional<ReasonCode> reason;
  std::optional<Time> invalidity_time;
  // Further whole extensions, one behind the other; borrowed for one Add().
  Bytes more_extensions;
};

// The finished DER, with unused room before it.
class CrlOctets {
 public:
  CrlOctets(Octets buffer, size_t begin)
      : buffer_(std::move(buffer)), begin_(begin) {}
  Bytes der() const& { return Bytes(buffer_).subspan(begin_); }
  Bytes der() const&& = delete;

 private:
  Octets buffer_;
  size_t begin_;
};

// Thread-safety: none. Cost: some 10 ns an entry; memory: the DER itself.
class CrlBuilder {
 public:
  // `expected_entries` only sizes the buffer.
  CrlBuilder(CrlFields fields, const Signer& signer, uint64_t expected_entries);

  void Add(const CrlEntry& entry);
  CrlOctets Finish() &&;

 private:
  // Puts `bytes`, or the header of an element that reaches from begin_ on for
  // `size` octets, before what is written.
  void Prepend(Bytes bytes);
  void PrependHeader(uint8_t tag, size_t size);
  void Append(Bytes bytes) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }

  CrlFields fields_;
  const Signer& signer_;
  Octets head_;    // version .. nextUpdate
  Octets buffer_;  // entries start behind the room for all that precedes them
  size_t begin_;   // what is final in buffer_ starts here
};

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_CRL_BUILDER_H_
