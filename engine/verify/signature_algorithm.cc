#include <array>

#include "engine/base/error.h"
#include "engine/der/cursor.h"
#include "engine/der/primitives.h"
#include "engine/verify/signature.h"
#include "engine/x509/oid.h"

namespace revstat {
namespace {

// An object identifier: spelled in dots, kept and compared as DER has it.
class KnownOid {
 public:
  constexpr KnownOid(const char* dotted) {  // NOLINT: tables read better so
    uint32_t first = 0, arc = 0;
    for (int count = 0;; ++dotted) {
      if (*dotted >= '0' && *dotted <= '9') {
        arc = arc * 10 + static_cast<uint32_t>(*dotted - '0');
        continue;
      }
      // X.690 8.19.4: the first two arcs share a subidentifier.
      if (count++ == 0) {
        first = arc;
      } else {
        Append(count == 2 ? first * 40 + arc : arc);
      }
      if (*dotted == 0) return;
      arc = 0;
    }
  }

  Bytes octets() const { return {octets_.data(), size_}; }

 private:
  constexpr void Append(uint32_t arc) {
    int shift = 28;
    while (shift > 0 && arc >> shift == 0) shift -= 7;
    for (; shift >= 0; shift -= 7) {
      octets_[size_++] = static_cast<uint8_t>((arc >> shift & 0x7f) |
                                              (shift > 0 ? 0x80u : 0u));
    }
  }

  std::array<uint8_t, 12> octets_ = {};
  size_t size_ = 0;
};

enum class Parameters : uint8_t { kNull, kAbsent, kPss };

struct AlgorithmRow {
  KnownOid oid;
  SignatureScheme scheme;
  Parameters parameters;
  const char* digest;
  const char* name;
};

constexpr AlgorithmRow kAlgorithms[] = {
    {"1.2.840.113549.1.1.11", SignatureScheme::kRsaPkcs1, Parameters::kNull,
     "SHA256", "sha256WithRSAEncryption"},
    {"1.2.840.113549.1.1.12", SignatureScheme::kRsaPkcs1, Parameters::kNull,
     "SHA384", "sha384WithRSAEncryption"},
    {"1.2.840.113549.1.1.13", SignatureScheme::kRsaPkcs1, Parameters::kNull,
     "SHA512", "sha512WithRSAEncryption"},
    {"1.2.840.113549.1.1.14", SignatureScheme::kRsaPkcs1, Parameters::kNull,
     "SHA224", "sha224WithRSAEncryption"},
    {"1.2.840.113549.1.1.5", SignatureScheme::kRsaPkcs1, Parameters::kNull,
     "SHA1", "sha1WithRSAEncryption"},
    {"1.2.840.113549.1.1.4", SignatureScheme::kRsaPkcs1, Parameters::kNull,
     "MD5", "md5WithRSAEncryption"},
    {"1.2.840.113549.1.1.10", SignatureScheme::kRsaPss, Parameters::kPss,
     nullptr, "RSASSA-PSS"},
    {"1.2.840.10045.4.1", SignatureScheme::kEcdsa, Parameters::kAbsent, "SHA1",
     "ecdsa-with-SHA1"},
    {"1.2.840.10045.4.3.1", SignatureScheme::kEcdsa, Parameters::kAbsent,
     "SHA224", "ecdsa-with-SHA224"},
    {"1.2.840.10045.4.3.2", SignatureScheme::kEcdsa, Parameters::kAbsent,
     "SHA256", "ecdsa-with-SHA256"},
    {"1.2.840.10045.4.3.3", SignatureScheme::kEcdsa, Parameters::kAbsent,
     "SHA384", "ecdsa-with-SHA384"},
    {"1.2.840.10045.4.3.4", SignatureScheme::kEcdsa, Parameters::kAbsent,
     "SHA512", "ecdsa-with-SHA512"},
    {"1.3.101.112", SignatureScheme::kEd25519, Parameters::kAbsent, nullptr,
     "Ed25519"},
    {"1.3.101.113", SignatureScheme::kEd448, Parameters::kAbsent, nullptr,
     "Ed448"},
    // RFC 9215 2: parameters are omitted. NULL, which some write, says no more.
    {"1.2.643.7.1.1.3.2", SignatureScheme::kGost256, Parameters::kNull,
     "md_gost12_256", "id-tc26-signwithdigest-gost3410-12-256"},
    {"1.2.643.7.1.1.3.3", SignatureScheme::kGost512, Parameters::kNull,
     "md_gost12_512", "id-tc26-signwithdigest-gost3410-12-512"},
};

constexpr KnownOid kMgf1 = "1.2.840.113549.1.1.8";

struct DigestRow {
  KnownOid oid;
  const char* name;
};

constexpr DigestRow kDigests[] = {
    {"1.3.14.3.2.26", "SHA1"},
    {"2.16.840.1.101.3.4.2.1", "SHA256"},
    {"2.16.840.1.101.3.4.2.2", "SHA384"},
    {"2.16.840.1.101.3.4.2.3", "SHA512"},
    {"2.16.840.1.101.3.4.2.4", "SHA224"},
};

// The digest an AlgorithmIdentifier names; null for another one. Its parameters
// are NULL or absent (RFC 4055 2.1 accepts both).
const char* ReadDigest(der::Cursor& cursor, const char* field) {
  const char* digest = nullptr;
  cursor.Nested(der::kSequence, field, [&](der::Cursor& body) {
    const Bytes oid = der::ReadOid(body, field);
    for (const DigestRow& row : kDigests) {
      if (Equal(oid, row.oid.octets())) digest = row.name;
    }
    body.ReadOptional(der::kNull, field);
  });
  return digest;
}

// RSASSA-PSS-params ::= SEQUENCE {            -- RFC 4055 3.1
//   hashAlgorithm    [0] HashAlgorithm    DEFAULT sha1,
//   maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
//   saltLength       [2] INTEGER          DEFAULT 20,
//   trailerField     [3] INTEGER          DEFAULT 1 }
void ReadPssParameters(der::Cursor& cursor, SignatureAlgorithm* algorithm) {
  constexpr uint32_t kMaxSalt = 512;
  algorithm->digest = "SHA1";
  algorithm->mgf1_digest = "SHA1";
  algorithm->salt_length = 20;
  cursor.Nested(der::kSequence, "RSASSA-PSS-params", [&](der::Cursor& body) {
    body.NestedOptional(
        der::ContextConstructed(0), "hashAlgorithm", [&](der::Cursor& field) {
          algorithm->digest = ReadDigest(field, "hashAlgorithm");
        });
    body.NestedOptional(
        der::ContextConstructed(1), "maskGenAlgorithm",
        [&](der::Cursor& field) {
          field.Nested(
              der::kSequence, "maskGenAlgorithm", [&](der::Cursor& mask) {
                const Bytes mgf = der::ReadOid(mask, "maskGenAlgorithm");
                const char* digest = ReadDigest(mask, "maskGenAlgorithm");
                algorithm->mgf1_digest =
                    Equal(mgf, kMgf1.octets()) ? digest : nullptr;
              });
        });
    body.NestedOptional(der::ContextConstructed(2), "saltLength",
                        [&](der::Cursor& field) {
                          algorithm->salt_length = static_cast<int>(
                              der::ReadUnsigned(field, kMaxSalt, "saltLength"));
                        });
    body.NestedOptional(
        der::ContextConstructed(3), "trailerField", [&](der::Cursor& field) {
          const Bytes start = field.rest();
          if (der::ReadUnsigned(field, 255, "trailerField") != 1) {
            field.FailAt(start, ErrorCode::kIntegerOutOfRange, "trailerField");
          }
        });
  });
}

void ReadParameters(der::Cursor& body, Parameters parameters,
                    SignatureAlgorithm* algorithm) {
  switch (parameters) {
    case Parameters::kAbsent:
      return;
    case Parameters::kNull:
      // RFC 4055 5: NULL; implementations MUST accept absence as well.
      if (body.Peek() == der::kNull &&
          !body.Read(der::kNull, "parameters").value.empty()) {
        body.Fail(ErrorCode::kBadNull, "parameters");
      }
      return;
    case Parameters::kPss:
      return ReadPssParameters(body, algorithm);
  }
}

}  // namespace

absl::StatusOr<SignatureAlgorithm> ParseSignatureAlgorithm(
    Bytes algorithm_tlv) {
  SignatureAlgorithm algorithm;
  Bytes unsupported;
  der::Trace trace(algorithm_tlv);
  der::Cursor cursor(algorithm_tlv, &trace);
  cursor.Nested(der::kSequence, "signatureAlgorithm", [&](der::Cursor& body) {
    const Bytes oid = der::ReadOid(body, "algorithm");
    for (const AlgorithmRow& row : kAlgorithms) {
      if (!Equal(oid, row.oid.octets())) continue;
      algorithm.scheme = row.scheme;
      algorithm.digest = row.digest;
      algorithm.name = row.name;
      return ReadParameters(body, row.parameters, &algorithm);
    }
    unsupported = oid;
    if (!body.AtEnd()) body.ReadAny("parameters");
  });
  cursor.ExpectEnd("signatureAlgorithm");
  if (!trace.ok()) return ToStatus(trace.error());
  if (!unsupported.empty())
    return MakeError(ErrorCode::kUnsupportedAlgorithm,
                     oid::ToDotted(unsupported));
  if (algorithm.scheme == SignatureScheme::kRsaPss &&
      (algorithm.digest == nullptr || algorithm.mgf1_digest == nullptr)) {
    return MakeError(ErrorCode::kUnsupportedAlgorithm,
                     "RSASSA-PSS with another digest or mask");
  }
  return algorithm;
}

}  // namespace revstat
