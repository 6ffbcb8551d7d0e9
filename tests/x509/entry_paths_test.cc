// The fast path of CrlEntryReader against the general one, and both against
// OpenSSL's reader of an entry.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "engine/x509/crl_entry.h"
#include "tests/support/crl_text.h"
#include "tests/support/expect.h"
#include "tests/support/general_entry.h"

namespace revstat {
namespace {

using test::CrlText;
using test::Entry;
using test::Octets;
using test::UtcTime;

// Entries of the usual form: every serial length, with and without a reason.
std::vector<Octets> UsualEntries() {
  std::vector<Octets> entries;
  for (size_t size = 1; size <= SerialNumber::kMaxOctets; ++size) {
    Octets serial(size);
    for (size_t i = 0; i < size; ++i)
      serial[i] = static_cast<uint8_t>(0x11 * (i + 1));
    const Octets tlv = test::Tlv(der::kInteger, serial);
    entries.push_back(Entry(tlv, UtcTime("240229235959Z")));
    entries.push_back(Entry(tlv, UtcTime("991231000000Z"),
                            {test::Reason(static_cast<uint8_t>(size % 7))}));
  }
  return entries;
}

// Between other entries, so that the fast path has all the room it wants.
Octets CrlOf(const Octets& entry, int version = 2) {
  CrlText text;
  if (version == 1) {
    text.version = {};
    text.extensions = {};
  }
  text.revoked_certificates =
      test::Join({Entry(test::Integer(1)), entry, Entry(test::Integer(2))});
  return text.Der();
}

std::string Compare(const Octets& der) {
  const test::Exact exact(der);
  der::Trace trace(exact.bytes());
  const CrlView crl = CrlView::Parse(exact.bytes(), &trace);
  return trace.ok() ? test::CompareEntryReaders(crl) : "no CRL";
}

// "serial time reason"; "" where OpenSSL cannot read the entry or its time.
std::string ByOpenSsl(Bytes entry) {
  const uint8_t* position = entry.data();
  const std::unique_ptr<X509_REVOKED, void (*)(X509_REVOKED*)> revoked(
      d2i_X509_REVOKED(nullptr, &position, static_cast<long>(entry.size())),
      X509_REVOKED_free);
  ERR_clear_error();
  std::tm civil = {};
  if (revoked == nullptr || position != entry.data() + entry.size() ||
      ASN1_TIME_to_tm(X509_REVOKED_get0_revocationDate(revoked.get()),
                      &civil) != 1) {
    return "";
  }
  uint8_t* serial = nullptr;
  const int size =
      i2d_ASN1_INTEGER(X509_REVOKED_get0_serialNumber(revoked.get()), &serial);
  const std::string hex = ToHex({serial + 2, static_cast<size_t>(size - 2)});
  OPENSSL_free(serial);
  const std::unique_ptr<ASN1_ENUMERATED, void (*)(ASN1_ENUMERATED*)> reason(
      static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(
          revoked.get(), NID_crl_reason, nullptr, nullptr)),
      ASN1_ENUMERATED_free);
  ERR_clear_error();
  return Concat({hex, " ", FormatTime(FromUnix(timegm(&civil))), " ",
                 reason == nullptr
                     ? "none"
                     : std::to_string(ASN1_ENUMERATED_get(reason.get()))});
}

std::string ByUs(const CrlEntry& entry) {
  return Concat({ToHex(entry.serial.content()), " ",
                 FormatTime(entry.revocation_date), " ",
                 entry.reason == ReasonCode::kAbsent
                     ? "none"
                     : std::to_string(static_cast<int>(entry.reason))});
}

TEST(EntryPaths, AgreeOnUsualEntries) {
  for (const Octets& entry : UsualEntries()) {
    EXPECT_EQ(Compare(CrlOf(entry)), "") << ToHex(entry);
    EXPECT_EQ(Compare(CrlOf(entry, 1)), "") << ToHex(entry);
  }
}

TEST(EntryPaths, AgreeWithOpenSslOnUsualEntries) {
  for (const Octets& entry : UsualEntries()) {
    const Octets der = CrlOf(entry);
    const auto crl = CrlView::Parse(der);
    ASSERT_TRUE(crl.ok());
    CrlEntryReader reader(*crl);
    while (reader.Next())
      EXPECT_EQ(ByUs(reader.entry()), ByOpenSsl(reader.entry().tlv));
    EXPECT_TRUE(reader.error().ok());
  }
}

TEST(EntryPaths, AgreeOnEveryValueOfEveryOctetOfAUsualEntry) {
  int read_by_both = 0;
  for (const size_t which : std::vector<size_t>{0, 1, 14, 15, 38, 39, 40, 41}) {
    Octets entry = UsualEntries()[which];
    for (size_t i = 0; i < entry.size(); ++i) {
      const uint8_t original = entry[i];
      for (int value = 0; value < 256; ++value) {
        entry[i] = static_cast<uint8_t>(value);
        const Octets der = CrlOf(entry);
        ASSERT_EQ(Compare(der), "") << ToHex(entry);
        const auto crl = CrlView::Parse(der);
        CrlEntryReader reader(*crl);
        ASSERT_TRUE(reader.Next());
        if (!reader.Next() || reader.entry().tlv.size() != entry.size())
          continue;
        // What we read, OpenSSL reads too, and the same.
        ASSERT_EQ(ByUs(reader.entry()), ByOpenSsl(reader.entry().tlv));
        ++read_by_both;
      }
      entry[i] = original;
    }
  }
  EXPECT_GT(read_by_both, 10000);
}

TEST(EntryPaths, AgreeOnTheLastEntryOfACrlWithAShortTail) {
  for (const Octets& entry : UsualEntries()) {
    CrlText text;
    text.extensions = {};
    text.signature = test::Hex("030100");
    text.entries = {entry};
    EXPECT_EQ(Compare(text.Der()), "") << ToHex(entry);
  }
}

TEST(EntryPaths, AgreeOnAnEntryCutAtEveryOctet) {
  for (const Octets& entry : UsualEntries()) {
    for (size_t size = 0; size <= entry.size(); ++size) {
      CrlText text;
      text.revoked_certificates =
          Octets(entry.begin(), entry.begin() + static_cast<long>(size));
      ASSERT_EQ(Compare(text.Der()), "") << ToHex(entry) << " at " << size;
    }
  }
}

TEST(EntryPaths, AgreeOnEveryDateOfACentury) {
  for (unsigned year = 0; year < 100; ++year) {
    for (unsigned month = 0; month <= 13; ++month) {
      for (const unsigned day : {0u, 1u, 28u, 29u, 30u, 31u, 32u}) {
        char text[32];
        std::snprintf(text, sizeof(text), "%02u%02u%02u123456Z", year % 100,
                      month % 100, day % 100);
        ASSERT_EQ(Compare(CrlOf(Entry(test::Integer(7), UtcTime(text)))), "")
            << text;
      }
    }
  }
}

TEST(EntryPaths, AgreeOnEveryTwoDigitsOfTheClock) {
  for (unsigned number = 0; number < 100; ++number) {
    for (size_t place : std::vector<size_t>{6, 8, 10}) {
      std::string text = "260102000000Z";
      text[place] = static_cast<char>('0' + number / 10);
      text[place + 1] = static_cast<char>('0' + number % 10);
      ASSERT_EQ(Compare(CrlOf(Entry(test::Integer(7), UtcTime(text)))), "")
          << text;
    }
  }
}

// "reason time", by the two readers of the usual form; "" for none.
std::string ByRead(const Octets& octets, const SerialNumber& serial) {
  std::string said;
  usual_entry::Read(octets.data(), 2, [&](const UsualEntry& entry) {
    if (entry.serial_words() == serial.Words())
      said = Concat({std::to_string(entry.reason), " ",
                     std::to_string(entry.revocation_seconds)});
  });
  return said;
}
std::string ByReadOf(const Octets& octets, const SerialNumber& serial) {
  std::string said;
  const bool is_read = usual_entry::ReadOf(
      reinterpret_cast<const uint8_t*>(&serial), octets.data(), 2,
      [&](uint32_t reason, int64_t seconds) {
        said = Concat({std::to_string(reason), " ", std::to_string(seconds)});
      });
  EXPECT_EQ(is_read, !said.empty());
  return said;
}

// No more of it is readable than has to be.
Octets Readable(Octets entry) {
  entry.resize(usual_entry::kReadable, 0x30);
  return entry;
}

TEST(EntryPaths, AgreeOnWhatIsSaidOfASerial) {
  int read = 0;
  for (const Octets& usual : UsualEntries()) {
    Octets entry = Readable(usual);
    const auto serial = *SerialNumber::FromContent({&entry[4], entry[3]});
    ASSERT_NE(ByReadOf(entry, serial), "");
    for (size_t i = 0; i < entry.size(); ++i) {
      const uint8_t original = entry[i];
      for (int value = 0; value < 256; ++value) {
        entry[i] = static_cast<uint8_t>(value);
        const std::string said = ByRead(entry, serial);
        ASSERT_EQ(ByReadOf(entry, serial), said) << ToHex(entry) << " at " << i;
        read += said.empty() ? 0 : 1;
      }
      entry[i] = original;
    }
  }
  EXPECT_GT(read, 10000);
}

TEST(EntryPaths, SayNothingOfAnotherSerial) {
  for (const Octets& usual : UsualEntries()) {
    const Octets entry = Readable(usual);
    Octets content(&entry[4], &entry[4] + entry[3]);
    for (uint8_t& octet : content) {
      octet ^= 0x40;
      EXPECT_EQ(ByReadOf(entry, *SerialNumber::FromContent(content)), "");
      octet ^= 0x40;
    }
    if (content.size() < SerialNumber::kMaxOctets) {
      Octets longer = content;
      longer.push_back(entry[4 + content.size()]);
      EXPECT_EQ(ByReadOf(entry, *SerialNumber::FromContent(longer)), "");
    }
    content.pop_back();
    if (content.empty()) continue;
    EXPECT_EQ(ByReadOf(entry, *SerialNumber::FromContent(content)), "");
  }
  EXPECT_EQ(ByReadOf(Readable(UsualEntries().front()), SerialNumber()), "");
}

}  // namespace
}  // namespace revstat
