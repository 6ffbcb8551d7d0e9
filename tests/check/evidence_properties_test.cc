// What must be true of any evidence, over drawn CAs, through EvidenceBuilder.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/check/evidence_builder.h"
#include "engine/check/issuer_resolver.h"
#include "tests/snapshot/test_authority.h"

namespace revstat::test {
namespace {

constexpr uint32_t kSerials = 16;
constexpr uint32_t kNumbers = 6;

std::string SerialOf(uint32_t i) {
  return Concat({"01", std::to_string(10 + i)});
}

// A root that the caller trusts, and below it a CA that revokes, holds and
// lifts, and drops what is revoked once it has expired.
class DrawnCa {
 public:
  explicit DrawnCa(uint32_t seed) : random_(seed) {
    State state;
    for (uint32_t number = 1; number <= kNumbers; ++number) {
      if (number > 1) Change(&state);
      states_.push_back(state);
    }
    certificate_ = CaCertificate("0777", ca_);
    root_certificate_ = CaCertificate("0778", root_);
  }

  std::shared_ptr<const Buffer> Complete(uint32_t number) const {
    return ca_.Crl(Text(number, states_[number - 1]));
  }
  // All that has changed since `base`, even if it changed back.
  std::shared_ptr<const Buffer> Delta(uint32_t base, uint32_t number) const {
    State changed;
    for (uint32_t i = 0; i < kSerials; ++i) {
      bool has_changed = false;
      for (uint32_t k = base; k < number; ++k)
        has_changed |= StateOf(k, i) != StateOf(number, i);
      if (!has_changed) continue;
      const std::string now = StateOf(number, i);
      changed[i] = now == "active" ? "removed" : now;
    }
    CrlText text = Text(number, changed);
    text.extensions.push_back(
        MakeExtension("2.5.29.27", Integer(base), Criticality::kCritical));
    return ca_.Crl(text);
  }
  std::shared_ptr<const Buffer> RootCrl() const {
    CrlText text;
    text.entries = {Entry(IntegerOf("0999"))};
    return root_.Crl(text);
  }
  std::vector<std::shared_ptr<const Buffer>> Untrusted() const {
    return {certificate_, TestAuthority("A stranger").Certificate()};
  }

  std::string StateOf(uint32_t number, uint32_t i) const {
    const auto found = states_[number - 1].find(i);
    return found == states_[number - 1].end() ? "active" : found->second;
  }
  uint32_t Draw(uint32_t from, uint32_t to) {
    return std::uniform_int_distribution<uint32_t>(from, to)(random_);
  }
  std::mt19937& random() { return random_; }
  const std::shared_ptr<const Buffer>& root() const {
    return root_certificate_;
  }
  const TestAuthority& ca() const { return ca_; }

 private:
  using State = std::map<uint32_t, std::string>;

  std::shared_ptr<const Buffer> CaCertificate(
      std::string_view serial, const TestAuthority& authority) const {
    CertificateText text;
    text.serial = IntegerOf(serial);
    text.issuer = root_.name();
    text.subject = authority.name();
    text.public_key = authority.key().Spki();
    text.extensions = {
        MakeExtension("2.5.29.19", Seq({True()}), Criticality::kCritical),
        MakeExtension("2.5.29.15", Hex("03020106"), Criticality::kCritical)};
    return AsBuffer(root_.key().Signed(text, Ed25519()));
  }
  static CrlText Text(uint32_t number, const State& state) {
    CrlText text;
    text.this_update =
        UtcTime(Concat({"26010", std::to_string(number), "000000Z"}));
    text.extensions = {Number(number)};
    text.entries.clear();
    for (const auto& [i, status] : state) {
      std::vector<Octets> extensions;
      if (status == "on_hold") extensions = {Reason(6)};
      if (status == "removed") extensions = {Reason(8)};
      text.entries.push_back(
          Entry(IntegerOf(SerialOf(i)), UtcTime("260101000000Z"), extensions));
    }
    return text;
  }
  void Change(State* state) {
    for (int k = 0; k < 5; ++k) {
      const uint32_t i = Draw(0, kSerials - 1);
      const auto held = state->find(i);
      if (held == state->end()) {
        (*state)[i] = Draw(0, 1) == 0 ? "on_hold" : "revoked";
      } else if (held->second == "on_hold") {
        if (Draw(0, 1) == 0) {
          state->erase(held);
        } else {
          held->second = "revoked";
        }
      }
    }
  }

  std::mt19937 random_;
  const TestAuthority root_{"Root"};
  const TestAuthority ca_{"Issuing"};
  std::shared_ptr<const Buffer> certificate_;
  std::shared_ptr<const Buffer> root_certificate_;
  std::vector<State> states_;
};

using Crls = std::vector<std::shared_ptr<const Buffer>>;

std::vector<std::string> AnswersOf(
    const DrawnCa& drawn, const Crls& crls,
    const std::vector<std::shared_ptr<const Buffer>>& untrusted) {
  EvidencePolicy policy;
  policy.lookup = At(kDuring);
  EvidenceBuilder builder(policy);
  EXPECT_TRUE(builder.AddTrusted(drawn.root()).ok());
  for (const auto& certificate : untrusted)
    EXPECT_TRUE(builder.AddUntrusted(certificate).ok());
  for (const auto& crl : crls) builder.IngestCrl(crl).IgnoreError();
  const BuiltEvidence built = std::move(builder).Build();
  IssuerResolver resolver(*built.snapshot);
  std::vector<std::string> answers;
  for (uint32_t i = 0; i < kSerials; ++i) {
    CertificateText text;
    text.serial = IntegerOf(SerialOf(i));
    text.issuer = drawn.ca().name();
    const Octets der = drawn.ca().key().Signed(text, Ed25519());
    const auto view = CertificateView::Parse(Bytes(der));
    const Verdict verdict =
        Check(*built.snapshot, policy.lookup, resolver.QuestionOf(*view));
    answers.push_back(Concat({NameOf(verdict.status),
                              verdict.cause == Cause::kNone ? "" : " ",
                              NameOf(verdict.cause)}));
  }
  return answers;
}
std::vector<std::string> AnswersOf(const DrawnCa& drawn, const Crls& crls) {
  return AnswersOf(drawn, crls, drawn.Untrusted());
}

// Of a CA that keeps RFC 5280: what is revoked stays so.
TEST(EvidenceProperties, NewerCrlNeverFreesARevokedCertificate) {
  for (uint32_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(Concat({"seed ", std::to_string(seed)}));
    DrawnCa drawn(seed);
    Crls crls = {drawn.RootCrl(), drawn.Complete(1)};
    std::vector<std::string> before = AnswersOf(drawn, crls);
    for (uint32_t number = 2; number <= kNumbers; ++number) {
      crls.push_back(drawn.Draw(0, 1) == 0
                         ? drawn.Complete(number)
                         : drawn.Delta(drawn.Draw(1, number - 1), number));
      const std::vector<std::string> after = AnswersOf(drawn, crls);
      for (uint32_t i = 0; i < kSerials; ++i) {
        if (before[i] == "revoked") {
          ASSERT_EQ(after[i], "revoked") << SerialOf(i);
        }
        // A hold is lifted by a CRL that says so, and by no other.
        if (before[i] == "on_hold" && after[i] == "active") {
          ASSERT_EQ(drawn.StateOf(number, i), "active") << SerialOf(i);
        }
        ASSERT_TRUE(after[i] == "active" || after[i] == "on_hold" ||
                    after[i] == "revoked")
            << after[i];
      }
      before = after;
    }
  }
}

TEST(EvidenceProperties, OrderChangesNoAnswer) {
  for (uint32_t seed = 1; seed <= 15; ++seed) {
    SCOPED_TRACE(Concat({"seed ", std::to_string(seed)}));
    DrawnCa drawn(seed);
    Crls crls = {drawn.RootCrl()};
    for (int i = 0; i < 5; ++i) {
      const uint32_t number = drawn.Draw(2, kNumbers);
      crls.push_back(drawn.Draw(0, 1) == 0
                         ? drawn.Complete(number)
                         : drawn.Delta(drawn.Draw(1, number - 1), number));
    }
    auto untrusted = drawn.Untrusted();
    const std::vector<std::string> expected = AnswersOf(drawn, crls, untrusted);
    for (int round = 0; round < 6; ++round) {
      std::shuffle(crls.begin(), crls.end(), drawn.random());
      std::shuffle(untrusted.begin(), untrusted.end(), drawn.random());
      ASSERT_EQ(AnswersOf(drawn, crls, untrusted), expected);
    }
  }
}

TEST(EvidenceProperties, ChainOfDeltasAnswersAsTheCompleteCrl) {
  for (uint32_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE(Concat({"seed ", std::to_string(seed)}));
    DrawnCa drawn(seed);
    uint32_t reached = drawn.Draw(1, 3);
    Crls chain = {drawn.RootCrl(), drawn.Complete(reached)};
    while (reached < kNumbers) {
      const uint32_t next = drawn.Draw(reached + 1, kNumbers);
      chain.push_back(drawn.Delta(drawn.Draw(1, reached), next));
      reached = next;
    }
    ASSERT_EQ(AnswersOf(drawn, chain),
              AnswersOf(drawn, {drawn.RootCrl(), drawn.Complete(kNumbers)}));
  }
}

}  // namespace
}  // namespace revstat::test
