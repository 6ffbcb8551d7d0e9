// The one list of errors, and how an error becomes an absl::Status.
//
// A parser fails with a ParseError (a one-byte code, an offset, a field); at
// the public boundary that becomes a Status whose message names all three, and
// from which ErrorCodeOf() reads the code back.
#ifndef REVSTAT_ENGINE_BASE_ERROR_H_
#define REVSTAT_ENGINE_BASE_ERROR_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace revstat {

// What kind of refusal an error is. The three are never mixed: bytes that are
// not what the standard allows, bytes that are legal but that we do not
// process, and statements that were checked and found wrong.
enum class ErrorClass : uint8_t {
  kNone,
  kMalformed,
  kUnsupported,
  kUntrue,
  kInput
};

// X(name, class, text)
#define REVSTAT_ERRORS(X)                                                      \
  X(kOk, kNone, "no error")                                                    \
  X(kTruncated, kMalformed, "the data ends inside an element")                 \
  X(kTrailingData, kMalformed, "data follows where the element must end")      \
  X(kUnexpectedTag, kMalformed, "another tag stands here")                     \
  X(kHighTagNumber, kMalformed, "a tag number above 30 is never used here")    \
  X(kIndefiniteLength, kMalformed, "DER forbids the indefinite length")        \
  X(kNonMinimalLength, kMalformed, "the length is not in its shortest form")   \
  X(kLengthTooLarge, kMalformed, "the length does not fit the data")           \
  X(kNonMinimalInteger, kMalformed, "the INTEGER is not in its shortest form") \
  X(kEmptyInteger, kMalformed, "the INTEGER has no octets")                    \
  X(kIntegerOutOfRange, kMalformed, "the INTEGER is outside its range")        \
  X(kBadBoolean, kMalformed, "a BOOLEAN is 00 or FF")                          \
  X(kBadBitString, kMalformed, "the BIT STRING's unused bits are wrong")       \
  X(kBadNull, kMalformed, "NULL has no content")                               \
  X(kBadOid, kMalformed, "the OBJECT IDENTIFIER is malformed")                 \
  X(kBadTime, kMalformed, "the time is not YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ")  \
  X(kBadVersion, kMalformed, "the version is not allowed here")                \
  X(kBadEnumerated, kMalformed, "the value is not one of the list")            \
  X(kSerialTooLong, kMalformed, "the serial number is longer than 20 octets")  \
  X(kDuplicateExtension, kMalformed, "the extension occurs twice")             \
  X(kEmptySequence, kMalformed, "the sequence must have an element")           \
  X(kExtensionNotAllowed, kMalformed, "the extension is not allowed here")     \
  X(kAlgorithmMismatch, kMalformed,                                            \
    "the signed and the outer signature algorithm differ")                     \
  X(kTimesReversed, kMalformed, "nextUpdate is before thisUpdate")             \
  X(kBadPem, kMalformed, "the PEM armour or its base64 is broken")             \
  X(kBadIndex, kMalformed, "the index bytes are damaged")                      \
  X(kBadText, kMalformed, "the text is not in its form")                       \
  X(kStoreDamaged, kMalformed, "the store's file is damaged")                  \
  X(kBadHashLength, kMalformed, "the hash is not as long as its algorithm's")  \
  X(kBadNonce, kMalformed, "a nonce has 1 to 128 octets")                      \
  X(kMissingField, kMalformed, "a field that is required here is missing")     \
  X(kTooLarge, kUnsupported, "larger than the configured limit")               \
  X(kOidArcTooLarge, kUnsupported,                                             \
    "a number of the OBJECT IDENTIFIER has more than 128 bits")                \
  X(kTooMany, kUnsupported, "more elements than the configured limit")         \
  X(kUnsupportedAlgorithm, kUnsupported,                                       \
    "the signature algorithm is not supported")                                \
  X(kUnsupportedKey, kUnsupported, "the public key is not supported")          \
  X(kWeakAlgorithm, kUnsupported,                                              \
    "the signature algorithm is too weak to be accepted")                      \
  X(kUnsupportedCriticalExtension, kUnsupported,                               \
    "a critical extension is not processed")                                   \
  X(kUnknownFormat, kUnsupported,                                              \
    "neither a certificate, a CRL, nor a list of them")                        \
  X(kStoreVersion, kUnsupported, "the store's file is of another version")     \
  X(kWrongIssuer, kUntrue, "the issuer is another one")                        \
  X(kNoIssuer, kUntrue, "no certificate of the issuer is at hand")             \
  X(kKeyIdentifierMismatch, kUntrue,                                           \
    "authorityKeyIdentifier names another key")                                \
  X(kCrlSignMissing, kUntrue, "the issuer's keyUsage does not allow cRLSign")  \
  X(kBadSignature, kUntrue, "the signature does not verify")                   \
  X(kBadCertificate, kUnsupported, "OpenSSL cannot read the certificate")      \
  X(kNoPath, kUntrue, "no valid path to a trust anchor")                       \
  X(kOlderThanHeld, kUntrue,                                                   \
    "a newer CRL of the same issuer and scope is held")                        \
  X(kConflictingCrl, kUntrue,                                                  \
    "another CRL with the same number and other content is held")              \
  X(kScopeChanged, kUntrue, "the CRL is of another issuer or scope")           \
  X(kShrunk, kUntrue, "the CRL lists far fewer than the one held")             \
  X(kVanished, kUntrue,                                                        \
    "a revoked certificate is listed no longer, and has not expired")          \
  X(kOcspMalformedRequest, kUntrue, "the responder answers malformedRequest")  \
  X(kOcspInternalError, kUntrue, "the responder answers internalError")        \
  X(kOcspTryLater, kUntrue, "the responder answers tryLater")                  \
  X(kOcspSigRequired, kUntrue, "the responder answers sigRequired")            \
  X(kOcspUnauthorized, kUntrue, "the responder answers unauthorized")          \
  X(kOcspNotBasic, kUnsupported, "the response is not id-pkix-ocsp-basic")     \
  X(kOcspOtherIssuer, kUntrue,                                                 \
    "the response is about certificates of another issuer")                    \
  X(kOcspUnsupportedCertId, kUnsupported,                                      \
    "the hash algorithm of the CertID is not supported")                       \
  X(kOcspNoAnswer, kUntrue,                                                    \
    "the response is not about the certificate asked about")                   \
  X(kOcspSignerUnknown, kUntrue, "no certificate of the responder is at hand") \
  X(kOcspSignerNotIssued, kUntrue,                                             \
    "the responder's certificate is not by the certificate's issuer")          \
  X(kOcspSigningMissing, kUntrue,                                              \
    "the responder's certificate lacks id-kp-OCSPSigning")                     \
  X(kOcspSignerExpired, kUntrue, "the responder's certificate has expired")    \
  X(kOcspSignerNotYetValid, kUntrue,                                           \
    "the responder's certificate is not yet valid")                            \
  X(kOcspSignerRevoked, kUntrue, "the responder's certificate is revoked")     \
  X(kOcspSignerUnchecked, kUntrue,                                             \
    "the status of the responder's certificate is not known")                  \
  X(kOcspNonceMissing, kUntrue, "the response has no nonce")                   \
  X(kOcspNonceMismatch, kUntrue, "the response has another nonce")             \
  X(kOcspNotYetCurrent, kUntrue,                                               \
    "the response is newer than the time asked about")                         \
  X(kOcspNoNextUpdate, kUntrue,                                                \
    "the response does not say until when it is current")                      \
  X(kOcspStale, kUntrue, "the response is past its nextUpdate")                \
  X(kOcspTooOld, kUntrue, "the response is older than allowed")                \
  X(kInputUnreadable, kInput, "the file cannot be read")                       \
  X(kBadUrl, kMalformed, "the URL is malformed")                               \
  X(kSchemeNotAllowed, kUnsupported, "URLs of this scheme are not fetched")    \
  X(kAddressNotAllowed, kInput, "the address may not be connected to")         \
  X(kHostNotFound, kInput, "the host's name cannot be resolved")               \
  X(kConnectFailed, kInput, "no connection to the server")                     \
  X(kTlsFailed, kInput, "the TLS handshake failed")                            \
  X(kTimedOut, kInput, "the time limit is over")                               \
  X(kTooSlow, kInput, "the server sends too slowly")                           \
  X(kTooManyRedirects, kInput, "more redirects than the limit")                \
  X(kRedirectNotAllowed, kInput, "the redirect is not followed")               \
  X(kHttpStatus, kInput, "the server answered with an error")                  \
  X(kUnexpectedNotModified, kInput,                                            \
    "the server says 304 of a copy that we do not hold")                       \
  X(kTransferBroken, kInput, "the transfer broke off, or its framing did")     \
  X(kNotHttp, kInput, "the answer is not HTTP")                                \
  X(kBadContentEncoding, kInput, "the compressed body is damaged")             \
  X(kHeadersTooLarge, kInput, "more octets of headers than the limit")         \
  X(kWrongContentType, kInput,                                                 \
    "the content type is not that of an OCSP response")                        \
  X(kFetchFailed, kInput, "the fetch failed")                                  \
  X(kExpiredCrl, kUntrue, "the CRL has expired, and the one held has not")     \
  X(kNoSuchFile, kInput, "there is no such file")                              \
  X(kNotWritable, kInput, "the file cannot be written")                        \
  X(kStoreLocked, kInput, "another process is writing to the store")

enum class ErrorCode : uint8_t {
#define REVSTAT_DECLARE(name, error_class, text) name,
  REVSTAT_ERRORS(REVSTAT_DECLARE)
#undef REVSTAT_DECLARE
};

ErrorClass ClassOf(ErrorCode code);
std::string_view NameOf(ErrorCode code);     // "kTruncated" -> "truncated"
std::string_view MeaningOf(ErrorCode code);  // one plain sentence

// Where and why a parser stopped. `field` is the RFC's name, a literal.
struct ParseError {
  ErrorCode code = ErrorCode::kOk;
  uint64_t offset = 0;  // octets from the start of the outermost input
  const char* field = "";

  bool ok() const { return code == ErrorCode::kOk; }
};

// "<field>: <meaning> (octet <offset>) [<name>]"
absl::Status ToStatus(const ParseError& error);

// "<meaning>: <detail> [<name>]"
absl::Status MakeError(ErrorCode code, std::string_view detail);

// The code of a Status made here; kOk for an OK status and kInputUnreadable
// for one that another library made.
ErrorCode ErrorCodeOf(const absl::Status& status);

// The same error with "<context>: " put before its message.
absl::Status Annotate(const absl::Status& status, std::string_view context);

// The message alone, as std::string_view.
inline std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace revstat

#endif  // REVSTAT_ENGINE_BASE_ERROR_H_
