// What the drivers of all peers share. A driver is a program for one library:
//
//   DRIVER CRL CA LEAF QUESTIONS [SECONDS]
//
// CRL, the certificate CA of its issuer and LEAF, one that this CA issued, are
// DER; QUESTIONS is what peer_questions writes. The driver loads the CRL,
// verifies its signature where the library can, and has each answer compared
// with the right one before it times the same answers, for SECONDS (2) at each
// share of hits. It prints one line of JSON; anything wrong is a message on
// standard error and status 2.
#ifndef REVSTAT_BENCH_PEERS_DRIVER_H_
#define REVSTAT_BENCH_PEERS_DRIVER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace revstat::peers {

using Octets = std::vector<uint8_t>;

// Ends the program with a message and status 2.
[[noreturn]] void Fail(const std::string& what);
inline void Expect(bool holds, const char* what) {
  if (!holds) Fail(what);
}

Octets ReadFile(const std::string& path);

// A record of the file of questions: first as many at 1 % hits, then as many at
// 50 %.
struct Question {
  uint8_t
      listed;  // the right answer: 1 the CRL lists the serial, 0 it does not
  uint8_t size;
  uint8_t octets[22];  // the content of the INTEGER, then zeros

  std::span<const uint8_t> content() const { return {octets, size}; }
};
static_assert(sizeof(Question) == 24);

struct Files {
  std::string crl;
  std::string ca;
  std::string leaf;
};

struct Description {
  std::string peer;
  std::string version;
  std::string search;     // how the library looks for a serial
  std::string signature;  // "verified", or "not verified"
};

class Peer {
 public:
  virtual ~Peer() = default;

  virtual Description Describe() const = 0;

  // All that comes before the first lookup; timed.
  virtual void Load(const Files& files) = 0;

  // Makes what the library is asked with: its form of a serial or certificate,
  // which a caller has at hand. Not timed. Replaces the questions before.
  virtual void Prepare(std::span<const Question> questions) = 0;
  // No more than so many are prepared: a peer that walks the list does not get
  // further.
  virtual size_t MostQuestions() const { return SIZE_MAX; }

  // Answers the prepared questions `begin` to `begin + count`: 1 listed, 0 not.
  virtual void Answer(size_t begin, size_t count, uint8_t* listed) = 0;
};

inline constexpr size_t kFewQuestions = 10'000;  // for those that walk the list

// The leaf with another serial number, for libraries that look up certificates
// and not serials. Its signature does not hold any more.
Octets WithSerial(const Octets& leaf, const Question& question);

// The main function of a driver.
int RunPeer(int argc, char** argv, Peer& peer);

}  // namespace revstat::peers

#endif  // REVSTAT_BENCH_PEERS_DRIVER_H_
