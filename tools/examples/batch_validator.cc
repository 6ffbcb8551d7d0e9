// Counts the statuses of a list of certificates, as a night's job does.
//
//   batch_validator STORE UNIX_TIME <LIST      lines "<issuer> <serial>": the
//                                              SHA-256 of the issuer, and hex
#include <array>
#include <cstdio>
#include <iostream>

#include "engine/check/issuer_resolver.h"
#include "engine/check/store_reader.h"

int main(int argc, char** argv) {
  using namespace revstat;
  if (argc != 3) return 2;
  EvidencePolicy policy;
  policy.lookup.at = FromUnix(std::atoll(argv[2]));
  const auto store = StoreReader::Open(argv[1], policy);
  if (!store.ok()) return std::cerr << store.status().message() << '\n', 2;
  const SnapshotPublisher::Reader snapshot((*store)->publisher());
  IssuerResolver issuers(*snapshot);

  std::vector<LookupKey> keys;
  std::string issuer, serial;
  while (std::cin >> issuer >> serial) {
    const auto id = issuers.IssuerNamed(issuer);
    const auto number = SerialNumber::FromText(serial);
    if (!id.ok() || !number.ok())
      return std::cerr << serial << ": not read\n", 2;
    keys.push_back({*number, *id});
  }
  std::vector<Verdict> verdicts(keys.size());
  Check(*snapshot, policy.lookup, keys, verdicts);  // millions a second

  std::array<size_t, 6> counts = {};
  for (const Verdict& verdict : verdicts)
    ++counts[static_cast<size_t>(verdict.status)];
  for (size_t i = 0; i < counts.size(); ++i)
    std::cout << NameOf(static_cast<Status>(i)) << ' ' << counts[i] << '\n';
  return counts[static_cast<size_t>(Status::kActive)] == keys.size() ? 0 : 1;
}
