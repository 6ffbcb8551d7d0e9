#include "tools/revstat-gen/certificate_builder.h"

namespace revstat::gen {

Octets BuildCertificate(const CertificateFields& fields, const Signer& signer) {
  // TBSCertificate ::= SEQUENCE { version [0] EXPLICIT v3(2), serialNumber,
  // signature,
  //   issuer, validity, subject, subjectPublicKeyInfo, extensions [3] EXPLICIT
  //   }
  const Octets tbs = der::Sequence({
      der::Constructed(0, der::Integer(2)),
      der::Tlv(der::kInteger, fields.serial.content()),
      signer.algorithm(),
      fields.issuer,
      der::Sequence({der::ChoiceTime(fields.not_before),
                     der::ChoiceTime(fields.not_after)}),
      fields.subject,
      fields.public_key_info,
      der::Constructed(
          3, der::Tlv(der::kSequence, der::JoinAll(fields.extensions))),
  });
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm,
  // signatureValue BIT STRING }
  return der::Sequence(
      {tbs, signer.algorithm(), der::BitString(signer.Sign(tbs))});
}

}  // namespace revstat::gen
