// Tensors, mapped files, autograd switches, random numbers.
#include "guard.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/version.h>

#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <memory>
#include <sys/mman.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace adapterhub;

namespace {

thread_local std::string last_error;

struct Mapping {
  void* address = nullptr;
  size_t length = 0;
  ~Mapping() {
    if (address != nullptr) munmap(address, length);
  }
};

at::IntArrayRef sizes_of(const int64_t* sizes, int32_t ndim) { return at::IntArrayRef(sizes, static_cast<size_t>(ndim)); }

at::ScalarType dtype_of(int32_t dtype) {
  TORCH_CHECK(dtype >= 0 && dtype < static_cast<int32_t>(at::ScalarType::NumOptions), "dtype ", dtype, " does not exist");
  return static_cast<at::ScalarType>(dtype);
}

void check_bytes(int64_t bytes, at::IntArrayRef sizes, at::ScalarType dtype) {
  int64_t expected = static_cast<int64_t>(c10::elementSize(dtype));
  for (int64_t size : sizes) expected *= size;
  TORCH_CHECK(expected == bytes, "a tensor of shape ", sizes, " and type ", dtype, " takes ", expected, " bytes, given ", bytes);
}

}  // namespace

struct ah_mapping_s {
  std::shared_ptr<Mapping> mapping;
};

namespace adapterhub {

int fail(int status, const char* message) {
  last_error = message == nullptr ? "" : message;
  return status;
}

bool is_out_of_memory(const std::exception& error) {
  const char* text = error.what();
  return strstr(text, "out of memory") != nullptr || strstr(text, "not enough memory") != nullptr ||
         strstr(text, "can't allocate memory") != nullptr;
}

}  // namespace adapterhub

static void use_all_processors();

const char* ah_last_error(void) { return last_error.c_str(); }
int ah_abi_version(void) {
  use_all_processors();  // asked once, when the library is loaded
  return 2;
}

const char* ah_torch_version(void) {
#define AH_TEXT(x) #x
#define AH_EXPAND(x) AH_TEXT(x)
  return AH_EXPAND(TORCH_VERSION_MAJOR) "." AH_EXPAND(TORCH_VERSION_MINOR) "." AH_EXPAND(TORCH_VERSION_PATCH);
}

const char* ah_build_settings(void) {
  static const std::string settings = at::show_config();
  return settings.c_str();
}

int ah_tensor_free(ah_tensor tensor) {
  return guarded([&] { take(tensor); });
}

int ah_tensor_clone_reference(ah_tensor tensor, ah_tensor* same) {
  return guarded([&] { *same = release(borrow(tensor)); });
}

int ah_tensor_describe(ah_tensor handle, int32_t* dtype, int32_t* device, int64_t* numel, int32_t* ndim) {
  return guarded([&] {
    auto* tensor = reinterpret_cast<at::TensorImpl*>(handle);
    *dtype = static_cast<int32_t>(c10::typeMetaToScalarType(tensor->dtype()));
    *device = static_cast<int32_t>(tensor->device().type()) << 8 | static_cast<uint8_t>(tensor->device().index());
    *numel = tensor->numel();
    *ndim = static_cast<int32_t>(tensor->dim());
  });
}

int ah_tensor_sizes(ah_tensor handle, int64_t* sizes, int64_t* strides, int32_t capacity) {
  return guarded([&] {
    auto* tensor = reinterpret_cast<at::TensorImpl*>(handle);
    TORCH_CHECK(tensor->dim() <= capacity, "room for ", capacity, " sizes, the tensor has ", tensor->dim());
    for (int64_t i = 0; i < tensor->dim(); ++i) {
      if (sizes != nullptr) sizes[i] = tensor->sizes()[i];
      if (strides != nullptr) strides[i] = tensor->strides()[i];
    }
  });
}

int ah_tensor_from_host(const void* data, int64_t bytes, int32_t dtype, const int64_t* sizes, int32_t ndim, ah_tensor* tensor) {
  return guarded([&] {
    check_bytes(bytes, sizes_of(sizes, ndim), dtype_of(dtype));
    auto result = at::empty(sizes_of(sizes, ndim), at::TensorOptions().dtype(dtype_of(dtype)));
    if (bytes > 0) std::memcpy(result.data_ptr(), data, static_cast<size_t>(bytes));
    *tensor = release(std::move(result));
  });
}

int ah_tensor_to_host(ah_tensor tensor, void* data, int64_t bytes) {
  return guarded([&] {
    at::NoGradGuard no_grad;
    auto source = borrow(tensor).detach().to(at::kCPU).contiguous();
    TORCH_CHECK(static_cast<int64_t>(source.nbytes()) == bytes, "the tensor has ", source.nbytes(), " bytes, room for ", bytes);
    if (bytes > 0) std::memcpy(data, source.data_ptr(), static_cast<size_t>(bytes));
  });
}

int ah_mapping_open(const char* path, ah_mapping* result) {
  return guarded([&] {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    TORCH_CHECK(file >= 0, path, ": ", strerror(errno));
    struct stat status {};
    auto mapping = std::make_shared<Mapping>();
    if (fstat(file, &status) == 0 && status.st_size > 0) {
      void* address = mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file, 0);
      if (address != MAP_FAILED) {
        mapping->address = address;
        mapping->length = static_cast<size_t>(status.st_size);
      }
    }
    close(file);
    TORCH_CHECK(mapping->address != nullptr, path, ": cannot be mapped into memory (", strerror(errno), ")");
    *result = new ah_mapping_s{std::move(mapping)};
  });
}

int ah_mapping_close(ah_mapping mapping) {
  return guarded([&] { delete mapping; });
}

int ah_mapping_tensor(ah_mapping handle, int64_t offset, int64_t bytes, int32_t dtype, const int64_t* sizes, int32_t ndim, ah_tensor* tensor) {
  return guarded([&] {
    auto type = dtype_of(dtype);
    check_bytes(bytes, sizes_of(sizes, ndim), type);
    auto mapping = handle->mapping;
    TORCH_CHECK(offset >= 0 && bytes >= 0 && offset <= static_cast<int64_t>(mapping->length) - bytes,
                "bytes ", offset, " to ", offset + bytes, " lie outside the file of ", mapping->length);
    auto* address = static_cast<char*>(mapping->address) + offset;
    auto options = at::TensorOptions().dtype(type);
    if (reinterpret_cast<uintptr_t>(address) % c10::elementSize(type) != 0) {  // a foreign header may leave the data unaligned
      auto copy = at::empty(sizes_of(sizes, ndim), options);
      std::memcpy(copy.data_ptr(), address, static_cast<size_t>(bytes));
      *tensor = release(std::move(copy));
      return;
    }
    *tensor = release(at::from_blob(address, sizes_of(sizes, ndim), [mapping](void*) {}, options));
  });
}

int ah_grad_mode(int32_t enabled, int32_t* previous) {
  return guarded([&] {
    *previous = at::GradMode::is_enabled() ? 1 : 0;
    at::GradMode::set_enabled(enabled != 0);
  });
}

int ah_requires_grad(ah_tensor tensor, int32_t* value) {
  return guarded([&] { *value = borrow(tensor).requires_grad() ? 1 : 0; });
}

int ah_set_requires_grad(ah_tensor tensor, int32_t value) {
  return guarded([&] { borrow(tensor).set_requires_grad(value != 0); });
}

int ah_grad(ah_tensor tensor, ah_tensor* grad) {
  return guarded([&] { *grad = release(borrow(tensor).grad()); });
}

int ah_set_grad(ah_tensor tensor, ah_tensor grad) {
  return guarded([&] { borrow(tensor).mutable_grad() = borrow(grad); });
}

int ah_backward(const ah_tensor* tensors, const ah_tensor* gradients, int32_t count) {
  return guarded([&] {
    torch::autograd::variable_list roots, seeds;
    for (int32_t i = 0; i < count; ++i) {
      roots.push_back(borrow(tensors[i]));
      TORCH_CHECK(roots.back().requires_grad(), "backward from a tensor that does not require a gradient: nothing upstream does");
      seeds.push_back(gradients[i] == nullptr ? at::ones_like(roots.back()) : borrow(gradients[i]));
    }
    torch::autograd::backward(roots, seeds);
  });
}

int ah_inference_enter(void** guard) {
  return guarded([&] { *guard = new c10::InferenceMode(true); });
}

int ah_inference_leave(void* guard) {
  return guarded([&] { delete static_cast<c10::InferenceMode*>(guard); });
}

int ah_manual_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

static const at::Generator& generator(int32_t device) {
  auto type = static_cast<c10::DeviceType>(device >> 8);
  return at::globalContext().defaultGenerator(at::Device(type, static_cast<c10::DeviceIndex>(device & 0xff)));
}

int ah_rng_state(int32_t device, ah_tensor* state) {
  return guarded([&] {
    auto source = generator(device);
    std::lock_guard<std::mutex> lock(source.mutex());
    *state = release(source.get_state());
  });
}

int ah_set_rng_state(int32_t device, ah_tensor state) {
  return guarded([&] {
    auto target = generator(device);
    std::lock_guard<std::mutex> lock(target.mutex());
    target.set_state(borrow(state));
  });
}

// Some virtual machines make libtorch believe in a single core.
static void use_all_processors() {
  static const bool done = [] {
    const int processors = static_cast<int>(std::thread::hardware_concurrency());
    if (getenv("OMP_NUM_THREADS") == nullptr && at::get_num_threads() == 1 && processors > 1) at::set_num_threads(processors);
    return true;
  }();
  static_cast<void>(done);
}

int ah_threads(int32_t* threads) {
  return guarded([&] { *threads = at::get_num_threads(); });
}

int ah_set_threads(int32_t threads) {
  return guarded([&] { at::set_num_threads(threads); });
}

int ah_set_blas_threads(int32_t threads, int32_t* previous) {
  return guarded([&] {
    const auto get = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
    const auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
    *previous = get != nullptr && set != nullptr ? get() : 0;
    if (*previous > 0 && threads > 0) set(threads);
  });
}
