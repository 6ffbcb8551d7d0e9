// The object identifiers the engine knows, as DER content octets, and texts.
#ifndef REVSTAT_ENGINE_X509_OID_H_
#define REVSTAT_ENGINE_X509_OID_H_

#include <array>
#include <cstdint>
#include <string>

#include "engine/base/bytes.h"

namespace revstat::oid {

// id-ce (2.5.29.n), RFC 5280 4.2.1 and 5.2.
template <uint8_t n>
inline constexpr std::array<uint8_t, 3> kIdCe = {0x55, 0x1d, n};
inline constexpr auto kSubjectKeyIdentifier = kIdCe<14>;
inline constexpr auto kKeyUsage = kIdCe<15>;
inline constexpr auto kIssuerAltName = kIdCe<18>;
inline constexpr auto kBasicConstraints = kIdCe<19>;
inline constexpr auto kCrlNumber = kIdCe<20>;
inline constexpr auto kReasonCode = kIdCe<21>;
inline constexpr auto kInvalidityDate = kIdCe<24>;
inline constexpr auto kDeltaCrlIndicator = kIdCe<27>;
inline constexpr auto kIssuingDistributionPoint = kIdCe<28>;
inline constexpr auto kCertificateIssuer = kIdCe<29>;
inline constexpr auto kCrlDistributionPoints = kIdCe<31>;
inline constexpr auto kAuthorityKeyIdentifier = kIdCe<35>;
inline constexpr auto kExtKeyUsage = kIdCe<37>;
inline constexpr auto kFreshestCrl = kIdCe<46>;
inline constexpr auto kNoRevAvail = kIdCe<56>;         // RFC 9608
inline constexpr auto kExpiredCertsOnCrl = kIdCe<60>;  // X.509 9.5.2.8
// The n of id-ce n below 128, and 0, which is none, for any other type.
inline uint8_t NumberInIdCe(Bytes oid) {
  const bool is_id_ce =
      oid.size() == 3 && oid[0] == 0x55 && oid[1] == 0x1d && oid[2] < 0x80;
  return is_id_ce ? oid[2] : uint8_t{0};
}

// id-pe (1.3.6.1.5.5.7.1.n)
template <uint8_t n>
inline constexpr std::array<uint8_t, 8> kIdPe = {0x2b, 6, 1, 5, 5, 7, 1, n};
inline constexpr auto kAuthorityInfoAccess = kIdPe<1>;
inline constexpr std::array<uint8_t, 8> kAdOcsp = {0x2b, 6, 1, 5, 5, 7, 48, 1};
inline constexpr auto kTlsFeature = kIdPe<24>;  // RFC 7633

// id-kp-OCSPSigning and id-pkix-ocsp (1.3.6.1.5.5.7.48.1.n), RFC 6960 B.1.
inline constexpr std::array<uint8_t, 8> kOcspSigning = {0x2b, 6, 1, 5,
                                                        5,    7, 3, 9};
template <uint8_t n>
inline constexpr std::array<uint8_t, 9> kIdPkixOcsp = {0x2b, 6,  1, 5, 5,
                                                       7,    48, 1, n};
inline constexpr auto kOcspBasic = kIdPkixOcsp<1>;
inline constexpr auto kOcspNonce = kIdPkixOcsp<2>;
inline constexpr auto kOcspCrl = kIdPkixOcsp<3>;
inline constexpr auto kOcspResponse = kIdPkixOcsp<4>;
inline constexpr auto kOcspNoCheck = kIdPkixOcsp<5>;
inline constexpr auto kOcspArchiveCutoff = kIdPkixOcsp<6>;
inline constexpr auto kOcspServiceLocator = kIdPkixOcsp<7>;
inline constexpr auto kOcspPrefSigAlgs = kIdPkixOcsp<8>;
inline constexpr auto kOcspExtendedRevoke = kIdPkixOcsp<9>;

template <size_t n>
bool Is(Bytes value, const std::array<uint8_t, n>& oid) {
  return value.size() == n && std::memcmp(value.data(), oid.data(), n) == 0;
}

// A number in an object identifier; der::ReadOid lets no larger one through.
__extension__ typedef unsigned __int128 Arc;

// "2.5.29.20" of content octets that der::ReadOid gave.
std::string ToDotted(Bytes oid);

// The RFC's name of an extension ("cRLNumber"), or its dotted form.
std::string NameOfExtension(Bytes oid);

}  // namespace revstat::oid

#endif  // REVSTAT_ENGINE_X509_OID_H_
