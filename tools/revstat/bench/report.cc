#include "tools/revstat/bench/report.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/index/find_batch.h"
#include "tools/revstat/common/output.h"
#include "tools/revstat/inspect/sheet.h"

namespace revstat::tool {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMillion = 1e6;

[[gnu::format(printf, 2, 3)]] void Append(std::string* out, const char* format,
                                          ...) {
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  *out += line;
}

double Ratio(uint64_t a, uint64_t b) {
  return static_cast<double>(a) / static_cast<double>(std::max<uint64_t>(b, 1));
}

// Two digits behind the point, three significant ones at least.
double Rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double digits =
      std::max(2.0, 2 - std::floor(std::log10(std::abs(value))));
  const double scale = std::pow(10, digits);
  return std::round(value * scale) / scale;
}

double MemoryRate(const BenchReport& report, unsigned threads) {
  for (const MemoryFigures& memory : report.memory) {
    if (memory.threads == threads) return memory.per_second;
  }
  return 0;
}

double OfMemory(const BenchReport& report, const LookupFigures& lookup) {
  const double memory = MemoryRate(report, lookup.threads);
  return memory > 0 ? lookup.per_second / memory : 0;
}

// How many times as fast one thread's batch lookup is.
double OverOpenssl(const BenchReport& report, const OpensslLookup& openssl) {
  for (const LookupFigures& lookup : report.lookups) {
    if (lookup.mode == LookupMode::kBatch && lookup.threads == 1 &&
        lookup.hit_percent == openssl.hit_percent) {
      return lookup.per_second / openssl.per_second;
    }
  }
  return 0;
}

// How many times as fast the load is as OpenSSL's parsing and sorting.
double LoadIsFasterBy(const BenchReport& report) {
  const OpensslFigures& openssl = *report.openssl;
  return (openssl.parse_seconds + openssl.sort_seconds) /
         report.load.load_seconds;
}

const char* NameOf(LookupMode mode) {
  return mode == LookupMode::kSingle ? "single" : "batch";
}

void LoadTable(const BenchReport& report, std::string* out) {
  const LoadFigures& load = report.load;
  const double bytes = static_cast<double>(report.bytes);
  Append(out, "load      %9.3f s   %8.0f MB/s   %6.1f M entries/s\n",
         load.load_seconds, bytes / kMillion / load.load_seconds,
         static_cast<double>(report.entries) / kMillion / load.load_seconds);
  Append(out, "SHA-256   %9.3f s   %8.0f MB/s   load takes %.2f x as long\n",
         load.sha256_seconds, bytes / kMillion / load.sha256_seconds,
         load.load_seconds / load.sha256_seconds);
  Append(out, "memory    %9.1f MB at its peak, %.2f x (file + index)\n\n",
         static_cast<double>(load.peak_bytes) / kMillion,
         Ratio(load.peak_bytes, report.bytes + report.index_bytes));
}

void LookupTable(const BenchReport& report, std::string* out) {
  Append(out, "%5s  %-7s  %7s  %9s  %9s  %8s  %8s\n", "HITS", "HOW", "THREADS",
         "M/S", "OF MEMORY", "P50 NS", "P99 NS");
  for (const LookupFigures& lookup : report.lookups) {
    Append(out, "%3u %%  %-7s  %7u  %9.2f  %9.2f", lookup.hit_percent,
           NameOf(lookup.mode), lookup.threads, lookup.per_second / kMillion,
           OfMemory(report, lookup));
    if (lookup.latency.has_value())
      Append(out, "  %8.0f  %8.0f", lookup.latency->p50_ns,
             lookup.latency->p99_ns);
    *out += '\n';
  }
  for (const MemoryFigures& memory : report.memory) {
    Append(out, "       %-7s  %7u  %9.2f  random cache lines of %.1f MB\n",
           "memory", memory.threads, memory.per_second / kMillion,
           static_cast<double>(report.index_bytes) / kMillion);
  }
  for (const OpensslLookup& openssl : report.openssl_lookups) {
    Append(out, "%3u %%  %-7s  %7u  %9.2f  %.1f x slower than batch\n",
           openssl.hit_percent, "openssl", 1u, openssl.per_second / kMillion,
           OverOpenssl(report, openssl));
  }
}

void OpensslTable(const BenchReport& report, std::string* out) {
  if (!report.openssl.has_value()) {
    *out +=
        Concat({"\nOpenSSL was not measured: ", report.openssl_skipped, "\n"});
    return;
  }
  Append(out,
         "\nOpenSSL %s: parse %.3f s, sort %.3f s (no signature checked), load "
         "of revstat is %.1f x faster; %.1f MB more in memory\n",
         OpensslCrl::Version().c_str(), report.openssl->parse_seconds,
         report.openssl->sort_seconds, LoadIsFasterBy(report),
         static_cast<double>(report.openssl->memory_bytes) / kMillion);
}

Json LoadJson(const BenchReport& report) {
  const LoadFigures& load = report.load;
  return {{"seconds", Rounded(load.load_seconds)},
          {"sha256_seconds", Rounded(load.sha256_seconds)},
          {"of_sha256", Rounded(load.load_seconds / load.sha256_seconds)},
          {"peak_bytes", load.peak_bytes},
          {"peak_of_file_and_index",
           Rounded(Ratio(load.peak_bytes, report.bytes + report.index_bytes))}};
}

Json LookupsJson(const BenchReport& report) {
  Json lookups = Json::array();
  for (const LookupFigures& lookup : report.lookups) {
    Json one = {{"hit_percent", lookup.hit_percent},
                {"mode", NameOf(lookup.mode)},
                {"threads", lookup.threads},
                {"per_second", std::round(lookup.per_second)},
                {"of_memory", Rounded(OfMemory(report, lookup))}};
    if (lookup.latency.has_value()) {
      one["p50_ns"] = lookup.latency->p50_ns;
      one["p99_ns"] = lookup.latency->p99_ns;
    }
    lookups.push_back(std::move(one));
  }
  return lookups;
}

Json OpensslJson(const BenchReport& report) {
  if (!report.openssl.has_value()) return {{"skipped", report.openssl_skipped}};
  Json openssl = {{"version", OpensslCrl::Version()},
                  {"parse_seconds", Rounded(report.openssl->parse_seconds)},
                  {"sort_seconds", Rounded(report.openssl->sort_seconds)},
                  {"load_is_faster_by", Rounded(LoadIsFasterBy(report))},
                  {"memory_bytes", report.openssl->memory_bytes}};
  Json lookups = Json::array();
  for (const OpensslLookup& lookup : report.openssl_lookups) {
    lookups.push_back(
        {{"hit_percent", lookup.hit_percent},
         {"per_second", std::round(lookup.per_second)},
         {"batch_is_faster_by", Rounded(OverOpenssl(report, lookup))}});
  }
  openssl["lookups"] = std::move(lookups);
  return openssl;
}

}  // namespace

std::string ToTable(const BenchReport& report) {
  std::string out =
      Concat({EscapeControls(report.crl), ": ", EscapeControls(report.issuer),
              "\n", WithCommas(report.entries), " entries, "});
  Append(&out, "%.1f MB, %.2f bytes an entry; index %.1f MB, %.2f an entry\n\n",
         static_cast<double>(report.bytes) / kMillion,
         Ratio(report.bytes, report.entries),
         static_cast<double>(report.index_bytes) / kMillion,
         Ratio(report.index_bytes, report.entries));
  LoadTable(report, &out);
  LookupTable(report, &out);
  OpensslTable(report, &out);
  out += Concat({WithCommas(report.queries),
                 " questions a share of hits, every answer checked against the "
                 "CRL first; not listed is ",
                 NameOf(report.unlisted), "; kernel ",
                 revstat::NameOf(BestKernel()), "\n"});
  return out;
}

std::string ToJson(const BenchReport& report) {
  Json memory = Json::array();
  for (const MemoryFigures& one : report.memory) {
    memory.push_back(
        {{"threads", one.threads}, {"per_second", std::round(one.per_second)}});
  }
  const Machine& machine = report.machine;
  const Json json = {
      {"time", machine.time},
      {"version", machine.version},
      {"cpu", machine.cpu},
      {"cores", machine.cores},
      {"load_average", Rounded(machine.load_average)},
      {"crl", report.crl},
      {"issuer", report.issuer},
      {"entries", report.entries},
      {"bytes", report.bytes},
      {"bytes_per_entry", Rounded(Ratio(report.bytes, report.entries))},
      {"index_bytes", report.index_bytes},
      {"index_bytes_per_entry",
       Rounded(Ratio(report.index_bytes, report.entries))},
      {"kernel", revstat::NameOf(BestKernel())},
      {"load", LoadJson(report)},
      {"queries", report.queries},
      {"not_listed", NameOf(report.unlisted)},
      {"memory", std::move(memory)},
      {"lookups", LookupsJson(report)},
      {"openssl", OpensslJson(report)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace revstat::tool
