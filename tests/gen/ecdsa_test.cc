#include "tools/revstat-gen/ecdsa.h"

#include <gtest/gtest.h>
#include <openssl/obj_mac.h>

#include <string_view>

namespace revstat::gen {
namespace {

Octets Sign(int curve, std::string_view private_value, const EVP_MD* md,
            std::string_view message) {
  const EcdsaSigner signer(curve, ToBigNumber(*FromHex(private_value)));
  Octets digest(static_cast<size_t>(EVP_MD_get_size(md)));
  EVP_Digest(message.data(), message.size(), digest.data(), nullptr, md,
             nullptr);
  return signer.Sign(md, digest);
}

Octets Signature(std::string_view r, std::string_view s) {
  return der::Sequence(
      {der::Unsigned(*FromHex(r)), der::Unsigned(*FromHex(s))});
}

// RFC 6979 A.2.5.
TEST(GenEcdsa, P256AsInRfc6979) {
  constexpr std::string_view kKey =
      "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
  EXPECT_EQ(
      Sign(NID_X9_62_prime256v1, kKey, EVP_sha256(), "sample"),
      Signature(
          "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
          "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"));
  EXPECT_EQ(
      Sign(NID_X9_62_prime256v1, kKey, EVP_sha256(), "test"),
      Signature(
          "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
          "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"));
}

// RFC 6979 A.2.7: an order that is no multiple of eight bits.
TEST(GenEcdsa, P521AsInRfc6979) {
  EXPECT_EQ(
      Sign(NID_secp521r1,
           "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA"
           "896EB32F1F47C"
           "70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
           EVP_sha512(), "sample"),
      Signature("00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C"
                "5F174E25A1EE90"
                "17B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA",
                "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68"
                "AF282623EAA63E"
                "5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A"));
}

}  // namespace
}  // namespace revstat::gen
