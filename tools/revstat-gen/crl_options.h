// The options of `revstat-gen crl`.
#ifndef REVSTAT_TOOLS_REVSTAT_GEN_CRL_OPTIONS_H_
#define REVSTAT_TOOLS_REVSTAT_GEN_CRL_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "tools/revstat-gen/command_line.h"
#include "tools/revstat-gen/crl_extensions.h"
#include "tools/revstat-gen/entry_plan.h"

namespace revstat::gen {

struct CrlOptions {
  std::string out;
  Encoding encoding = Encoding::kDer;
  CrlVersion version = CrlVersion::kV2;
  AuthorityOptions authority;
  AuthorityOutput authority_output;
  SerialOptions serials;

  uint64_t entries = 0;
  uint64_t first_entry = 0;  // index of the first serial listed
  EntryShares shares;
  std::optional<uint64_t> unknown_entry_extension;  // index of the entry
  uint64_t certificate_issuers = 0;
  std::vector<std::string> certificate_issuer_files;
  uint64_t issuer_run = 4;

  Time this_update = kDefaultTime;
  std::optional<Time> revoked_until;  // not given: this_update
  NextUpdate next_update;

  std::optional<Octets> crl_number = Octets{1};  // big-endian magnitude
  std::optional<Octets> base_crl_number;
  std::optional<bool> has_key_identifier;  // not given: v2 has it
  IssuingDistributionPointFields idp;
  std::vector<std::string> freshest_crl;
  std::vector<std::string> authority_info_access;
  std::vector<std::string> issuer_alt_name;
  std::optional<Time> expired_certs_since;
  std::optional<Criticality> unknown_extension;
};

void AddCrlOptions(CLI::App* app, CrlOptions* options);

}  // namespace revstat::gen

#endif  // REVSTAT_TOOLS_REVSTAT_GEN_CRL_OPTIONS_H_
