// The CUDA half of the interface: devices, memory statistics, streams, graphs.
#include "guard.h"

#include <ATen/Context.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>

#include <dlfcn.h>

#include <cstdio>
#include <mutex>
#include <unordered_map>

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

// Always the same one of a device: libraries keep a workspace of tens of MiB for every stream they have seen.
static c10::cuda::CUDAStream side_stream(int32_t index) {
  static std::mutex mutex;
  static std::unordered_map<int32_t, c10::cuda::CUDAStream> streams;
  std::lock_guard<std::mutex> lock(mutex);
  auto found = streams.find(index);
  if (found == streams.end()) found = streams.emplace(index, c10::cuda::getStreamFromPool(false, static_cast<c10::DeviceIndex>(index))).first;
  return found->second;
}

int ah_cuda_stream_enter(int32_t index, void** guard) {
  return guarded([&] {
    c10::cuda::device_synchronize();
    *guard = new c10::cuda::CUDAStreamGuard(side_stream(index));
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

namespace {
// NVML, the driver's own library, as far as it is needed (nvml.h): found at run time, since a machine that builds may lack it.
struct Nvml {
  struct Utilization {
    unsigned gpu, memory;
  };
  int (*init)() = nullptr;
  int (*find)(const char*, void**) = nullptr;
  int (*read)(void*, Utilization*) = nullptr;
  bool is_ready = false;

  Nvml() {
    void* library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
    init = reinterpret_cast<int (*)()>(dlsym(library, "nvmlInit_v2"));
    find = reinterpret_cast<int (*)(const char*, void**)>(dlsym(library, "nvmlDeviceGetHandleByPciBusId_v2"));
    read = reinterpret_cast<int (*)(void*, Utilization*)>(dlsym(library, "nvmlDeviceGetUtilizationRates"));
    is_ready = init != nullptr && find != nullptr && read != nullptr && init() == 0;
  }
};
}  // namespace

int ah_cuda_utilization(int32_t index, int32_t* percent) {
  return guarded([&] {
    static const Nvml nvml;
    *percent = -1;
    char bus[32] = {};
    void* device = nullptr;
    Nvml::Utilization now{};
    if (!nvml.is_ready || cudaDeviceGetPCIBusId(bus, sizeof(bus), index) != cudaSuccess) return;
    if (nvml.find(bus, &device) == 0 && nvml.read(device, &now) == 0) *percent = static_cast<int32_t>(now.gpu);
  });
}

int ah_cuda_graph_begin(ah_graph* result) {
  return guarded([&] {
    auto graph = std::make_unique<ah_graph_s>();
    // Capture needs a stream that is not the default one; the caller may already be on such a stream.
    if (c10::cuda::getCurrentCUDAStream() == c10::cuda::getDefaultCUDAStream())
      graph->stream = std::make_unique<c10::cuda::CUDAStreamGuard>(side_stream(c10::cuda::current_device()));
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
