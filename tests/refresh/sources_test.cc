#include "engine/refresh/sources.h"

#include <gtest/gtest.h>

#include "engine/base/bytes.h"
#include "engine/refresh/units.h"

namespace revstat {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr char kGood[] = R"([defaults]
min_interval = "10m"
user_agent = "us"

[[issuer]]
name = "First"
trust = ["ca.pem", "/etc/root.pem"]
crl_urls = ["http://a.example/1.crl", "https://b.example/1.crl"]
delta_urls = ["http://a.example/1.delta"]
max_interval = 7200
max_bytes = "20MiB"
headers = ["X-Key: 1"]
allow_private_addresses = true

[[issuer]]
name = "Second"
trust = ["ca.pem"]
untrusted = ["sub.pem"]
certificates = ["leaf.pem"]
discover = true
min_interval = "1h"
grace = "30s"
max_time = "2m"
proxy = "http://proxy:3128"
ca_file = "tls.pem"
allow_downgrade = true
discover_by_proxy = true
refuse_shrunk = true
shrink_to = 0.9
refuse_conflicting = false
refuse_vanished = true
)";

TEST(Sources, good_AllKeys) {
  const ParsedSources parsed = ParseSources(kGood, "conf");
  ASSERT_EQ(Describe(parsed.problems, "f"), "");
  ASSERT_EQ(parsed.issuers.size(), 2u);
  const IssuerSource& first = parsed.issuers[0];
  EXPECT_EQ(first.name, "First");
  EXPECT_EQ(first.line, 5u);
  EXPECT_EQ(first.trust_files,
            (std::vector<std::string>{"conf/ca.pem", "/etc/root.pem"}));
  EXPECT_EQ(first.crl_urls.size(), 2u);
  EXPECT_EQ(first.delta_urls.size(), 1u);
  EXPECT_EQ(first.schedule.min_interval, minutes(10));
  EXPECT_EQ(first.schedule.max_interval, hours(2));
  EXPECT_EQ(first.limits.max_bytes, uint64_t{20} << 20);
  EXPECT_EQ(first.headers, std::vector<std::string>{"X-Key: 1"});
  EXPECT_EQ(first.user_agent, "us");
  EXPECT_EQ(first.addresses, AddressPolicy::kAny);
  EXPECT_EQ(first.downgrade, DowngradePolicy::kRefuse);
  EXPECT_EQ(first.discovery, Discovery::kOff);
  EXPECT_EQ(first.discovered_by_proxy, ProxyPolicy::kRefuse);
  EXPECT_EQ(first.odd, OddRules());
  const IssuerSource& other = parsed.issuers[1];
  EXPECT_EQ(other.discovered_by_proxy, ProxyPolicy::kAllow);
  EXPECT_EQ(other.odd,
            (OddRules{OddCrl::kReport, OddCrl::kRefuse, 0.9, OddCrl::kRefuse}));
  const IssuerSource& second = parsed.issuers[1];
  EXPECT_EQ(second.untrusted_files, std::vector<std::string>{"conf/sub.pem"});
  EXPECT_EQ(second.certificate_files,
            std::vector<std::string>{"conf/leaf.pem"});
  EXPECT_EQ(second.schedule.min_interval, hours(1));
  EXPECT_EQ(second.schedule.max_interval, hours(24));
  EXPECT_EQ(second.grace, std::chrono::seconds(30));
  EXPECT_EQ(second.limits.total_time, minutes(2));
  EXPECT_EQ(second.proxy, "http://proxy:3128");
  EXPECT_EQ(second.ca_file, "conf/tls.pem");
  EXPECT_EQ(second.addresses, AddressPolicy::kPublicOnly);
  EXPECT_EQ(second.downgrade, DowngradePolicy::kAllow);
  EXPECT_EQ(second.discovery, Discovery::kOn);
}

std::string ProblemsOf(std::string_view text) {
  return Describe(ParseSources(text, "").problems, "f");
}

// Whoever has no other than an LDAP directory is told what to do.
TEST(Sources, invalid_LdapSaysWhy) {
  for (const char* url : {"ldap://a.example/cn=ca?certificateRevocationList",
                          "ldaps://a.example/cn=ca"}) {
    const std::string problems = ProblemsOf(
        Concat({"[[issuer]]\nname = \"a\"\ntrust = [\"a\"]\ncrl_urls = [\"",
                url, "\"]\n"}));
    EXPECT_TRUE(problems.starts_with("f:4:13: ")) << problems;
    EXPECT_NE(problems.find("scheme_not_allowed"), std::string::npos);
    EXPECT_NE(problems.find("ldapsearch"), std::string::npos) << problems;
  }
}

TEST(Sources, invalid_Syntax) {
  const std::string problems = ProblemsOf("[[issuer]]\nname = \"a\nb\"\n");
  EXPECT_EQ(problems.substr(0, 6), "f:2:10") << problems;
}

TEST(Sources, invalid_AllProblemsAtOnceWithTheirPlaces) {
  EXPECT_EQ(ProblemsOf(R"(colour = "red"

[[issuer]]
name = 7
trust = "ca.pem"
crl_urls = ["ftp://a.example/", 3, "http://b.example/"]
delta_urls = ["http://b.example/"]
min_interval = "2h"
max_interval = "1h"
max_bytes = 0
grace = "soon"
allow_private_addresses = "yes"
crl_url = "http://c.example/"
shrink_to = 2
refuse_vanished = 1
)"),
            "f:1:1: unknown key \"colour\": there are [defaults] and "
            "[[issuer]]\n"
            "f:4:8: \"name\" must be a text that is not empty\n"
            "f:5:9: \"trust\" must be a list of texts\n"
            "f:6:13: \"ftp://a.example/\": URLs of this scheme are not "
            "fetched: ftp [scheme_not_allowed]\n"
            "f:6:33: \"crl_urls\" must be a list of texts\n"
            "f:7:15: \"http://b.example/\" is there twice\n"
            "f:8:16: \"min_interval\" is above \"max_interval\"\n"
            "f:10:13: \"max_bytes\" is out of range\n"
            "f:11:9: \"grace\" must be a time such as \"90s\" or \"24h\"\n"
            "f:12:27: \"allow_private_addresses\" must be true or false\n"
            "f:13:1: unknown key \"crl_url\"\n"
            "f:14:13: \"shrink_to\" is out of range\n"
            "f:15:19: \"refuse_vanished\" must be true or false\n");
}

TEST(Sources, invalid_WhatIsMissing) {
  EXPECT_EQ(ProblemsOf("[[issuer]]\n"),
            "f:1:1: \"name\" is missing\n"
            "f:1:1: \"trust\" is missing\n"
            "f:1:1: neither \"crl_urls\" nor \"discover\"\n");
  EXPECT_NE(ProblemsOf("").find("no [[issuer]]"), std::string::npos);
}

TEST(Sources, invalid_NamesTwiceAndHeadersInDefaults) {
  EXPECT_EQ(ProblemsOf(R"([defaults]
trust = ["a"]
[[issuer]]
name = "a"
trust = ["a"]
crl_urls = ["http://a.example/1"]
[[issuer]]
name = "a"
trust = ["a"]
crl_urls = ["http://a.example/2"]
headers = ["no colon"]
)"),
            "f:2:1: unknown key \"trust\"\n"
            "f:8:8: another block is called \"a\" as well\n"
            "f:10:13: \"http://a.example/2\": the text is not in its form: a "
            "header is not \"Name: value\" [bad_text]\n");
}

TEST(Units, good_AndInvalid) {
  EXPECT_EQ(ParseSecondsText("90s"), 90u);
  EXPECT_EQ(ParseSecondsText("2d"), 172800u);
  EXPECT_EQ(ParseBytesText("3KiB"), 3072u);
  EXPECT_EQ(ParseBytesText("7B"), 7u);
  for (const char* text : {"", "s", "90", "-1s", "1.5h", "1w", "1 s",
                           "99999999999999999999s", "18446744073709551615d"}) {
    EXPECT_EQ(ParseSecondsText(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseBytesText("1MB"), std::nullopt);
}

}  // namespace
}  // namespace revstat
