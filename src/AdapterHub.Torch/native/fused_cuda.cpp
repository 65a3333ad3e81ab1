// The fused operators on CUDA: compiled once a process, type and width by NVRTC, which comes with PyTorch, so that no CUDA
// compiler is needed where the program runs.
#include "fused_cuda_source.h"
#include "kernels.h"

#include <ATen/Context.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGuard.h>

#include <cuda.h>
#include <dlfcn.h>
#include <nvrtc.h>

#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

using at::Tensor;

namespace adapterhub {
namespace cuda {
namespace {

// NVRTC and the driver by way of PyTorch's own stub library, which knows where its copies lie.
struct Nvrtc {
#define AH_EACH(_)                                                                                                   \
  _(nvrtcCreateProgram) _(nvrtcDestroyProgram) _(nvrtcCompileProgram) _(nvrtcGetProgramLogSize) _(nvrtcGetProgramLog) \
  _(nvrtcGetPTXSize) _(nvrtcGetPTX) _(nvrtcGetErrorString) _(cuModuleLoadData) _(cuModuleGetFunction) _(cuLaunchKernel) _(cuGetErrorString)
#define AH_MEMBER(name) decltype(&::name) name;
  AH_EACH(AH_MEMBER)
#undef AH_MEMBER

  Nvrtc() {
    void* library = dlopen("libcaffe2_nvrtc.so", RTLD_NOW | RTLD_LOCAL);
    TORCH_CHECK(library != nullptr, "PyTorch's libcaffe2_nvrtc.so cannot be loaded: ", dlerror());
#define AH_FIND(name)                                               \
  name = reinterpret_cast<decltype(name)>(dlsym(library, #name)); \
  TORCH_CHECK(name != nullptr, "the CUDA libraries lack " #name);
    AH_EACH(AH_FIND)
#undef AH_FIND
#undef AH_EACH
  }
};

const Nvrtc& nvrtc() {
  static const Nvrtc functions;
  return functions;
}

void check(nvrtcResult result, const char* what) { TORCH_CHECK(result == NVRTC_SUCCESS, what, ": ", nvrtc().nvrtcGetErrorString(result)); }

void check(CUresult result, const char* what) {
  if (result == CUDA_SUCCESS) return;
  const char* text = nullptr;
  nvrtc().cuGetErrorString(result, &text);
  TORCH_CHECK(false, what, ": ", text == nullptr ? "unknown CUDA error" : text);
}

std::string compile(at::ScalarType type, int width) {
  const auto* device = at::cuda::getCurrentDeviceProperties();
  const std::string architecture = "--gpu-architecture=compute_" + std::to_string(device->major) + std::to_string(device->minor);
  const std::string vector = "-DVN=" + std::to_string(width);
  const char* element = type == at::kBFloat16 ? "-DAH_BF16" : type == at::kHalf ? "-DAH_F16" : "-DAH_F32";
  const char* options[] = {architecture.c_str(), vector.c_str(), element, "--std=c++17"};
  nvrtcProgram program;
  check(nvrtc().nvrtcCreateProgram(&program, kCudaSource, "adapterhub.cu", 0, nullptr, nullptr), "creating the kernels");
  const auto outcome = nvrtc().nvrtcCompileProgram(program, 4, options);
  if (outcome != NVRTC_SUCCESS) {
    size_t length = 0;
    nvrtc().nvrtcGetProgramLogSize(program, &length);
    std::string log(length, '\0');
    nvrtc().nvrtcGetProgramLog(program, log.data());
    TORCH_CHECK(false, "compiling the CUDA kernels failed: ", log);
  }
  size_t length = 0;
  check(nvrtc().nvrtcGetPTXSize(program, &length), "reading the kernels");
  std::string ptx(length, '\0');
  check(nvrtc().nvrtcGetPTX(program, ptx.data()), "reading the kernels");
  nvrtc().nvrtcDestroyProgram(&program);
  return ptx;
}

CUfunction kernel(const char* name, at::ScalarType type, int width) {
  TORCH_CHECK(type == at::kFloat || type == at::kHalf || type == at::kBFloat16, "the fused operators take f32, f16 and bf16, given ", type);
  static std::mutex mutex;
  static std::map<std::tuple<int, int, int>, CUmodule> modules;
  static std::map<std::tuple<std::string, int, int, int>, CUfunction> functions;
  const int device = at::cuda::current_device();
  std::lock_guard<std::mutex> lock(mutex);
  auto& function = functions[{name, device, static_cast<int>(type), width}];
  if (function != nullptr) return function;
  auto& module = modules[{device, static_cast<int>(type), width}];
  if (module == nullptr) check(nvrtc().cuModuleLoadData(&module, compile(type, width).c_str()), "loading the CUDA kernels");
  check(nvrtc().cuModuleGetFunction(&function, module, name), name);
  return function;
}

// Elements that fit 16 bytes, where every row starts on such a border.
int pack_width(const Tensor& tensor, int64_t row, std::initializer_list<const Tensor*> others = {}) {
  const int width = static_cast<int>(16 / tensor.element_size());
  auto aligned = [](const Tensor& t) { return !t.defined() || reinterpret_cast<uintptr_t>(t.data_ptr()) % 16 == 0; };
  bool good = row % width == 0 && aligned(tensor);
  for (const auto* other : others) good = good && aligned(*other);
  return good ? width : 1;
}

template <class... Arguments>
void launch(const char* name, const Tensor& like, int width, int64_t blocks, int threads, Arguments... arguments) {
  if (blocks <= 0) return;
  c10::cuda::CUDAGuard guard(like.device());
  // The driver's launch wants a context on this thread; autograd's threads have none until the runtime is asked for one.
  C10_CUDA_CHECK(cudaSetDevice(like.device().index()));
  void* pointers[] = {&arguments...};
  check(nvrtc().cuLaunchKernel(kernel(name, like.scalar_type(), width), static_cast<unsigned>(blocks), 1, 1, static_cast<unsigned>(threads), 1, 1, 0,
                               at::cuda::getCurrentCUDAStream(), pointers, nullptr),
        name);
}

void* address(const Tensor& tensor) { return tensor.defined() ? tensor.data_ptr() : nullptr; }

int row_threads(int64_t width, int pack) {
  const int64_t wanted = (width / pack + 31) / 32 * 32;
  return static_cast<int>(std::min<int64_t>(std::max<int64_t>(wanted, 32), 1024));
}

int64_t flat_blocks(int64_t items) { return std::min<int64_t>((items + 255) / 256, 132 * 32); }

}  // namespace

void rms_norm(const Tensor& x, const Tensor& residual, const Tensor& weight, double eps, Tensor& y, Tensor& sum, Tensor& rstd) {
  const int width = static_cast<int>(x.size(-1)), pack = pack_width(x, width, {&residual, &weight, &y, &sum});
  if (x.numel() == 0) return;
  launch("rms_norm", x, pack, x.numel() / width, row_threads(width, pack), address(x), address(residual), address(weight), static_cast<float>(eps),
         address(y), address(sum), address(rstd), width);
}

void rms_norm_backward(const Tensor& dy, const Tensor& dsum, const Tensor& sum, const Tensor& weight, const Tensor& rstd, Tensor& dx) {
  const int width = static_cast<int>(sum.size(-1)), pack = pack_width(sum, width, {&dy, &dsum, &weight, &dx});
  if (sum.numel() == 0) return;
  launch("rms_norm_backward", sum, pack, sum.numel() / width, row_threads(width, pack), address(dy), address(dsum), address(sum), address(weight),
         address(rstd), address(dx), width);
}

void swiglu(const Tensor& gate, const Tensor& up, Tensor& y) {
  const int pack = pack_width(gate, gate.numel(), {&up, &y});
  launch("swiglu", gate, pack, flat_blocks(gate.numel() / pack), 256, address(gate), address(up), address(y), gate.numel());
}

void swiglu_backward(const Tensor& dy, const Tensor& gate, const Tensor& up, Tensor& dgate, Tensor& dup) {
  const int pack = pack_width(gate, gate.numel(), {&dy, &up, &dgate, &dup});
  launch("swiglu_backward", gate, pack, flat_blocks(gate.numel() / pack), 256, address(dy), address(gate), address(up), address(dgate), address(dup),
         gate.numel());
}

void rope(const Tensor& x, const Tensor& cos, const Tensor& sin, const Tensor& positions, float sign, Tensor& y) {
  const int half = static_cast<int>(x.size(2) / 2), heads = static_cast<int>(x.size(1)), pack = pack_width(x, half, {&y});
  const int64_t packs = x.numel() / 2 / pack;
  launch("rope", x, pack, flat_blocks(packs), 256, address(x), address(cos), address(sin), address(positions), sign, address(y), packs, heads, half);
}

void cross_entropy_(Tensor& logits, const Tensor& labels, const Tensor& scale, Tensor& losses, bool gradient) {
  const int vocabulary = static_cast<int>(logits.size(1)), pack = pack_width(logits, vocabulary);
  launch("cross_entropy", logits, pack, logits.size(0), row_threads(vocabulary, pack), address(logits), address(labels), address(scale), address(losses),
         vocabulary, gradient ? 1 : 0);
}

}  // namespace cuda
}  // namespace adapterhub
