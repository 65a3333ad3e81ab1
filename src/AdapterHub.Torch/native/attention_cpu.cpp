// Causal attention inside documents on the CPU, in blocks of query rows with the softmax recomputed in the backward pass,
// so that memory grows with the row, not with its square (the idea of FlashAttention, Dao et al. 2022).
#include "kernels.h"
#include "vector_math.h"

#include <ATen/Parallel.h>

#include <vector>

using at::Tensor;

namespace adapterhub {
namespace cpu {
namespace {

constexpr int64_t kBlock = 64;

struct Shape {
  int64_t heads, kv_heads, width, groups, documents, window;
  const int32_t* bounds;
  float scale;

  Shape(const Tensor& q, const Tensor& k, const Tensor& cumulative, double scale_, int64_t window_)
      : heads(q.size(1)), kv_heads(k.size(1)), width(q.size(2)), groups(heads / kv_heads), documents(cumulative.numel() - 1), window(window_),
        bounds(cumulative.data_ptr<int32_t>()), scale(static_cast<float>(scale_)) {
    TORCH_CHECK(documents >= 0 && bounds[0] == 0 && bounds[documents] == q.size(0), "document boundaries must run from 0 to ", q.size(0));
  }

  int64_t first_key(int64_t row) const { return window > 0 ? std::max<int64_t>(0, row - window + 1) : 0; }
};

// (T, D) with a row stride -> (D, T)
void transpose(const float* source, int64_t stride, int64_t rows, int64_t width, std::vector<float>& target) {
  target.resize(static_cast<size_t>(rows * width));
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t i = 0; i < width; ++i) target[static_cast<size_t>(i * rows + row)] = source[row * stride + i];
}

template <class Body>
void over_documents(const Shape& shape, const Body& body) {
  at::parallel_for(0, shape.documents * shape.kv_heads, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> scratch[5];
    for (int64_t task = begin; task < end; ++task) {
      const int64_t document = task / shape.kv_heads, start = shape.bounds[document], length = shape.bounds[document + 1] - start;
      if (length > 0) body(scratch, start, length, task % shape.kv_heads);
    }
  });
}

}  // namespace

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& cumulative, double scale, int64_t window, Tensor& log_sum_exp) {
  const Shape shape(q, k, cumulative, scale, window);
  Tensor out = at::empty_like(q);
  log_sum_exp = at::empty({q.size(0), shape.heads}, q.options());
  const float *pq = q.data_ptr<float>(), *pk = k.data_ptr<float>(), *pv = v.data_ptr<float>();
  float *po = out.data_ptr<float>(), *pl = log_sum_exp.data_ptr<float>();
  const int64_t width = shape.width, q_stride = shape.heads * width, kv_stride = shape.kv_heads * width;
  over_documents(shape, [&](std::vector<float>* scratch, int64_t start, int64_t length, int64_t kv_head) {
    transpose(pk + start * kv_stride + kv_head * width, kv_stride, length, width, scratch[0]);
    scratch[1].resize(static_cast<size_t>(kBlock * length));
    float* scores = scratch[1].data();
    for (int64_t head = kv_head * shape.groups; head < (kv_head + 1) * shape.groups; ++head)
      for (int64_t row = 0; row < length; row += kBlock) {
        const int64_t rows = std::min(kBlock, length - row), low = shape.first_key(row), keys = row + rows - low;
        const float* queries = pq + (start + row) * q_stride + head * width;
        product(rows, keys, width, queries, q_stride, 1, scratch[0].data() + low, length, scores, keys, false);
        for (int64_t i = 0; i < rows; ++i) {
          float* s = scores + i * keys;
          const int64_t from = shape.first_key(row + i) - low, to = row + i + 1 - low;
          const float top = largest(s + from, to - from);
          float total = 0;
#pragma omp simd reduction(+ : total)
          for (int64_t j = from; j < to; ++j) total += s[j] = fast_exp((s[j] - top) * shape.scale);
          const float inverse = 1.0f / total;
          for (int64_t j = from; j < to; ++j) s[j] *= inverse;
          std::fill(s, s + from, 0.0f);
          std::fill(s + to, s + keys, 0.0f);
          pl[(start + row + i) * shape.heads + head] = top * shape.scale + std::log(total);
        }
        product(rows, width, keys, scores, keys, 1, pv + (start + low) * kv_stride + kv_head * width, kv_stride,
                po + (start + row) * q_stride + head * width, q_stride, false);
      }
  });
  return out;
}

void attention_backward(const Tensor& grad, const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& out, const Tensor& log_sum_exp,
                        const Tensor& cumulative, double scale, int64_t window, Tensor& dq, Tensor& dk, Tensor& dv) {
  const Shape shape(q, k, cumulative, scale, window);
  const float *pq = q.data_ptr<float>(), *pk = k.data_ptr<float>(), *pv = v.data_ptr<float>(), *po = out.data_ptr<float>(),
              *pg = grad.data_ptr<float>(), *pl = log_sum_exp.data_ptr<float>();
  float *pdq = dq.data_ptr<float>(), *pdk = dk.data_ptr<float>(), *pdv = dv.data_ptr<float>();
  const int64_t width = shape.width, q_stride = shape.heads * width, kv_stride = shape.kv_heads * width;
  over_documents(shape, [&](std::vector<float>* scratch, int64_t start, int64_t length, int64_t kv_head) {
    const int64_t kv_at = start * kv_stride + kv_head * width;
    transpose(pk + kv_at, kv_stride, length, width, scratch[0]);
    transpose(pv + kv_at, kv_stride, length, width, scratch[1]);
    scratch[2].resize(static_cast<size_t>(kBlock * length));
    scratch[3].resize(static_cast<size_t>(kBlock * length));
    float *weights = scratch[2].data(), *dscores = scratch[3].data();
    for (int64_t head = kv_head * shape.groups; head < (kv_head + 1) * shape.groups; ++head)
      for (int64_t row = 0; row < length; row += kBlock) {
        const int64_t rows = std::min(kBlock, length - row), low = shape.first_key(row), keys = row + rows - low;
        const int64_t q_at = (start + row) * q_stride + head * width, low_at = kv_at + low * kv_stride;
        product(rows, keys, width, pq + q_at, q_stride, 1, scratch[0].data() + low, length, weights, keys, false);
        product(rows, keys, width, pg + q_at, q_stride, 1, scratch[1].data() + low, length, dscores, keys, false);
        for (int64_t i = 0; i < rows; ++i) {
          float *p = weights + i * keys, *d = dscores + i * keys;
          const int64_t from = shape.first_key(row + i) - low, to = row + i + 1 - low;
          const float normal = pl[(start + row + i) * shape.heads + head];
          const float delta = dot(pg + q_at + i * q_stride, po + q_at + i * q_stride, width);
          for (int64_t j = from; j < to; ++j) {
            p[j] = fast_exp(p[j] * shape.scale - normal);
            d[j] = p[j] * (d[j] - delta) * shape.scale;
          }
          std::fill(p, p + from, 0.0f);
          std::fill(d, d + from, 0.0f);
          std::fill(p + to, p + keys, 0.0f);
          std::fill(d + to, d + keys, 0.0f);
        }
        product(rows, width, keys, dscores, keys, 1, pk + low_at, kv_stride, pdq + q_at, q_stride, false);
        product(keys, width, rows, dscores, 1, keys, pq + q_at, q_stride, pdk + low_at, kv_stride, true);
        product(keys, width, rows, weights, 1, keys, pg + q_at, q_stride, pdv + low_at, kv_stride, true);
      }
  });
}

Tensor cached_attention(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& lengths, double scale, int64_t window) {
  const int64_t batch = q.size(0), steps = q.size(1), heads = q.size(2), width = q.size(3), room = keys.size(1), kv_heads = keys.size(2);
  TORCH_CHECK(keys.is_contiguous() && values.is_contiguous() && keys.scalar_type() == at::kFloat, "the cache must be contiguous f32");
  const int64_t groups = heads / kv_heads, kv_stride = kv_heads * width;
  const auto host_lengths = lengths.to(at::kCPU, at::kLong);
  const int64_t* filled = host_lengths.data_ptr<int64_t>();
  for (int64_t b = 0; b < batch; ++b) TORCH_CHECK(filled[b] >= steps && filled[b] <= room, "length ", filled[b], " does not fit a cache of ", room);
  Tensor out = at::empty_like(q);
  const float *pq = q.data_ptr<float>(), *pk = keys.data_ptr<float>(), *pv = values.data_ptr<float>();
  float* po = out.data_ptr<float>();
  at::parallel_for(0, batch * steps * heads, std::max<int64_t>(1, 32768 / std::max<int64_t>(1, filled[0] * width)), [&](int64_t begin, int64_t end) {
    std::vector<float> scores;
    for (int64_t task = begin; task < end; ++task) {
      const int64_t head = task % heads, step = task / heads % steps, b = task / heads / steps;
      const int64_t to = filled[b] - steps + step + 1, from = window > 0 ? std::max<int64_t>(0, to - window) : 0;
      const int64_t at = b * room * kv_stride + head / groups * width;
      const float* query = pq + task * width;
      scores.resize(static_cast<size_t>(to));
      for (int64_t j = from; j < to; ++j) scores[static_cast<size_t>(j)] = dot(query, pk + at + j * kv_stride, width) * static_cast<float>(scale);
      const float top = largest(scores.data() + from, to - from);
      float total = 0;
      float* target = po + task * width;
      std::fill(target, target + width, 0.0f);
      for (int64_t j = from; j < to; ++j) {
        const float weight = fast_exp(scores[static_cast<size_t>(j)] - top);
        total += weight;
        add_scaled(target, pv + at + j * kv_stride, weight, width);
      }
      const float inverse = 1.0f / total;
      for (int64_t i = 0; i < width; ++i) target[i] *= inverse;
    }
  });
  return out;
}

}  // namespace cpu
}  // namespace adapterhub
