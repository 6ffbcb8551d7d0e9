#include "tools/revstat-gen/leaf.h"

#include <utility>

#include "tools/revstat-gen/certificate_builder.h"
#include "tools/revstat-gen/extensions.h"
#include "tools/revstat-gen/names.h"
#include "tools/revstat-gen/seeded_key.h"

namespace revstat::gen {

Octets MakeLeaf(const LeafProfile& profile, const Leaf& leaf,
                const Authority& authority) {
  CertificateFields fields;
  fields.serial = leaf.serial;
  fields.issuer = authority.name;
  fields.subject = MakeName(leaf.common_name);
  fields.not_before = leaf.not_before;
  fields.not_after = leaf.not_after;
  fields.public_key_info =
      MakePublicKeyInfo(profile.key, {profile.seed, "leaf", leaf.index});
  fields.extensions = {
      BasicConstraints(Subject::kEndEntity), KeyUsage(kDigitalSignature),
      SubjectKeyIdentifier(KeyIdentifierOf(fields.public_key_info)),
      AuthorityKeyIdentifier(authority.key_id)};
  if (!profile.crl_urls.empty()) {
    fields.extensions.push_back(CrlDistributionPoints(profile.crl_urls));
  }
  return BuildCertificate(fields, authority.signer);
}

}  // namespace revstat::gen
