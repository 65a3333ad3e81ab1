// A caching allocator for CPU tensors. Training frees and asks for the same large blocks every step; given back to the
// system each time, half of a step on two cores goes into page faults. It also counts what is alive.
#include "compat.h"
#include "guard.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <sys/mman.h>
#include <vector>

namespace {

constexpr size_t kHeader = 64;             // keeps the data on a cache line, and holds the block's size before it
constexpr size_t kHugePage = 2u << 20;

size_t rounded(size_t bytes) {
  bytes = std::max<size_t>(bytes, 64) + kHeader;
  if (bytes <= 4096) return (bytes + 255) & ~size_t{255};
  size_t step = size_t{1} << (63 - __builtin_clzll(bytes));  // eight classes a power of two: at most an eighth is wasted
  step = std::max<size_t>(step >> 3, 512);
  return (bytes + step - 1) / step * step;
}

class CachingCpuAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) AH_ALLOCATOR_CONST override {
    if (bytes == 0) return {nullptr, nullptr, &nothing, c10::Device(c10::DeviceType::CPU)};
    void* base = state().take(rounded(bytes));
    return {static_cast<char*>(base) + kHeader, base, &give_back, c10::Device(c10::DeviceType::CPU)};
  }

  // A raw pointer is the data alone, so the block's start is found from it.
  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3)
  void copy_data(void* destination, const void* source, size_t count) const override { std::memcpy(destination, source, count); }
#endif

  struct State {
    std::mutex mutex;
    std::map<size_t, std::vector<void*>> cached;
    ah_memory memory{};

    void* take(size_t size) {
      std::lock_guard<std::mutex> lock(mutex);
      void* base = from_cache(size);
      if (base == nullptr) base = from_system(size);
      if (base == nullptr) {
        release_cached();
        base = from_system(size);
      }
      if (base == nullptr) throw std::bad_alloc();
      memory.live_bytes += static_cast<int64_t>(size_of(base));
      memory.peak_bytes = std::max(memory.peak_bytes, memory.live_bytes);
      memory.live_tensors += 1;
      return base;
    }

    void give(void* base) {
      std::lock_guard<std::mutex> lock(mutex);
      memory.live_bytes -= static_cast<int64_t>(size_of(base));
      memory.live_tensors -= 1;
      cached[size_of(base)].push_back(base);
    }

    void release_cached() {
      for (auto& entry : cached)
        for (void* base : entry.second) {
          memory.reserved_bytes -= static_cast<int64_t>(entry.first);
          std::free(base);
        }
      cached.clear();
    }

   private:
    static size_t& size_of(void* base) { return *static_cast<size_t*>(base); }

    void* from_cache(size_t size) {
      for (auto entry = cached.lower_bound(size); entry != cached.end() && entry->first <= size + size / 4; ++entry)
        if (!entry->second.empty()) {
          void* base = entry->second.back();
          entry->second.pop_back();
          return base;
        }
      return nullptr;
    }

    void* from_system(size_t size) {
      void* base = nullptr;
      size_t alignment = size >= 2 * kHugePage ? kHugePage : kHeader;
      if (posix_memalign(&base, alignment, size) != 0) return nullptr;
      if (alignment == kHugePage) madvise(base, size, MADV_HUGEPAGE);
      size_of(base) = size;
      memory.reserved_bytes += static_cast<int64_t>(size);
      return base;
    }
  };

  static State& state() {
    static State* instance = new State();  // never destroyed: tensors may outlive static destructors
    return *instance;
  }

 private:
  static void give_back(void* base) { state().give(base); }
  static void nothing(void*) {}
};

// Registered when the library is loaded, before any tensor exists.
const bool registered = [] {
  static CachingCpuAllocator allocator;
  c10::SetCPUAllocator(&allocator, 10);
  return true;
}();

}  // namespace

int ah_cpu_memory(ah_memory* memory) {
  return adapterhub::guarded([&] {
    auto& state = CachingCpuAllocator::state();
    std::lock_guard<std::mutex> lock(state.mutex);
    *memory = state.memory;
  });
}

int ah_cpu_reset_peak(void) {
  return adapterhub::guarded([] {
    auto& state = CachingCpuAllocator::state();
    std::lock_guard<std::mutex> lock(state.mutex);
    state.memory.peak_bytes = state.memory.live_bytes;
  });
}

int ah_cpu_release_cached(void) {
  return adapterhub::guarded([] {
    auto& state = CachingCpuAllocator::state();
    std::lock_guard<std::mutex> lock(state.mutex);
    state.release_cached();
  });
}
