#include "engine/base/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace revstat {
namespace {

const std::vector<ErrorCode>& AllCodes() {
  static const auto& codes = *new std::vector<ErrorCode>{
#define REVSTAT_CODE(name, error_class, text) ErrorCode::name,
      REVSTAT_ERRORS(REVSTAT_CODE)
#undef REVSTAT_CODE
  };
  return codes;
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST(ErrorNames, AreLowerCaseWordsEachOnce) {
  std::set<std::string_view> names, meanings;
  for (ErrorCode code : AllCodes()) {
    const std::string_view name = NameOf(code);
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789"),
              std::string_view::npos)
        << name;
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(meanings.insert(MeaningOf(code)).second) << name;
  }
}

TEST(ErrorNames, AreThoseThatScriptsKnow) {
  EXPECT_EQ(NameOf(ErrorCode::kOk), "ok");
  EXPECT_EQ(NameOf(ErrorCode::kTruncated), "truncated");
  EXPECT_EQ(NameOf(ErrorCode::kBadBitString), "bad_bit_string");
  EXPECT_EQ(NameOf(ErrorCode::kCrlSignMissing), "crl_sign_missing");
  EXPECT_EQ(NameOf(ErrorCode::kInputUnreadable), "input_unreadable");
}

TEST(ErrorClasses, TellMalformedUnsupportedAndUntrueApart) {
  EXPECT_EQ(ClassOf(ErrorCode::kOk), ErrorClass::kNone);
  EXPECT_EQ(ClassOf(ErrorCode::kTimesReversed), ErrorClass::kMalformed);
  EXPECT_EQ(ClassOf(ErrorCode::kTooLarge), ErrorClass::kUnsupported);
  EXPECT_EQ(ClassOf(ErrorCode::kWeakAlgorithm), ErrorClass::kUnsupported);
  EXPECT_EQ(ClassOf(ErrorCode::kBadSignature), ErrorClass::kUntrue);
  EXPECT_EQ(ClassOf(ErrorCode::kInputUnreadable), ErrorClass::kInput);
}

TEST(ErrorClasses, DecideTheStatusCode) {
  const std::vector<std::pair<ErrorCode, absl::StatusCode>> expected = {
      {ErrorCode::kTruncated, absl::StatusCode::kInvalidArgument},
      {ErrorCode::kTooMany, absl::StatusCode::kUnimplemented},
      {ErrorCode::kBadSignature, absl::StatusCode::kFailedPrecondition},
      {ErrorCode::kInputUnreadable, absl::StatusCode::kUnavailable}};
  for (const auto& [code, status_code] : expected)
    EXPECT_EQ(MakeError(code, "").code(), status_code) << NameOf(code);
}

// VerifyCrl reports the candidate that got furthest by this order.
TEST(ErrorOrder, OfCrlIssuerChecksIsThatOfTheirProgress) {
  EXPECT_LT(ErrorCode::kNoIssuer, ErrorCode::kKeyIdentifierMismatch);
  EXPECT_LT(ErrorCode::kKeyIdentifierMismatch, ErrorCode::kCrlSignMissing);
  EXPECT_LT(ErrorCode::kCrlSignMissing, ErrorCode::kBadSignature);
}

TEST(Status, KeepsTheCodeOfEveryError) {
  for (ErrorCode code : AllCodes()) {
    if (code == ErrorCode::kOk) continue;
    EXPECT_EQ(ErrorCodeOf(MakeError(code, "detail")), code);
    EXPECT_EQ(ErrorCodeOf(ToStatus({code, 3, "field"})), code);
    EXPECT_EQ(ErrorCodeOf(Annotate(MakeError(code, ""), "file")), code);
  }
}

TEST(Status, OfAParseErrorNamesFieldMeaningOffsetAndCode) {
  const absl::Status status = ToStatus({ErrorCode::kBadTime, 42, "thisUpdate"});
  EXPECT_EQ(MessageOf(status),
            "thisUpdate: the time is not YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ "
            "(octet 42) [bad_time]");
}

TEST(Status, OfAnErrorNamesMeaningDetailAndCode) {
  EXPECT_EQ(MessageOf(MakeError(ErrorCode::kTooLarge, "a.crl")),
            "larger than the configured limit: a.crl [too_large]");
  EXPECT_EQ(MessageOf(MakeError(ErrorCode::kTooLarge, "")),
            "larger than the configured limit [too_large]");
}

TEST(Status, AnnotatedBeginsWithItsContext) {
  const absl::Status status =
      Annotate(ToStatus({ErrorCode::kTruncated, 0, "Certificate"}), "a.pem");
  EXPECT_TRUE(Has(MessageOf(status), "a.pem: Certificate: "));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(Status, OfNoErrorIsOk) {
  EXPECT_TRUE(ToStatus({}).ok());
  EXPECT_TRUE(Annotate(absl::OkStatus(), "file").ok());
  EXPECT_EQ(ErrorCodeOf(absl::OkStatus()), ErrorCode::kOk);
}

TEST(Status, OfAnotherLibraryIsInputUnreadable) {
  EXPECT_EQ(ErrorCodeOf(absl::NotFoundError("x")), ErrorCode::kInputUnreadable);
}

}  // namespace
}  // namespace revstat
