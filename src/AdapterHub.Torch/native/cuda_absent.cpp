// The CUDA half of the interface for a libtorch without CUDA.
#include "guard.h"

using adapterhub::fail;

namespace {
int absent() { return fail(AH_UNSUPPORTED, "this build of libtorch has no CUDA: run on the CPU, or install PyTorch with CUDA"); }
}

int ah_cuda_device_count(int32_t* count) { return *count = 0, AH_OK; }
int ah_cuda_device(int32_t, char*, int32_t, int64_t*, int64_t*, int32_t*, int32_t*, int32_t*) { return absent(); }
int ah_cuda_memory(int32_t, ah_memory*) { return absent(); }
int ah_cuda_reset_peak(int32_t) { return absent(); }
int ah_cuda_empty_cache(void) { return absent(); }
int ah_cuda_synchronize(int32_t) { return absent(); }
int ah_cuda_stream_enter(int32_t, void**) { return absent(); }
int ah_cuda_stream_leave(void*) { return absent(); }
int ah_cuda_allow_tf32(int32_t) { return absent(); }
int ah_cuda_utilization(int32_t, int32_t*) { return absent(); }
int ah_cuda_graph_begin(ah_graph*) { return absent(); }
int ah_cuda_graph_end(ah_graph) { return absent(); }
int ah_cuda_graph_replay(ah_graph) { return absent(); }
int ah_cuda_graph_free(ah_graph) { return absent(); }
