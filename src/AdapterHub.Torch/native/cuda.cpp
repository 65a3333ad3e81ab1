// The CUDA half of the interface: devices, memory statistics, streams, graphs.
#include "guard.h"

#include <ATen/Context.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>

#include <cstdio>

using namespace adapterhub;

struct ah_graph_s {
  std::unique_ptr<c10::cuda::CUDAStreamGuard> stream;
  at::cuda::CUDAGraph graph;
};

int ah_cuda_device_count(int32_t* count) {
  return guarded([&] { *count = static_cast<int32_t>(c10::cuda::device_count()); });
}

int ah_cuda_device(int32_t index, char* name, int32_t capacity, int64_t* total, int64_t* available, int32_t* major, int32_t* minor, int32_t* processors) {
  return guarded([&] {
    const auto* properties = at::cuda::getDeviceProperties(static_cast<c10::DeviceIndex>(index));
    snprintf(name, static_cast<size_t>(capacity), "%s", properties->name);
    c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(index));
    size_t free_bytes = 0, total_bytes = 0;
    C10_CUDA_CHECK(cudaMemGetInfo(&free_bytes, &total_bytes));
    *total = static_cast<int64_t>(total_bytes);
    *available = static_cast<int64_t>(free_bytes);
    *major = properties->major;
    *minor = properties->minor;
    *processors = properties->multiProcessorCount;
  });
}

int ah_cuda_memory(int32_t index, ah_memory* memory) {
  return guarded([&] {
    at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
    auto stats = c10::cuda::CUDACachingAllocator::getDeviceStats(static_cast<c10::DeviceIndex>(index));
    memory->live_bytes = stats.allocated_bytes[0].current;
    memory->peak_bytes = stats.allocated_bytes[0].peak;
    memory->reserved_bytes = stats.reserved_bytes[0].current;
    memory->live_tensors = stats.allocation[0].current;
  });
}

int ah_cuda_reset_peak(int32_t index) {
  return guarded([&] {
    at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
    c10::cuda::CUDACachingAllocator::resetPeakStats(static_cast<c10::DeviceIndex>(index));
  });
}

int ah_cuda_empty_cache(void) {
  return guarded([] {
    at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
    c10::cuda::CUDACachingAllocator::emptyCache();
  });
}

int ah_cuda_synchronize(int32_t index) {
  return guarded([&] {
    c10::cuda::CUDAGuard guard(static_cast<c10::DeviceIndex>(index));
    c10::cuda::device_synchronize();
  });
}

int ah_cuda_stream_enter(int32_t index, void** guard) {
  return guarded([&] {
    c10::cuda::device_synchronize();
    *guard = new c10::cuda::CUDAStreamGuard(c10::cuda::getStreamFromPool(false, static_cast<c10::DeviceIndex>(index)));
  });
}

int ah_cuda_stream_leave(void* guard) {
  return guarded([&] {
    c10::cuda::device_synchronize();
    delete static_cast<c10::cuda::CUDAStreamGuard*>(guard);
  });
}

int ah_cuda_allow_tf32(int32_t allow) {
  return guarded([&] { at::globalContext().setAllowTF32CuBLAS(allow != 0); });
}

int ah_cuda_graph_begin(ah_graph* result) {
  return guarded([&] {
    auto graph = std::make_unique<ah_graph_s>();
    // Capture needs a stream that is not the default one; the caller may already be on such a stream.
    if (c10::cuda::getCurrentCUDAStream() == c10::cuda::getDefaultCUDAStream())
      graph->stream = std::make_unique<c10::cuda::CUDAStreamGuard>(c10::cuda::getStreamFromPool());
    graph->graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    *result = graph.release();
  });
}

int ah_cuda_graph_end(ah_graph graph) {
  return guarded([&] {
    graph->graph.capture_end();
    graph->stream.reset();
  });
}

int ah_cuda_graph_replay(ah_graph graph) {
  return guarded([&] { graph->graph.replay(); });
}

int ah_cuda_graph_free(ah_graph graph) {
  return guarded([&] {
    graph->graph.reset();
    delete graph;
  });
}
