#include "engine/refresh/address.h"

#include <arpa/inet.h>

#include <array>
#include <string>

#include "engine/refresh/ascii.h"

namespace revstat {
namespace {

struct Block4 {
  uint32_t network;
  unsigned bits;
  AddressKind kind;
};

constexpr uint32_t Quad(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr Block4 kBlocks4[] = {
    {Quad(0, 0, 0, 0), 8, AddressKind::kUnspecified},
    {Quad(10, 0, 0, 0), 8, AddressKind::kPrivate},
    {Quad(100, 64, 0, 0), 10, AddressKind::kCarrierShared},
    {Quad(127, 0, 0, 0), 8, AddressKind::kLoopback},
    {Quad(169, 254, 0, 0), 16, AddressKind::kLinkLocal},
    {Quad(172, 16, 0, 0), 12, AddressKind::kPrivate},
    {Quad(192, 0, 0, 0), 24, AddressKind::kReserved},
    {Quad(192, 0, 2, 0), 24, AddressKind::kReserved},
    {Quad(192, 88, 99, 0), 24, AddressKind::kReserved},
    {Quad(192, 168, 0, 0), 16, AddressKind::kPrivate},
    {Quad(198, 18, 0, 0), 15, AddressKind::kReserved},
    {Quad(198, 51, 100, 0), 24, AddressKind::kReserved},
    {Quad(203, 0, 113, 0), 24, AddressKind::kReserved},
    {Quad(224, 0, 0, 0), 4, AddressKind::kMulticast},
    {Quad(240, 0, 0, 0), 4, AddressKind::kReserved},
};

AddressKind KindOf4(Bytes octets) {
  const uint32_t address = Quad(octets[0], octets[1], octets[2], octets[3]);
  for (const Block4& block : kBlocks4) {
    if ((address ^ block.network) >> (32 - block.bits) == 0) return block.kind;
  }
  return AddressKind::kPublic;
}

// Whether the first `bits` of an address are those of `prefix`.
bool Begins(Bytes octets, std::initializer_list<uint8_t> prefix,
            unsigned bits) {
  unsigned i = 0;
  for (const uint8_t octet : prefix) {
    if (bits == 0) return true;
    const unsigned used = bits < 8 ? bits : 8;
    if ((octets[i++] ^ octet) >> (8 - used) != 0) return false;
    bits -= used;
  }
  return true;
}

AddressKind KindOf6(Bytes octets) {
  constexpr std::array<uint8_t, 12> kZeros = {};
  if (Equal(octets.first(12), kZeros)) {
    if (Equal(octets.subspan(12), Bytes(kZeros).first(4)))
      return AddressKind::kUnspecified;
    if (octets[12] == 0 && octets[13] == 0 && octets[14] == 0 &&
        octets[15] == 1)
      return AddressKind::kLoopback;
    return AddressKind::kReserved;  // IPv4-compatible: withdrawn by RFC 4291
  }
  // ::ffff:0:0/96, IPv4-mapped
  if (Equal(octets.first(10), Bytes(kZeros).first(10)) && octets[10] == 0xFF &&
      octets[11] == 0xFF)
    return KindOf4(octets.subspan(12));
  // 64:ff9b::/96, NAT64 (RFC 6052)
  if (Begins(octets, {0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0}, 96))
    return KindOf4(octets.subspan(12));
  if (Begins(octets, {0xFC}, 7)) return AddressKind::kPrivate;
  if (Begins(octets, {0xFE, 0x80}, 10)) return AddressKind::kLinkLocal;
  if (Begins(octets, {0xFE, 0xC0}, 10)) return AddressKind::kPrivate;
  if (Begins(octets, {0xFF}, 8)) return AddressKind::kMulticast;
  // 2000::/3 is all that is given out to be global unicast.
  if (!Begins(octets, {0x20}, 3)) return AddressKind::kReserved;
  if (Begins(octets, {0x20, 0x02}, 16)) return KindOf4(octets.subspan(2, 4));
  // Protocol assignments, Teredo among them; documentation, old and new.
  if (Begins(octets, {0x20, 0x01, 0x00}, 23)) return AddressKind::kReserved;
  if (Begins(octets, {0x20, 0x01, 0x0D, 0xB8}, 32))
    return AddressKind::kReserved;
  if (Begins(octets, {0x3F, 0xFF, 0x00}, 20)) return AddressKind::kReserved;
  return AddressKind::kPublic;
}

}  // namespace

AddressKind KindOfAddress(Bytes octets) {
  if (octets.size() == 4) return KindOf4(octets);
  if (octets.size() == 16) return KindOf6(octets);
  return AddressKind::kNoAddress;
}

AddressKind KindOfAddressText(std::string_view text) {
  const std::string address(text.substr(0, text.find('%')));
  std::array<uint8_t, 16> octets = {};
  if (inet_pton(AF_INET, address.c_str(), octets.data()) == 1)
    return KindOfAddress(Bytes(octets).first(4));
  if (inet_pton(AF_INET6, address.c_str(), octets.data()) == 1)
    return KindOfAddress(octets);
  return AddressKind::kNoAddress;
}

AddressKind KindOfHost(std::string_view host) {
  while (host.ends_with('.')) host.remove_suffix(1);
  const AddressKind kind = KindOfAddressText(host);
  if (kind != AddressKind::kNoAddress || host.empty()) return kind;
  const std::string name = ToLowerAscii(host);
  if (name == "localhost" || name.ends_with(".localhost"))
    return AddressKind::kLoopback;
  const std::string_view all = name;
  std::string_view label = all.substr(all.rfind('.') + 1);
  const bool is_hexadecimal = label.starts_with("0x");
  if (is_hexadecimal) label.remove_prefix(2);
  return label.find_first_not_of(is_hexadecimal
                                     ? "0123456789abcdef"
                                     : "0123456789") == std::string_view::npos
             ? AddressKind::kReserved
             : AddressKind::kNoAddress;
}

std::string_view NameOf(AddressKind kind) {
  switch (kind) {
    case AddressKind::kPublic:
      return "public";
    case AddressKind::kUnspecified:
      return "unspecified";
    case AddressKind::kLoopback:
      return "loopback";
    case AddressKind::kPrivate:
      return "private";
    case AddressKind::kLinkLocal:
      return "link-local";
    case AddressKind::kCarrierShared:
      return "carrier-shared";
    case AddressKind::kMulticast:
      return "multicast";
    case AddressKind::kReserved:
      return "reserved";
    case AddressKind::kNoAddress:
      return "unreadable";
  }
  return "unreadable";
}

}  // namespace revstat
