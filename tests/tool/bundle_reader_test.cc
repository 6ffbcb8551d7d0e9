// A bundle read in parts says what it says as a whole.
#include "tools/revstat/check/bundle_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/error.h"
#include "tools/revstat/common/input_files.h"

namespace revstat::tool {
namespace {

std::string Der(char tag, const std::string& content) {
  const size_t size = content.size();
  std::string header = {tag};
  if (size >= 0x100) {
    header += {'\x82', static_cast<char>(size >> 8)};
  } else if (size >= 0x80) {
    header += '\x81';
  }
  return header + static_cast<char>(size) + content;
}

// As much of a certificate as is looked at, and of a CRL.
std::string Certificate(size_t padding) {
  return Der(0x30, Der(0x30, std::string("\xa0\3\2\1\2\2\1\5", 8)) +
                       std::string(padding, '-'));
}
std::string Crl() {
  return Der(0x30, Der(0x30, std::string("\2\1\1\x30\0\x30\0\x17\0", 9)));
}
const std::string& NoPkcs7() {
  static const auto& text = *new std::string(
      Der(0x30, std::string("\6\x9\x2a\x86\x48\x86\xf7\xd\1\7\2", 11)));
  return text;
}
std::string Pem(const std::string& label, const std::string& base64) {
  return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label +
         "-----\n";
}

// Two lines as PEM has them; `begin` has four characters.
std::string Base64Lines(const std::string& begin) {
  return begin + std::string(60, 'a') + "\n" + std::string(64, 'b') + "\n";
}

// A line for each object, with all that is said of it.
void Describe(const FoundObject& found, std::vector<std::string>* lines) {
  lines->push_back(Concat(
      {std::to_string(static_cast<int>(found.kind)), " ",
       std::to_string(static_cast<int>(found.form)), " at ",
       std::to_string(found.offset), ": ", TextOf(found.in_file), found.opened,
       found.problem.ok() ? "" : MessageOf(found.problem)}));
}
std::vector<std::string> AsAWhole(const std::string& file) {
  std::vector<std::string> lines;
  ObjectReader reader(BytesOf(file));
  while (const auto found = reader.Next()) Describe(*found, &lines);
  return lines;
}
// As BundleReader gives it out.
std::vector<std::string> AsABundle(const std::string& file) {
  std::vector<FoundObject> all;
  ObjectReader reader(BytesOf(file));
  while (auto found = reader.Next()) all.push_back(*std::move(found));
  if (reader.has_given_up()) {
    all.back().problem =
        Annotate(all.back().problem, "nothing from here on is read");
  }
  std::vector<std::string> lines;
  for (const FoundObject& found : all) Describe(found, &lines);
  return lines;
}

const std::vector<std::string>& OddFiles() {
  static const auto& files = *new std::vector<std::string>{
      Certificate(3) + Certificate(200) + Crl() + Certificate(0),
      Certificate(3) + NoPkcs7() + Certificate(1) + Der(0x30, "x") + Crl(),
      Certificate(3) + std::string("\x30\x80", 2) + Certificate(3),
      Certificate(3) + "garbage" + Certificate(3),
      Certificate(3) + Certificate(200).substr(0, 50),
      Certificate(3) + "\x30",
      "text\n" + Pem("CERTIFICATE", "AAAA\nBBBB") + "text -----\n" +
          Pem("X509 CRL", "CC") + Pem("RSA PRIVATE KEY", "DD") +
          Pem("TRUSTED CERTIFICATE", "EE") + "text -----BEG",
      // Headers of an encrypted key, no END, that of another label, none of the
      // file's last.
      "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128\n\nAA\n"
      "-----END RSA PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nAA\n" +
          Pem("CERTIFICATE", "BB") + "-----BEGIN CERTIFICATE-----\nCC\n" +
          "-----END X509 CRL-----\n-----BEGIN CERTIFICATE-----\nDD\n-----END",
      Pem("CERTIFICATE", "AA") + "-----BEGIN CERTIFICATE",
      Pem("CERTIFICATE", "AA") + "-----BEGIN CERTIFICATE-----\nAAAA",
      Pem("CERTIFICATE", "AA") + Pem("PKCS7", "not base64") +
          Pem("CERTIFICATE", "AA") + Pem("CMS", "AAAA"),
      "-----BEGIN -----\n-----END -----\n-----BEGIN ----------END -----",
      // Damaged BEGIN and END lines, and what is in the base64.
      Pem("CERTIFICATE", "AA") + "----" + Pem("CERTIFICATE", "BB").substr(5) +
          Pem("CERTIFICATE", "CC"),
      Pem("CERTIFICATE", "AA").substr(1) +
          Pem("RSA PRIVATE KEY", "BB").substr(1),
      Pem("CERTIFICATE", "A-A") + Pem("CERTIFICATE", "A-----BEGIN X") +
          Pem("CERTIFICATE", "CC"),
      Pem("CERTIFICATE", "AA") + "-----END CERT\n" + Pem("CERTIFICATE", "BB") +
          "-----END CERTIFICATE",
      Pem("CERTIFICATE", "AA") + "-----BEGIN",
      Pem("CERTIFICATE", "AA") + "-----",
      // What is no text, before, between, behind and in the lines of PEM.
      Pem("CERTIFICATE", "AA") + Certificate(3) + Pem("CERTIFICATE", "BB") +
          "text\n" + Certificate(200) + Certificate(3),
      Pem("CERTIFICATE", "AA").substr(1) + "\1text\2" +
          Pem("CERTIFICATE", "AA") + "\3-----END X-----\4" +
          Pem("CERTIFICATE", "A\5A") + "\6-----BEG",
      Pem("CERTIFICATE", "AA") + "text\1-----BEGIN",
      Pem("CERTIFICATE", "AA") + "-----BE\1GIN X",
      // Lines that are cut, and what stands behind them.
      Pem("CERTIFICATE", "AA") + "-----END X\n" + Certificate(90) +
          Pem("CERTIFICATE", "BB") + "-----BEGIN X\n" + Certificate(3) +
          Pem("CERTIFICATE", "CC") + "-----BEGIN CERTIFICATE\nAA\n",
      // Base64 outside of blocks, and what is hardly any.
      Pem("CERTIFICATE", "AA") + Base64Lines("MIIB") +
          Pem("CERTIFICATE", "BB") + "text" + Base64Lines("MIIB") +
          Base64Lines("AMII") + "\rM" + Pem("CERTIFICATE", "CC") +
          Base64Lines("MIGB"),
      Pem("CERTIFICATE", "AA") + Base64Lines("MIIB").substr(0, 63) + "\n" +
          Base64Lines("MIIB").substr(0, 40) + "\1",
      // A key that is cut, and what it swallows.
      "-----BEGIN PRIVATE KEY-----\nMIIE\nMIIB\n-----END CERTIFICATE-----\n" +
          Pem("CERTIFICATE", "AA") + "-----BEGIN EC PRIVATE KEY-----\n" +
          Certificate(90) + Pem("CERTIFICATE", "BB"),
      // Labels of others, and of nobody.
      Pem("EC PARAMETERS", "AA") + Pem("CERTIFCATE", "MIIB*") +
          Pem("PGP SIGNATURE", "MIIB") + Pem("NOTES", "AAAA") +
          "-----BEGIN NOTES-----\n" + Pem("CERTIFICATE", "AA"),
  };
  return files;
}

TEST(ObjectReader, SaysTheSameOfAFileCutInTwoAtAnyOctet) {
  for (const std::string& file : OddFiles()) {
    const ContentKind kind = DetectContent(BytesOf(file));
    const std::vector<std::string> whole = AsAWhole(file);
    ASSERT_GE(whole.size(), 1u);
    for (size_t cut = 0; cut <= file.size(); ++cut) {
      std::vector<std::string> lines;
      ObjectReader first(BytesOf(file).first(cut), kind, 0, true, {});
      while (const auto found = first.Next()) Describe(*found, &lines);
      ASSERT_LE(first.rest(), cut);
      ObjectReader second(BytesOf(file).subspan(first.rest()), kind,
                          first.rest(), false, first.state());
      if (!first.has_given_up()) {
        while (const auto found = second.Next()) Describe(*found, &lines);
      }
      EXPECT_EQ(lines, whole) << "cut at " << cut;
    }
  }
}

// In linear time: that of the square would be minutes.
TEST(ObjectReader, MissesManyBlocksWithoutBegin) {
  constexpr size_t kCount = 200'000;
  for (const std::string line :
       {"-----END CERTIFICATE-----\n", "-----END ", "-----END X\n\1"}) {
    std::string file = Pem("CERTIFICATE", "AA");
    for (size_t i = 0; i < kCount; ++i) file += line;
    ObjectReader reader(BytesOf(file));
    size_t found = 0;
    while (reader.Next().has_value()) ++found;
    EXPECT_GE(found, 1 + kCount) << line;
  }
}

TEST(ObjectReader, KeepsNothingBackOfWhatIsWhole) {
  const std::string file = Certificate(3) + Certificate(200);
  ObjectReader reader(BytesOf(file), ContentKind::kCertificate, 0, true, {});
  EXPECT_TRUE(reader.Next().has_value());
  EXPECT_TRUE(reader.Next().has_value());
  EXPECT_FALSE(reader.Next().has_value());
  EXPECT_EQ(reader.rest(), file.size());
}

struct Blocks {
  std::vector<std::string> lines;
  size_t count = 0;
  size_t largest = 0;  // octets
  bool is_first_all = false;
  absl::Status status;
};

// Through a pipe that is written to by pieces of a size that divides nothing.
Blocks ThroughPipe(const std::string& file,
                   size_t max_object_bytes = BundleReader::kMaxObjectBytes) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  std::thread writer([&] {
    size_t at = 0;
    while (at < file.size()) {
      const ssize_t put = write(ends[1], file.data() + at,
                                std::min<size_t>(997, file.size() - at));
      if (put <= 0) break;
      at += static_cast<size_t>(put);
    }
    close(ends[1]);
  });
  Blocks blocks;
  BundleReader reader(ends[0], *ReadHead(ends[0]), max_object_bytes);
  BundleBlock block;
  uint64_t offset = 0;
  while (true) {
    const auto taken = reader.Take(&block);
    blocks.status = taken.status();
    if (!taken.ok() || !*taken) break;
    if (blocks.count++ == 0) blocks.is_first_all = block.is_all();
    EXPECT_EQ(block.offset(), offset);
    offset += block.octets().size();
    blocks.largest = std::max(blocks.largest, block.octets().size());
    for (const FoundObject& found : block.objects())
      Describe(found, &blocks.lines);
  }
  std::string unread(1 << 16, '\0');
  while (read(ends[0], unread.data(), unread.size()) > 0) continue;
  writer.join();
  close(ends[0]);
  return blocks;
}

TEST(BundleReader, GoodSmallOnesAreOneBlock) {
  for (const std::string& file : OddFiles()) {
    const Blocks blocks = ThroughPipe(file);
    EXPECT_TRUE(blocks.status.ok()) << blocks.status;
    EXPECT_EQ(blocks.count, 1u);
    EXPECT_TRUE(blocks.is_first_all);
    EXPECT_EQ(blocks.lines, AsABundle(file));
  }
  EXPECT_EQ(ThroughPipe("").count, 0u);
}

TEST(BundleReader, GoodManyBlocks) {
  std::string der, pem;
  for (size_t i = 0; i < 6000; ++i) {
    der += Certificate(i % 700);
    pem += Pem(i % 50 == 0 ? "X509 CRL" : "CERTIFICATE",
               std::string(i % 700 + 1, 'A'));
  }
  for (const std::string& file :
       {der, pem, der + "\x31", pem + "-----BEGIN X"}) {
    const Blocks blocks = ThroughPipe(file);
    EXPECT_TRUE(blocks.status.ok()) << blocks.status;
    EXPECT_GE(blocks.lines.size(), 6000u);
    EXPECT_GE(blocks.count, 4u);
    EXPECT_FALSE(blocks.is_first_all);
    EXPECT_LE(blocks.largest, BundleReader::kBlockBytes);
    EXPECT_EQ(blocks.lines, AsABundle(file));
  }
}

TEST(BundleReader, GoodObjectsLongerThanABlock) {
  constexpr size_t kLong = 5 * BundleReader::kBlockBytes;
  const std::string text(kLong, 'x');
  for (const std::string& file :
       {Pem("CERTIFICATE", "AA") + Pem("CERTIFICATE", text) +
            Pem("CERTIFICATE", "BB"),
        Pem("CERTIFICATE", "AA") + text + Pem("CERTIFICATE", "BB"),
        // Neither ends.
        Pem("CERTIFICATE", "AA") + "-----BEGIN CERTIFICATE-----" + text,
        Certificate(3) + "\x30\x84\x01\x01\x01\x01" + text}) {
    const Blocks blocks = ThroughPipe(file);
    EXPECT_TRUE(blocks.status.ok()) << blocks.status;
    EXPECT_EQ(blocks.lines, AsABundle(file));
  }
}

TEST(BundleReader, InvalidTooLong) {
  const std::string text(5 * BundleReader::kBlockBytes, 'x');
  const Blocks blocks = ThroughPipe(
      Pem("CERTIFICATE", "AA") + "-----BEGIN CERTIFICATE-----" + text,
      BundleReader::kBlockBytes);
  EXPECT_EQ(blocks.lines.size(), 1u);
  EXPECT_EQ(ErrorCodeOf(blocks.status), ErrorCode::kTooLarge);
  EXPECT_NE(std::string(MessageOf(blocks.status)).find("at octet 57: "),
            std::string::npos)
      << MessageOf(blocks.status);
}

TEST(BundleReader, InvalidUnreadableBehindWhatIsGivenOut) {
  // A whole head, so that there is more to come, of what cannot be read.
  std::string head;
  while (head.size() < kHeadBytes) head += Certificate(100);
  const size_t count = head.size() / Certificate(100).size();
  head.resize(kHeadBytes);
  BundleReader reader(-1, head);
  BundleBlock block;
  ASSERT_TRUE(*reader.Take(&block));
  EXPECT_EQ(block.objects().size(), count - 1);
  EXPECT_FALSE(block.is_all());
  EXPECT_EQ(ErrorCodeOf(reader.Take(&block).status()),
            ErrorCode::kInputUnreadable);
  EXPECT_EQ(ErrorCodeOf(reader.Take(&block).status()),
            ErrorCode::kInputUnreadable);
}

}  // namespace
}  // namespace revstat::tool
