// Which network addresses belong to the public Internet: those to which a URL
// that a stranger wrote may lead us.
//
// Thread-safety: pure functions. Cost: some comparisons.
#ifndef REVSTAT_ENGINE_REFRESH_ADDRESS_H_
#define REVSTAT_ENGINE_REFRESH_ADDRESS_H_

#include <cstdint>
#include <string_view>

#include "engine/base/bytes.h"

namespace revstat {

// By the IANA special-purpose address registries (RFC 6890 and what amended
// it). Whatever no registry makes globally reachable is not kPublic.
enum class AddressKind : uint8_t {
  kPublic,
  kUnspecified,    // 0.0.0.0/8, ::
  kLoopback,       // 127.0.0.0/8, ::1
  kPrivate,        // RFC 1918; unique-local fc00::/7, site-local fec0::/10
  kLinkLocal,      // 169.254.0.0/16, fe80::/10
  kCarrierShared,  // 100.64.0.0/10 (RFC 6598)
  kMulticast,      // 224.0.0.0/4, ff00::/8
  kReserved,       // documentation, benchmarks, future use, unassigned
  kNoAddress,      // neither 4 nor 16 octets
};

// `octets` in network order: 4 of IPv4 or 16 of IPv6. An IPv6 address that
// carries an IPv4 one (mapped, compatible, NAT64, 6to4) is what that one is.
AddressKind KindOfAddress(Bytes octets);

// The same of a text as inet_ntop writes it, with or without a zone behind '%'.
AddressKind KindOfAddressText(std::string_view text);

// The same of a URL's host, without brackets; a trailing dot means nothing. A
// name is kNoAddress, but kLoopback where it is localhost or below (RFC 6761
// 6.3), and kReserved where its last label is a number: no such domain exists,
// and some resolvers read an address.
AddressKind KindOfHost(std::string_view host);

std::string_view NameOf(AddressKind kind);  // "loopback"

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_ADDRESS_H_
