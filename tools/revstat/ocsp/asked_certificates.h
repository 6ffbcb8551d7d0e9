// The certificates of the inputs of `ocsp query`, one after the other.
#ifndef REVSTAT_TOOLS_REVSTAT_OCSP_ASKED_CERTIFICATES_H_
#define REVSTAT_TOOLS_REVSTAT_OCSP_ASKED_CERTIFICATES_H_

#include <functional>
#include <string>
#include <vector>

#include "engine/check/issuer_resolver.h"

namespace revstat::tool {

// Calls visit(key, urls, octets) for each certificate of an input whose issuer
// is in the resolver's snapshot: a certificate, a bundle, a list, or a folder;
// `urls` are the responders that the certificate names, `octets` how far into
// its file it stands. What cannot be read is passed over: it is reported where
// the results are written.
using VisitAsked = std::function<void(
    const LookupKey& key, std::vector<std::string> urls, uint64_t octets)>;
void ForEachAsked(const std::string& input, IssuerResolver& resolver,
                  const VisitAsked& visit);

}  // namespace revstat::tool

#endif  // REVSTAT_TOOLS_REVSTAT_OCSP_ASKED_CERTIFICATES_H_
