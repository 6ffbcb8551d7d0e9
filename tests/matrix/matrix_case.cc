#include "tests/matrix/matrix_case.h"

#include <array>
#include <random>
#include <span>

#include "engine/x509/distribution_point.h"
#include "tests/support/crl_text.h"
#include "tests/support/signing_key.h"

namespace revstat::test {
namespace {

constexpr std::string_view kSerial = "0456";  // of the certificate asked about

const SigningKey& CaKey() {
  static const SigningKey key = SigningKey::NewEdwards("ED25519");
  return key;
}
const SigningKey& NewCaKey() {
  static const SigningKey key = SigningKey::NewEdwards("ED25519");
  return key;
}
const SigningKey& ServiceKey() {
  static const SigningKey key = SigningKey::NewEdwards("ED25519");
  return key;
}

const Octets& CaName() {
  static const Octets name = CommonName("Matrix CA");
  return name;
}
const Octets& ServiceName() {
  static const Octets name = CommonName("CRL service");
  return name;
}

// Key identifiers: OpenSSL tries no second key of one name without them.
Octets KeyIdentifier(const SigningKey& key) {
  const uint8_t octet = &key == &CaKey() ? 1 : &key == &NewCaKey() ? 2 : 3;
  return {0xa0, octet};
}
Octets SubjectKey(const SigningKey& key) {
  return MakeExtension("2.5.29.14", OctetString(KeyIdentifier(key)));
}
Octets AuthorityKey(const SigningKey& key) {
  return MakeExtension(
      "2.5.29.35", Seq({Tlv(der::ContextPrimitive(0), KeyIdentifier(key))}));
}

Octets Issue(std::string_view serial, const Octets& subject,
             const SigningKey& key, std::vector<Octets> extensions) {
  CertificateText text;
  text.serial = IntegerOf(serial);
  text.issuer = CaName();
  text.subject = subject;
  text.public_key = key.Spki();
  text.extensions = std::move(extensions);
  text.extensions.push_back(SubjectKey(key));
  text.extensions.push_back(AuthorityKey(CaKey()));
  return CaKey().Signed(text, Ed25519());
}

std::vector<Octets> CaExtensions() {
  return {MakeExtension("2.5.29.19", Seq({True()}), Criticality::kCritical),
          MakeExtension("2.5.29.15", Hex("03020106"), Criticality::kCritical)};
}

Octets FullName(const Octets& name) {
  return Nest(der::ContextConstructed(0),
              {Nest(der::ContextConstructed(0), {name})});
}
Octets Uri(std::string_view text) { return FullName(Text(kUri, text)); }
Octets CrlIssuer(const Octets& name) {
  return Nest(der::ContextConstructed(2), {Nest(kDirectoryName, {name})});
}
Octets Reasons(uint8_t tag, std::string_view bits) {
  return Tlv(der::ContextPrimitive(tag), Hex(bits));
}
constexpr std::string_view kCompromise = "0640";  // keyCompromise
constexpr std::string_view kOthers = "073f80";    // all others

// Draws one of the names and notes it.
class Drawer {
 public:
  explicit Drawer(uint32_t seed) : random_(seed) {}

  std::string_view operator()(std::string_view what,
                              std::span<const std::string_view> names) {
    const auto i =
        std::uniform_int_distribution<size_t>(0, names.size() - 1)(random_);
    features_ += features_.empty() ? "" : " ";
    features_.append(what).append("=").append(names[i]);
    return names[i];
  }
  const std::string& features() const { return features_; }

 private:
  std::mt19937 random_;
  std::string features_;
};

Octets PointsExtension(std::string_view point) {
  std::vector<Octets> points;
  if (point == "uri") points = {Seq({Uri("http://ca/1")})};
  if (point == "two_uris")
    points = {Seq({Uri("http://ca/0")}), Seq({Uri("http://ca/1")})};
  if (point == "uri_compromise")
    points = {Seq({Uri("http://ca/1"), Reasons(1, kCompromise)})};
  if (point == "service") points = {Seq({CrlIssuer(ServiceName())})};
  if (point == "service_uri")
    points = {Seq({Uri("http://ca/1"), CrlIssuer(ServiceName())})};
  return MakeExtension("2.5.29.31", Seq(points));
}

// The fields of issuingDistributionPoint, in their order.
std::vector<Octets> PointFields(std::string_view name, std::string_view kind,
                                std::string_view reasons, bool is_indirect) {
  std::vector<Octets> fields;
  if (name == "uri") fields.push_back(Uri("http://ca/1"));
  if (name == "other") fields.push_back(Uri("http://ca/2"));
  if (kind == "user") fields.push_back(True(der::ContextPrimitive(1)));
  if (kind == "ca") fields.push_back(True(der::ContextPrimitive(2)));
  if (reasons == "compromise") fields.push_back(Reasons(3, kCompromise));
  if (reasons == "others") fields.push_back(Reasons(3, kOthers));
  if (is_indirect) fields.push_back(True(der::ContextPrimitive(4)));
  if (kind == "attribute") fields.push_back(True(der::ContextPrimitive(5)));
  return fields;
}

struct CrlPlan {
  std::vector<Octets> fields;  // of issuingDistributionPoint
  bool is_of_service = false;
  const SigningKey* key = nullptr;
};

// The entries for a state: "none", "revoked", "hold" or "removed".
std::vector<Octets> Entries(const CrlPlan& plan, std::string_view state) {
  std::vector<Octets> extensions;
  if (state == "hold") extensions.push_back(Reason(6));
  if (state == "revoked") extensions.push_back(Reason(1));
  if (state == "removed") extensions.push_back(Reason(8));
  std::vector<Octets> entries = {Entry(IntegerOf("0999"))};
  if (state == "none") return entries;
  if (plan.is_of_service) extensions.push_back(CertificateIssuer(CaName()));
  entries.push_back(
      Entry(IntegerOf(kSerial), UtcTime("260102030405Z"), extensions));
  return entries;
}

CrlText MakeCrl(const CrlPlan& plan, std::string_view state, uint32_t number) {
  CrlText text;
  text.issuer = plan.is_of_service ? ServiceName() : CaName();
  text.entries = Entries(plan, state);
  text.extensions = {MakeExtension("2.5.29.20", Integer(number)),
                     AuthorityKey(*plan.key)};
  if (!plan.fields.empty())
    text.extensions.push_back(IssuingPoint(plan.fields));
  return text;
}

void AddDelta(const CrlPlan& plan, std::string_view delta, MatrixCase* made) {
  if (delta == "no") return;
  const bool is_gap = delta == "gap_revoked";
  CrlText text = MakeCrl(plan, is_gap ? "revoked" : delta, is_gap ? 9 : 8);
  text.this_update = UtcTime("260110000000Z");
  text.extensions.push_back(MakeExtension("2.5.29.27", Integer(is_gap ? 8 : 7),
                                          Criticality::kCritical));
  made->crls.push_back(plan.key->Signed(text, Ed25519()));
}

}  // namespace

MatrixCase DrawCase(uint32_t seed) {
  using Names = std::initializer_list<std::string_view>;
  Drawer drawer(seed);
  const auto draw = [&](std::string_view what, Names names) {
    return drawer(what, {names.begin(), names.size()});
  };
  MatrixCase made;
  // Names that stand more than once are likelier: most arrangements of parts
  // drawn evenly would fit nowhere.
  const auto target = draw("target", {"user", "user", "user", "ca"});
  const auto signer = draw("signer", {"ca", "ca", "new_key", "service"});
  const bool is_of_service = signer == "service";
  const auto point =
      is_of_service
          ? draw("point", {"service", "service", "service_uri", "no", "uri"})
          : draw("point", {"no", "no", "uri", "uri", "two_uris",
                           "uri_compromise", "service", "service_uri"});
  const auto indirect = is_of_service ? draw("indirect", {"yes", "yes", "no"})
                                      : draw("indirect", {"no", "no", "yes"});
  const auto name = draw("idp", {"no", "no", "uri", "uri", "other"});
  const auto kind = draw(
      "kind", {"all", "all", "all", "all", "user", "user", "ca", "attribute"});
  const auto reasons =
      draw("reasons", {"all", "all", "all", "compromise", "both", "both"});
  const auto state = draw("state", {"none", "none", "revoked", "hold"});
  const auto delta = draw("delta", {"no", "no", "none", "revoked", "hold",
                                    "removed", "gap_revoked"});
  const auto base = draw("base", {"current", "current", "current", "stale"});
  made.features = drawer.features();

  made.anchor = Issue("01", CaName(), CaKey(), CaExtensions());
  std::vector<Octets> extensions;
  if (target == "ca") extensions = CaExtensions();
  if (point != "no") extensions.push_back(PointsExtension(point));
  made.certificate =
      Issue(kSerial, CommonName("Target"), CaKey(), std::move(extensions));
  made.untrusted = {
      Issue("02", CaName(), NewCaKey(), CaExtensions()),  // new with old
      Issue("03", ServiceName(), ServiceKey(),
            {MakeExtension("2.5.29.15", Hex("03020102"))})};

  CrlPlan plan;
  plan.is_of_service = signer == "service";
  plan.key = signer == "service"   ? &ServiceKey()
             : signer == "new_key" ? &NewCaKey()
                                   : &CaKey();
  const auto add = [&](std::string_view part, std::string_view listed) {
    plan.fields = PointFields(name, kind, part, indirect == "yes");
    CrlText text = MakeCrl(plan, listed, 7);
    // OpenSSL looks for a delta only where freshestCRL says that there is one.
    if (delta != "no") {
      text.extensions.push_back(
          MakeExtension("2.5.29.46", Seq({Seq({Uri("http://ca/delta")})})));
    }
    if (base == "stale") text.next_update = UtcTime("260112000000Z");
    made.crls.push_back(plan.key->Signed(text, Ed25519()));
  };
  if (reasons == "both") add("others", "none");
  add(reasons == "both" ? "compromise" : reasons, state);
  AddDelta(plan, delta, &made);
  return made;
}

}  // namespace revstat::test
