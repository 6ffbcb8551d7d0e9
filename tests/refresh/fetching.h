// What the tests of Fetcher share.
#ifndef REVSTAT_TESTS_REFRESH_FETCHING_H_
#define REVSTAT_TESTS_REFRESH_FETCHING_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/refresh/fetcher.h"
#include "tests/support/fault_server.h"

namespace revstat::test {

inline std::unique_ptr<Fetcher> NewFetcher(const FetcherOptions& options = {}) {
  auto fetcher = Fetcher::Create(options);
  EXPECT_TRUE(fetcher.ok()) << fetcher.status();
  return *std::move(fetcher);
}

// To loopback, with limits that end a test soon whatever the server does.
inline FetchRequest RequestOf(const std::string& url) {
  FetchRequest request;
  request.url = url;
  request.addresses = AddressPolicy::kAny;
  request.limits.total_time = std::chrono::seconds(20);
  request.limits.connect_time = std::chrono::seconds(10);
  request.limits.max_bytes = 1 << 20;
  return request;
}

inline void PollAll(Fetcher& fetcher) {
  while (fetcher.Poll(std::chrono::milliseconds(1000)) > 0) {
  }
}

inline FetchResult Fetch(Fetcher& fetcher, FetchRequest request) {
  std::optional<FetchResult> result;
  fetcher.Submit(std::move(request),
                 [&](FetchResult got) { result = std::move(got); });
  EXPECT_FALSE(result.has_value()) << "no callback from inside Submit";
  PollAll(fetcher);
  EXPECT_TRUE(result.has_value());
  return result.has_value() ? *std::move(result) : FetchResult{};
}

inline FetchResult Fetch(FetchRequest request) {
  return Fetch(*NewFetcher(), std::move(request));
}

inline std::string BodyOf(const FetchResult& result) {
  return std::string(TextOf(result.body));
}

inline std::string_view CodeOf(const FetchResult& result) {
  return NameOf(ErrorCodeOf(result.status));
}

// Any 100,000 octets.
inline std::string SampleBody() {
  std::string body;
  for (uint32_t state = 1; body.size() < 100'000; state = state * 69069 + 1)
    body += static_cast<char>(state >> 24);
  return body;
}

}  // namespace revstat::test

#endif  // REVSTAT_TESTS_REFRESH_FETCHING_H_
