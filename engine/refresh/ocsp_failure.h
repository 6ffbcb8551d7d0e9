// What it means that a responder gave no answer: a part of OcspClient.
#ifndef REVSTAT_ENGINE_REFRESH_OCSP_FAILURE_H_
#define REVSTAT_ENGINE_REFRESH_OCSP_FAILURE_H_

#include "engine/base/error.h"
#include "engine/snapshot/verdict.h"

namespace revstat {

// Pure functions.

// Failures that say nothing of the responder but that it was not reached.
bool IsHostFailure(ErrorCode code);

// Those that may pass by themselves within a moment.
bool IsPassing(ErrorCode code, int http_status);

// Answers that a cache on the way may have kept for too long.
bool IsFromThePast(ErrorCode code);

// What a failure means for the certificate that was asked about.
Cause CauseOfAsking(ErrorCode code);

}  // namespace revstat

#endif  // REVSTAT_ENGINE_REFRESH_OCSP_FAILURE_H_
