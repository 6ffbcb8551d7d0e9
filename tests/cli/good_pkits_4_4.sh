#!/bin/bash
# NIST PKITS 4.4.1 to 4.4.18, each certificate against its CA's CRL, as a user
# would ask. The facts are those of the corpus' manifest.json.
source "$(dirname "$0")/harness.sh"
[[ -n $corpora && -d $corpora/pkits/certs ]] || skip "no corpora"
pkits=$corpora/pkits

# Test 4 damaged the signature's unused bits, so that its CRL is malformed.
#
# id, target, CA, CRLs, exit status, status and its reason or cause
while read -r id target ca crls exit status why; do
  given=(--trust "$pkits/certs/${ca}Cert.crt")
  [[ $crls == - ]] || for crl in ${crls//,/ }; do given+=(--crl "$pkits/crls/${crl}CRL.crl"); done
  run "$exit" check "${given[@]}" --at 2011-04-15T00:00:00Z --format jsonl "$pkits/certs/${target}EE.crt"
  statuses "$status"
  [[ $(column cause)$(column reason) == "$why" ]] ||
    fail "4.4.$id: $(column cause)$(column reason), expected $why"
done <<'END'
1 InvalidMissingCRLTest1 NoCRLCA - 3 unknown no_source
3 InvalidRevokedEETest3 GoodCA GoodCA 1 revoked keyCompromise
4 InvalidBadCRLSignatureTest4 BadCRLSignatureCA BadCRLSignatureCA 2 unknown malformed
5 InvalidBadCRLIssuerNameTest5 BadCRLIssuerNameCA BadCRLIssuerNameCA 2 unknown no_source
6 InvalidWrongCRLTest6 WrongCRLCA WrongCRLCA 2 unknown no_source
7 ValidTwoCRLsTest7 TwoCRLsCA TwoCRLsCAGood,TwoCRLsCABad 2 active
8 InvalidUnknownCRLEntryExtensionTest8 UnknownCRLEntryExtensionCA UnknownCRLEntryExtensionCA 1 revoked keyCompromise
9 InvalidUnknownCRLExtensionTest9 UnknownCRLExtensionCA UnknownCRLExtensionCA 1 revoked keyCompromise
10 InvalidUnknownCRLExtensionTest10 UnknownCRLExtensionCA UnknownCRLExtensionCA 3 unknown unsupported_critical_extension
11 InvalidOldCRLnextUpdateTest11 OldCRLnextUpdateCA OldCRLnextUpdateCA 3 unknown stale
12 Invalidpre2000CRLnextUpdateTest12 pre2000CRLnextUpdateCA pre2000CRLnextUpdateCA 3 unknown stale
13 ValidGeneralizedTimeCRLnextUpdateTest13 GeneralizedTimeCRLnextUpdateCA GeneralizedTimeCRLnextUpdateCA 0 active
14 ValidNegativeSerialNumberTest14 NegativeSerialNumberCA NegativeSerialNumberCA 0 active
15 InvalidNegativeSerialNumberTest15 NegativeSerialNumberCA NegativeSerialNumberCA 1 revoked keyCompromise
16 ValidLongSerialNumberTest16 LongSerialNumberCA LongSerialNumberCA 0 active
17 ValidLongSerialNumberTest17 LongSerialNumberCA LongSerialNumberCA 0 active
18 InvalidLongSerialNumberTest18 LongSerialNumberCA LongSerialNumberCA 1 revoked keyCompromise
END

# 4.4.2: the CA below GoodCA is revoked; the certificate itself is not listed,
# and its path is the matter of `verify`.
run 1 check --trust "$pkits/certs/TrustAnchorRootCertificate.crt" --trust "$pkits/certs/GoodCACert.crt" \
  --trust "$pkits/certs/RevokedsubCACert.crt" --crl "$pkits/crls/TrustAnchorRootCRL.crl" \
  --crl "$pkits/crls/GoodCACRL.crl" --crl "$pkits/crls/RevokedsubCACRL.crl" --at 2011-04-15T00:00:00Z \
  --format jsonl "$pkits"/certs/{GoodCACert,RevokedsubCACert,InvalidRevokedCATest2EE}.crt
statuses active revoked active
has out '"revocation_time":"2010-01-01T08:30:00Z"'

# The whole suite in one call: no crash, each file a row.
run 2 check --trust "$pkits/certs/TrustAnchorRootCertificate.crt" --crl "$pkits/crls/TrustAnchorRootCRL.crl" \
  --at 2011-04-15T00:00:00Z --format csv --crl missing.crl "$pkits/certs"
(($(wc -l <out) > 400)) || fail "only $(wc -l <out) rows"
