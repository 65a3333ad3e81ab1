// The fused operators on the CPU: f32 kernels over rows, split among libtorch's threads. Half types pass through f32.
#include "kernels.h"
#include "vector_math.h"

#include <ATen/Parallel.h>

using at::Tensor;

namespace adapterhub {
namespace cpu {
namespace {

Tensor as_float(const Tensor& tensor) { return tensor.defined() ? tensor.to(at::kFloat).contiguous() : tensor; }
const float* read(const Tensor& tensor) { return tensor.defined() ? tensor.data_ptr<float>() : nullptr; }
float* write(Tensor& tensor) { return tensor.defined() ? tensor.data_ptr<float>() : nullptr; }
bool is_float(const Tensor& tensor) { return tensor.scalar_type() == at::kFloat; }

template <class Body>
void over_rows(int64_t rows, int64_t width, const Body& body) {
  at::parallel_for(0, rows, std::max<int64_t>(1, 16384 / std::max<int64_t>(width, 1)), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) body(row);
  });
}

}  // namespace

void rms_norm(const Tensor& x, const Tensor& residual, const Tensor& weight, double eps, Tensor& y, Tensor& sum, Tensor& rstd) {
  if (!is_float(x)) {
    Tensor wide_y = at::empty_like(x, at::kFloat), wide_sum = residual.defined() ? at::empty_like(wide_y) : as_float(x);
    rms_norm(as_float(x), as_float(residual), as_float(weight), eps, wide_y, wide_sum, rstd);
    y.copy_(wide_y);
    if (residual.defined()) sum.copy_(wide_sum);
    return;
  }
  const int64_t width = x.size(-1);
  const float *px = read(x), *pr = read(residual), *pw = read(weight);
  float *py = write(y), *ps = write(sum), *pstd = write(rstd);
  over_rows(width == 0 ? 0 : x.numel() / width, width, [&](int64_t row) {
    const float* in = px + row * width;
    if (pr != nullptr) {
      float* out = ps + row * width;
      for (int64_t i = 0; i < width; ++i) out[i] = in[i] + pr[row * width + i];
      in = out;
    }
    const float scale = 1.0f / std::sqrt(dot(in, in, width) / static_cast<float>(width) + static_cast<float>(eps));
    for (int64_t i = 0; i < width; ++i) py[row * width + i] = in[i] * scale * pw[i];
    pstd[row] = scale;
  });
}

// With n = sum * rstd: dsum = rstd * (dy w - n mean(dy w n)) + what flows in beside it.
void rms_norm_backward(const Tensor& dy, const Tensor& dsum, const Tensor& sum, const Tensor& weight, const Tensor& rstd, Tensor& dx) {
  if (!is_float(dy)) {
    Tensor wide = at::empty_like(dx, at::kFloat);
    rms_norm_backward(as_float(dy), as_float(dsum), as_float(sum), as_float(weight), rstd, wide);
    dx.copy_(wide);
    return;
  }
  const int64_t width = sum.size(-1);
  const float *pdy = read(dy), *pds = read(dsum), *ps = read(sum), *pw = read(weight), *pstd = read(rstd);
  float* pdx = write(dx);
  over_rows(width == 0 ? 0 : sum.numel() / width, width, [&](int64_t row) {
    const float *g = pdy + row * width, *s = ps + row * width;
    const float scale = pstd[row];
    float projection = 0;
#pragma omp simd reduction(+ : projection)
    for (int64_t i = 0; i < width; ++i) projection += g[i] * pw[i] * s[i];
    projection *= scale * scale / static_cast<float>(width);
    float* out = pdx + row * width;
    for (int64_t i = 0; i < width; ++i) out[i] = scale * (g[i] * pw[i] - s[i] * projection);
    if (pds != nullptr)
      for (int64_t i = 0; i < width; ++i) out[i] += pds[row * width + i];
  });
}

void swiglu(const Tensor& gate, const Tensor& up, Tensor& y) {
  if (!is_float(gate)) {
    Tensor wide = at::empty_like(y, at::kFloat);
    swiglu(as_float(gate), as_float(up), wide);
    y.copy_(wide);
    return;
  }
  const float *g = read(gate), *u = read(up);
  float* out = write(y);
  at::parallel_for(0, gate.numel(), 8192, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) out[i] = g[i] * u[i] / (1.0f + fast_exp(-g[i]));
  });
}

void swiglu_backward(const Tensor& dy, const Tensor& gate, const Tensor& up, Tensor& dgate, Tensor& dup) {
  if (!is_float(dy)) {
    Tensor wide_gate = at::empty_like(dgate, at::kFloat), wide_up = at::empty_like(dup, at::kFloat);
    swiglu_backward(as_float(dy), as_float(gate), as_float(up), wide_gate, wide_up);
    dgate.copy_(wide_gate);
    dup.copy_(wide_up);
    return;
  }
  const float *d = read(dy), *g = read(gate), *u = read(up);
  float *dg = write(dgate), *du = write(dup);
  at::parallel_for(0, gate.numel(), 8192, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float sigmoid = 1.0f / (1.0f + fast_exp(-g[i]));
      du[i] = d[i] * g[i] * sigmoid;
      dg[i] = d[i] * u[i] * sigmoid * (1.0f + g[i] * (1.0f - sigmoid));
    }
  });
}

void rope(const Tensor& x, const Tensor& cos, const Tensor& sin, const Tensor& positions, float sign, Tensor& y) {
  if (!is_float(x)) {
    Tensor wide = at::empty_like(y, at::kFloat);
    rope(as_float(x), cos, sin, positions, sign, wide);
    y.copy_(wide);
    return;
  }
  const int64_t heads = x.size(1), half = x.size(2) / 2, limit = cos.size(0);
  const float *px = read(x), *pc = read(cos), *psin = read(sin);
  const int64_t* place = positions.data_ptr<int64_t>();
  float* py = write(y);
  over_rows(x.size(0), heads * half * 2, [&](int64_t row) {
    TORCH_CHECK(place[row] >= 0 && place[row] < limit, "position ", place[row], " lies outside the rotary table of ", limit);
    const float *c = pc + place[row] * half, *s = psin + place[row] * half;
    for (int64_t head = 0; head < heads; ++head) {
      const float* in = px + (row * heads + head) * half * 2;
      float* out = py + (row * heads + head) * half * 2;
      for (int64_t i = 0; i < half; ++i) {
        const float first = in[i], second = in[i + half], turn = sign * s[i];
        out[i] = first * c[i] - second * turn;
        out[i + half] = second * c[i] + first * turn;
      }
    }
  });
}

void cross_entropy_(Tensor& logits, const Tensor& labels, const Tensor& scale, Tensor& losses, bool gradient) {
  if (!is_float(logits)) {
    Tensor wide = as_float(logits);
    cross_entropy_(wide, labels, scale, losses, gradient);
    if (gradient) logits.copy_(wide);
    return;
  }
  const int64_t vocabulary = logits.size(1);
  const int64_t* label = labels.data_ptr<int64_t>();
  const float factor = scale.data_ptr<float>()[0];
  float *values = write(logits), *loss = write(losses);
  over_rows(logits.size(0), vocabulary, [&](int64_t row) {
    float* z = values + row * vocabulary;
    loss[row] = 0;
    if (label[row] < 0) {
      if (gradient) std::fill(z, z + vocabulary, 0.0f);
      return;
    }
    TORCH_CHECK(label[row] < vocabulary, "label ", label[row], " lies outside the vocabulary of ", vocabulary);
    const float top = largest(z, vocabulary), picked = z[label[row]];
    float total = 0;
    if (gradient) {
#pragma omp simd reduction(+ : total)
      for (int64_t i = 0; i < vocabulary; ++i) total += z[i] = fast_exp(z[i] - top);
      const float normal = factor / total;
      for (int64_t i = 0; i < vocabulary; ++i) z[i] *= normal;
      z[label[row]] -= factor;
    } else {
#pragma omp simd reduction(+ : total)
      for (int64_t i = 0; i < vocabulary; ++i) total += fast_exp(z[i] - top);
    }
    loss[row] = std::log(total) + top - picked;
  });
}

bool can_small_linear(const Tensor& x, const Tensor& weight) {
  return !x.is_cuda() && x.dim() == 2 && x.size(0) <= 4 && x.size(0) > 0 && x.scalar_type() == at::kFloat && x.is_contiguous() &&
         weight.scalar_type() == at::kFloat && weight.is_contiguous();
}

Tensor small_linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const int64_t rows = x.size(0), width = x.size(1), outputs = weight.size(0);
  Tensor y = at::empty({rows, outputs}, x.options());
  const float *px = read(x), *pw = read(weight), *pb = read(bias);
  float* py = write(y);
  at::parallel_for(0, outputs, std::max<int64_t>(1, 65536 / std::max<int64_t>(width, 1)), [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o)
      for (int64_t row = 0; row < rows; ++row)
        py[row * outputs + o] = dot(px + row * width, pw + o * width, width) + (pb == nullptr ? 0 : pb[o]);
  });
  return y;
}

// Decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2); gradients are divided by grad_scale first.
void adamw_(at::TensorList parameters, at::TensorList grads, at::TensorList first, at::TensorList second, double lr, double beta1, double beta2,
            double eps, double weight_decay, int64_t step, double grad_scale) {
  const float correction1 = static_cast<float>(1 - std::pow(beta1, step)), root2 = static_cast<float>(std::sqrt(1 - std::pow(beta2, step)));
  const float rate = static_cast<float>(lr) / correction1, keep = static_cast<float>(1 - lr * weight_decay), b1 = static_cast<float>(beta1),
              b2 = static_cast<float>(beta2), epsilon = static_cast<float>(eps), unscale = static_cast<float>(1 / grad_scale);
  for (size_t index = 0; index < parameters.size(); ++index) {
    TORCH_CHECK(is_float(parameters[index]) && parameters[index].is_contiguous(), "adamw_ takes contiguous f32 parameters");
    Tensor grad = as_float(grads[index]);
    float *p = parameters[index].data_ptr<float>(), *m = first[index].data_ptr<float>(), *v = second[index].data_ptr<float>();
    const float* g = grad.data_ptr<float>();
    at::parallel_for(0, parameters[index].numel(), 16384, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const float gradient = g[i] * unscale;
        m[i] += (gradient - m[i]) * (1 - b1);
        v[i] = v[i] * b2 + gradient * gradient * (1 - b2);
        p[i] = p[i] * keep - rate * m[i] / (std::sqrt(v[i]) / root2 + epsilon);
      }
    });
  }
}

}  // namespace cpu
}  // namespace adapterhub
