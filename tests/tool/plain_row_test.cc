// Lists by the short way and by the general one: the same rows, the same
// results.
#include "tools/revstat/check/plain_row.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <random>

#include "engine/base/error.h"
#include "tests/snapshot/test_authority.h"
#include "tools/revstat/check/row_answerer.h"

namespace revstat::tool {
namespace {

using test::Entry;
using test::IntegerOf;

// Mostly well-formed, and of few issuers that follow each other.
class RandomRows {
 public:
  explicit RandomRows(unsigned seed) : random_(seed) {}

  std::string Next() {
    std::string row =
        Pick({"CN=Test CA", "CN=Test CA", "CN=Other", "nonsense", " CN=Test CA",
              "\"CN=Test CA\"", "", "cn=test ca", "CN=a \"b\" c"});
    if (random_() % 2 == 0) row = last_;
    last_ = row;
    row += random_() % 50 == 0 ? "" : ",";
    row += Serial();
    row += Pick({"", "", "", "", "\r", ",", " ", "\r\r", "\""});
    if (random_() % 40 == 0) row = Pick({"", "\r", ",", "\"", "x"});
    if (random_() % 20 == 0 && !row.empty()) {
      char odd = static_cast<char>(random_());
      row[random_() % row.size()] = odd == '\n' ? '"' : odd;
    }
    return row;
  }

 private:
  std::string Pick(std::initializer_list<const char*> choices) {
    return *(choices.begin() + random_() % choices.size());
  }
  std::string Serial() {
    if (random_() % 8 == 0)
      return Pick({"0123", "0777", "AbCdEf", "0x12", "12:34", "-5", "0", ""});
    static constexpr std::string_view kDigits = "0123456789abcdefABCDEF";
    std::string serial(random_() % 4 == 0 ? random_() % 44 : 32, '0');
    for (char& digit : serial) digit = kDigits[random_() % kDigits.size()];
    return serial;
  }

  std::mt19937 random_;
  std::string last_;
};

TEST(PlainRowReader, GivesWhatTheGeneralReaderGives) {
  const auto columns = ListColumns::FromHeader("issuer,serial");
  RandomRows rows(1);
  std::string text;
  for (int i = 0; i < 100000; ++i) text += rows.Next() + '\n';
  PlainRowReader reader(',');
  int plain = 0;
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    const size_t size = line.size() + 1;
    BareRow row;
    SerialNumber serial;
    if (const size_t read = reader.Read(rest, &row, &serial)) {
      ++plain;
      ASSERT_EQ(read, size) << line;
      if (line.ends_with('\r')) line.remove_suffix(1);
      std::deque<std::string> storage;
      const ListRow general = columns->ReadRow(line, &storage);
      ASSERT_EQ(general.problem, nullptr) << line;
      ASSERT_EQ(row.issuer_text, general.issuer) << line;
      ASSERT_EQ(row.digits, general.serial) << line;
      // With "0x" it is read the general way.
      const auto expected =
          SerialNumber::FromText("0x" + std::string(general.serial));
      ASSERT_TRUE(expected.ok()) << line;
      ASSERT_EQ(serial, *expected) << line;
    }
    rest.remove_prefix(size);
  }
  EXPECT_GT(plain, 20000);
  EXPECT_LT(plain, 80000);
}

// What a list without its header gives: all results, and what is reported.
std::string Answers(const Snapshot& snapshot, Format format,
                    std::string_view name, const std::string& list) {
  const int nothing_more = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto columns = ListColumns::FromHeader(list);
  ListReader reader(nothing_more, list);
  ListBlock block;
  EXPECT_TRUE(*reader.Take(&block));
  close(nothing_more);
  RowAnswerer answerer(snapshot, test::At(test::kDuring), format);
  answerer.AnswerList(*columns, block, name);
  std::string all(answerer.results().text.view());
  for (const std::string& problem : answerer.results().problems)
    all += problem + '\n';
  for (uint64_t count : answerer.results().tally.by_status)
    all += std::to_string(count) + ' ';
  return all + std::to_string(answerer.results().tally.unreadable) + ' ' +
         std::to_string(answerer.results().tally.causes);
}

TEST(AnswerList, IsTheSameByEitherWay) {
  test::CrlText crl;
  crl.entries = {
      Entry(IntegerOf("0123")),
      Entry(IntegerOf("0777"), test::UtcTime("260102030405Z"),
            {test::Reason(6),
             test::InvalidityDate(test::GeneralizedTime("20250101000000Z"))})};
  const auto snapshot = test::SnapshotOf(test::TestAuthority(), {crl});
  for (unsigned seed = 1; seed <= 20; ++seed) {
    RandomRows rows(seed);
    std::string plain = "issuer,serial\n";
    std::string general = "issuer,serial,other\n";
    for (int i = 0; i < 3000; ++i) {
      const std::string row = rows.Next();
      // One with another column is not plain. No column can be put behind a
      // return or a broken quote without saying something else.
      if (row.find_first_of("\r\"") != std::string::npos || row.empty())
        continue;
      plain += row + '\n';
      general += row + ",\n";
    }
    for (Format format : {Format::kTable, Format::kCsv, Format::kJsonLines}) {
      for (std::string_view name : {"list.csv", "a, \"b\".csv"}) {
        ASSERT_EQ(Answers(*snapshot, format, name, plain),
                  Answers(*snapshot, format, name, general))
            << seed;
      }
    }
  }
}

}  // namespace
}  // namespace revstat::tool
