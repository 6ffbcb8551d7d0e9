#include "engine/refresh/address.h"

#include <gtest/gtest.h>

#include <vector>

namespace revstat {
namespace {

struct AddressCase {
  const char* text;
  AddressKind kind;
};

// The first and last address of every block, and its neighbours outside.
const AddressCase kCases[] = {
    {"0.0.0.0", AddressKind::kUnspecified},
    {"0.255.255.255", AddressKind::kUnspecified},
    {"1.0.0.0", AddressKind::kPublic},
    {"9.255.255.255", AddressKind::kPublic},
    {"10.0.0.0", AddressKind::kPrivate},
    {"10.255.255.255", AddressKind::kPrivate},
    {"11.0.0.0", AddressKind::kPublic},
    {"100.63.255.255", AddressKind::kPublic},
    {"100.64.0.0", AddressKind::kCarrierShared},
    {"100.127.255.255", AddressKind::kCarrierShared},
    {"100.128.0.0", AddressKind::kPublic},
    {"126.255.255.255", AddressKind::kPublic},
    {"127.0.0.1", AddressKind::kLoopback},
    {"127.255.255.255", AddressKind::kLoopback},
    {"128.0.0.0", AddressKind::kPublic},
    {"169.253.255.255", AddressKind::kPublic},
    {"169.254.169.254", AddressKind::kLinkLocal},
    {"169.255.0.0", AddressKind::kPublic},
    {"172.15.255.255", AddressKind::kPublic},
    {"172.16.0.0", AddressKind::kPrivate},
    {"172.31.255.255", AddressKind::kPrivate},
    {"172.32.0.0", AddressKind::kPublic},
    {"192.0.0.8", AddressKind::kReserved},
    {"192.0.1.0", AddressKind::kPublic},
    {"192.0.2.1", AddressKind::kReserved},
    {"192.88.99.1", AddressKind::kReserved},
    {"192.167.255.255", AddressKind::kPublic},
    {"192.168.0.0", AddressKind::kPrivate},
    {"192.168.255.255", AddressKind::kPrivate},
    {"192.169.0.0", AddressKind::kPublic},
    {"198.17.255.255", AddressKind::kPublic},
    {"198.18.0.0", AddressKind::kReserved},
    {"198.19.255.255", AddressKind::kReserved},
    {"198.20.0.0", AddressKind::kPublic},
    {"198.51.100.7", AddressKind::kReserved},
    {"203.0.113.7", AddressKind::kReserved},
    {"223.255.255.255", AddressKind::kPublic},
    {"224.0.0.1", AddressKind::kMulticast},
    {"239.255.255.255", AddressKind::kMulticast},
    {"240.0.0.0", AddressKind::kReserved},
    {"255.255.255.255", AddressKind::kReserved},
    {"8.8.8.8", AddressKind::kPublic},
    {"::", AddressKind::kUnspecified},
    {"::1", AddressKind::kLoopback},
    {"::2", AddressKind::kReserved},
    {"::8.8.8.8", AddressKind::kReserved},
    {"::ffff:8.8.8.8", AddressKind::kPublic},
    {"::ffff:127.0.0.1", AddressKind::kLoopback},
    {"::ffff:10.1.2.3", AddressKind::kPrivate},
    {"::ffff:0.0.0.0", AddressKind::kUnspecified},
    {"::fffe:8.8.8.8", AddressKind::kReserved},
    {"64:ff9b::8.8.8.8", AddressKind::kPublic},
    {"64:ff9b::192.168.1.1", AddressKind::kPrivate},
    {"64:ff9b:1::8.8.8.8", AddressKind::kReserved},
    {"100::1", AddressKind::kReserved},
    {"1fff::1", AddressKind::kReserved},
    {"2001::1", AddressKind::kReserved},
    {"2001:1ff::1", AddressKind::kReserved},
    {"2001:200::1", AddressKind::kPublic},
    {"2001:db8::1", AddressKind::kReserved},
    {"2001:4860:4860::8888", AddressKind::kPublic},
    {"2002:0808:0808::1", AddressKind::kPublic},
    {"2002:7f00:1::1", AddressKind::kLoopback},
    {"2002:c0a8:101::1", AddressKind::kPrivate},
    {"3fff::1", AddressKind::kReserved},
    {"3fff:1000::1", AddressKind::kPublic},
    {"3ffe::1", AddressKind::kPublic},
    {"4000::1", AddressKind::kReserved},
    {"5f00::1", AddressKind::kReserved},
    {"fbff::1", AddressKind::kReserved},
    {"fc00::1", AddressKind::kPrivate},
    {"fdff::1", AddressKind::kPrivate},
    {"fe80::1", AddressKind::kLinkLocal},
    {"fe80::1%eth0", AddressKind::kLinkLocal},
    {"febf::1", AddressKind::kLinkLocal},
    {"fec0::1", AddressKind::kPrivate},
    {"feff::1", AddressKind::kPrivate},
    {"ff02::1", AddressKind::kMulticast},
    {"", AddressKind::kNoAddress},
    {"localhost", AddressKind::kNoAddress},
    {"1.2.3", AddressKind::kNoAddress},
};

TEST(AddressKinds, AreThoseOfTheRegistries) {
  for (const AddressCase& row : kCases) {
    EXPECT_EQ(NameOf(KindOfAddressText(row.text)), NameOf(row.kind))
        << row.text;
  }
}

TEST(AddressKinds, AreThoseOfWhatAUrlCallsAHost) {
  const AddressCase hosts[] = {
      {"127.0.0.1.", AddressKind::kLoopback},
      {"10.0.0.1..", AddressKind::kPrivate},
      {"8.8.8.8.", AddressKind::kPublic},
      {"localhost", AddressKind::kLoopback},
      {"LocalHost.", AddressKind::kLoopback},
      {"a.localhost", AddressKind::kLoopback},
      {"notlocalhost", AddressKind::kNoAddress},
      {"localhost.example", AddressKind::kNoAddress},
      {"127.1.", AddressKind::kReserved},
      {"1.2.3.4.5", AddressKind::kReserved},
      {"a.0x7F", AddressKind::kReserved},
      {"0x.", AddressKind::kReserved},
      {"a.1b", AddressKind::kNoAddress},
      {"1.example", AddressKind::kNoAddress},
      {".", AddressKind::kNoAddress},
  };
  for (const AddressCase& row : hosts)
    EXPECT_EQ(NameOf(KindOfHost(row.text)), NameOf(row.kind)) << row.text;
}

TEST(AddressKinds, AreOfFourOrSixteenOctets) {
  const std::vector<uint8_t> octets(17, 8);
  for (size_t size = 0; size <= octets.size(); ++size) {
    const bool is_address = size == 4 || size == 16;
    EXPECT_EQ(
        KindOfAddress(Bytes(octets).first(size)) != AddressKind::kNoAddress,
        is_address)
        << size;
  }
}

}  // namespace
}  // namespace revstat
