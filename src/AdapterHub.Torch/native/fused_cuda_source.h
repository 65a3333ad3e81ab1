// The CUDA kernels, compiled at run time for the card at hand. T is the tensors' type and VN the elements a thread moves at
// once (16 bytes where the width allows, otherwise 1); arithmetic is f32.
#pragma once

namespace adapterhub {

inline const char* kCudaSource = R"cuda(
#if defined(AH_BF16)
typedef unsigned short T;
__device__ __forceinline__ float load(T v) { return __uint_as_float((unsigned)v << 16); }
__device__ __forceinline__ T store(float f) { T h; asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(h) : "f"(f)); return h; }
#elif defined(AH_F16)
typedef unsigned short T;
__device__ __forceinline__ float load(T v) { float f; asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(v)); return f; }
__device__ __forceinline__ T store(float f) { T h; asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f)); return h; }
#else
typedef float T;
__device__ __forceinline__ float load(T v) { return v; }
__device__ __forceinline__ T store(float f) { return f; }
#endif
typedef long long i64;
struct alignas(VN * sizeof(T)) Pack { T v[VN]; };

__device__ __forceinline__ Pack read(const T* p) { return *reinterpret_cast<const Pack*>(p); }
__device__ __forceinline__ void write(T* p, Pack v) { *reinterpret_cast<Pack*>(p) = v; }

__device__ __forceinline__ float warp_sum(float v) {
  for (int o = 16; o > 0; o >>= 1) v += __shfl_xor_sync(0xffffffffu, v, o);
  return v;
}
__device__ __forceinline__ float warp_max(float v) {
  for (int o = 16; o > 0; o >>= 1) v = fmaxf(v, __shfl_xor_sync(0xffffffffu, v, o));
  return v;
}
// The sum over the block, known to every thread.
__device__ float block_sum(float v) {
  __shared__ float parts[32];
  v = warp_sum(v);
  __syncthreads();
  if ((threadIdx.x & 31) == 0) parts[threadIdx.x >> 5] = v;
  __syncthreads();
  v = threadIdx.x < (blockDim.x >> 5) ? parts[threadIdx.x] : 0.0f;
  if (threadIdx.x < 32) { v = warp_sum(v); if (threadIdx.x == 0) parts[0] = v; }
  __syncthreads();
  return parts[0];
}
__device__ float block_max(float v) {
  __shared__ float parts[32];
  v = warp_max(v);
  __syncthreads();
  if ((threadIdx.x & 31) == 0) parts[threadIdx.x >> 5] = v;
  __syncthreads();
  v = threadIdx.x < (blockDim.x >> 5) ? parts[threadIdx.x] : -1e30f;
  if (threadIdx.x < 32) { v = warp_max(v); if (threadIdx.x == 0) parts[0] = v; }
  __syncthreads();
  return parts[0];
}

// One block a row.
extern "C" __global__ void rms_norm(const T* x, const T* residual, const T* weight, float eps, T* y, T* sum, float* rstd, int width) {
  const i64 row = (i64)blockIdx.x * width;
  float squares = 0.0f;
  for (int i = threadIdx.x * VN; i < width; i += blockDim.x * VN) {
    Pack a = read(x + row + i);
    if (residual != nullptr) {
      Pack b = read(residual + row + i);
#pragma unroll
      for (int j = 0; j < VN; ++j) a.v[j] = store(load(a.v[j]) + load(b.v[j]));
      write(sum + row + i, a);
    }
#pragma unroll
    for (int j = 0; j < VN; ++j) squares += load(a.v[j]) * load(a.v[j]);
  }
  const float scale = rsqrtf(block_sum(squares) / width + eps);
  const T* in = residual != nullptr ? sum : x;
  for (int i = threadIdx.x * VN; i < width; i += blockDim.x * VN) {
    Pack a = read(in + row + i), w = read(weight + i);
#pragma unroll
    for (int j = 0; j < VN; ++j) a.v[j] = store(load(a.v[j]) * scale * load(w.v[j]));
    write(y + row + i, a);
  }
  if (threadIdx.x == 0) rstd[blockIdx.x] = scale;
}

extern "C" __global__ void rms_norm_backward(const T* dy, const T* dsum, const T* sum, const T* weight, const float* rstd, T* dx, int width) {
  const i64 row = (i64)blockIdx.x * width;
  const float scale = rstd[blockIdx.x];
  float projection = 0.0f;
  for (int i = threadIdx.x * VN; i < width; i += blockDim.x * VN) {
    Pack g = read(dy + row + i), w = read(weight + i), s = read(sum + row + i);
#pragma unroll
    for (int j = 0; j < VN; ++j) projection += load(g.v[j]) * load(w.v[j]) * load(s.v[j]);
  }
  projection = block_sum(projection) * scale * scale / width;
  for (int i = threadIdx.x * VN; i < width; i += blockDim.x * VN) {
    Pack g = read(dy + row + i), w = read(weight + i), s = read(sum + row + i), d;
    if (dsum != nullptr) d = read(dsum + row + i);
#pragma unroll
    for (int j = 0; j < VN; ++j) {
      float v = scale * (load(g.v[j]) * load(w.v[j]) - load(s.v[j]) * projection);
      if (dsum != nullptr) v += load(d.v[j]);
      g.v[j] = store(v);
    }
    write(dx + row + i, g);
  }
}

extern "C" __global__ void swiglu(const T* gate, const T* up, T* y, i64 count) {
  for (i64 i = ((i64)blockIdx.x * blockDim.x + threadIdx.x) * VN; i < count; i += (i64)gridDim.x * blockDim.x * VN) {
    Pack g = read(gate + i), u = read(up + i);
#pragma unroll
    for (int j = 0; j < VN; ++j) {
      const float v = load(g.v[j]);
      g.v[j] = store(v / (1.0f + __expf(-v)) * load(u.v[j]));
    }
    write(y + i, g);
  }
}

extern "C" __global__ void swiglu_backward(const T* dy, const T* gate, const T* up, T* dgate, T* dup, i64 count) {
  for (i64 i = ((i64)blockIdx.x * blockDim.x + threadIdx.x) * VN; i < count; i += (i64)gridDim.x * blockDim.x * VN) {
    Pack d = read(dy + i), g = read(gate + i), u = read(up + i);
#pragma unroll
    for (int j = 0; j < VN; ++j) {
      const float v = load(g.v[j]), sigmoid = 1.0f / (1.0f + __expf(-v)), flow = load(d.v[j]);
      g.v[j] = store(flow * load(u.v[j]) * sigmoid * (1.0f + v * (1.0f - sigmoid)));
      u.v[j] = store(flow * v * sigmoid);
    }
    write(dgate + i, g);
    write(dup + i, u);
  }
}

// One thread a pair of packs: x (N, H, 2 half), tables (P, half).
extern "C" __global__ void rope(const T* x, const float* cosines, const float* sines, const i64* positions, float sign, T* y, i64 packs, int heads, int half) {
  const int across = half / VN;
  for (i64 task = (i64)blockIdx.x * blockDim.x + threadIdx.x; task < packs; task += (i64)gridDim.x * blockDim.x) {
    const i64 head = task / across;
    const int i = (int)(task % across) * VN;
    const i64 place = positions[head / heads] * half + i, at = head * 2 * half + i;
    Pack a = read(x + at), b = read(x + at + half);
#pragma unroll
    for (int j = 0; j < VN; ++j) {
      const float first = load(a.v[j]), second = load(b.v[j]), c = cosines[place + j], s = sign * sines[place + j];
      a.v[j] = store(first * c - second * s);
      b.v[j] = store(second * c + first * s);
    }
    write(y + at, a);
    write(y + at + half, b);
  }
}

// One block a row of logits, which become their gradient.
extern "C" __global__ void cross_entropy(T* logits, const i64* labels, const float* scale, float* losses, int vocabulary, int gradient) {
  T* z = logits + (i64)blockIdx.x * vocabulary;
  const i64 label = labels[blockIdx.x];
  if (label < 0) {
    if (threadIdx.x == 0) losses[blockIdx.x] = 0.0f;
    if (gradient) {
      Pack none;
#pragma unroll
      for (int j = 0; j < VN; ++j) none.v[j] = store(0.0f);
      for (int i = threadIdx.x * VN; i < vocabulary; i += blockDim.x * VN) write(z + i, none);
    }
    return;
  }
  float top = -1e30f, total = 0.0f;
  for (int i = threadIdx.x * VN; i < vocabulary; i += blockDim.x * VN) {
    Pack p = read(z + i);
    float best = top;
#pragma unroll
    for (int j = 0; j < VN; ++j) best = fmaxf(best, load(p.v[j]));
    total *= __expf(top - best);
#pragma unroll
    for (int j = 0; j < VN; ++j) total += __expf(load(p.v[j]) - best);
    top = best;
  }
  const float all = block_max(top);
  total = block_sum(total * __expf(top - all));
  const float picked = load(z[label]);
  __syncthreads();
  if (threadIdx.x == 0) losses[blockIdx.x] = logf(total) + all - picked;
  if (!gradient) return;
  const float factor = *scale, normal = factor / total;
  for (int i = threadIdx.x * VN; i < vocabulary; i += blockDim.x * VN) {
    Pack p = read(z + i);
#pragma unroll
    for (int j = 0; j < VN; ++j) p.v[j] = store(__expf(load(p.v[j]) - all) * normal - (i + j == label ? factor : 0.0f));
    write(z + i, p);
  }
}
)cuda";

}  // namespace adapterhub
