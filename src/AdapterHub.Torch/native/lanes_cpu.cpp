// What a batch of lanes needs on the CPU: low-rank changes of which each row takes its own, and attention over keys and values in pages.
#include "lanes.h"
#include "vector_math.h"

#include <ATen/Parallel.h>

#include <vector>

using at::Tensor;

namespace adapterhub {
namespace cpu {
namespace {

constexpr int64_t kBlock = 64;
constexpr int64_t kFewQueries = 6;

// Where the keys and values of one row's positions lie.
struct Pages {
  const float *keys, *values;
  const int64_t* table;
  int64_t size, stride, head_at;

  int64_t at(int64_t position) const { return (table[position / size] * size + position % size) * stride + head_at; }
};

struct Scratch {
  std::vector<float> keys, values, scores;
};

// One query over the positions from .. to - 1.
void attend_one(const Pages& pages, const float* query, float* target, int64_t from, int64_t to, int64_t width, float scale, std::vector<float>& scores) {
  scores.resize(static_cast<size_t>(to));
  float* s = scores.data();
  for (int64_t page = from / pages.size * pages.size; page < to; page += pages.size) {
    const int64_t first = std::max(from, page), last = std::min(to, page + pages.size);
    const float* key = pages.keys + pages.at(first);
    for (int64_t j = first; j < last; ++j, key += pages.stride) s[j] = dot(query, key, width) * scale;
  }
  const float top = largest(s + from, to - from);
  float total = 0;
#pragma omp simd reduction(+ : total)
  for (int64_t j = from; j < to; ++j) total += s[j] = fast_exp(s[j] - top);
  std::fill(target, target + width, 0.0f);
  for (int64_t page = from / pages.size * pages.size; page < to; page += pages.size) {
    const int64_t first = std::max(from, page), last = std::min(to, page + pages.size);
    const float* value = pages.values + pages.at(first);
    for (int64_t j = first; j < last; ++j, value += pages.stride) add_scaled(target, value, s[j], width);
  }
  const float inverse = 1.0f / total;
  for (int64_t i = 0; i < width; ++i) target[i] *= inverse;
}

// Queries at positions first .. first + count - 1 in blocks, over keys laid side by side before.
void attend_blocks(const Pages& pages, const float* queries, int64_t q_stride, float* targets, int64_t first, int64_t count, int64_t heads, int64_t width,
                   float scale, int64_t window, Scratch& scratch) {
  const int64_t low = window > 0 ? std::max<int64_t>(0, first - window + 1) : 0, span = first + count - low;
  scratch.keys.resize(static_cast<size_t>(span * width));
  scratch.values.resize(static_cast<size_t>(span * width));
  scratch.scores.resize(static_cast<size_t>(kBlock * span));
  for (int64_t j = 0; j < span; ++j) {
    const int64_t at = pages.at(low + j);
    for (int64_t i = 0; i < width; ++i) scratch.keys[static_cast<size_t>(i * span + j)] = pages.keys[at + i];
    std::copy(pages.values + at, pages.values + at + width, scratch.values.data() + j * width);
  }
  float* scores = scratch.scores.data();
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t row = 0; row < count; row += kBlock) {
      const int64_t rows = std::min(kBlock, count - row), begin = window > 0 ? std::max<int64_t>(low, first + row - window + 1) : low;
      const int64_t keys = first + row + rows - begin;
      product(rows, keys, width, queries + row * q_stride + head * width, q_stride, 1, scratch.keys.data() + (begin - low), span, scores, keys, false);
      for (int64_t i = 0; i < rows; ++i) {
        float* s = scores + i * keys;
        const int64_t to = first + row + i + 1 - begin, from = window > 0 ? std::max<int64_t>(0, to - window) : 0;
        const float top = largest(s + from, to - from);
        float total = 0;
#pragma omp simd reduction(+ : total)
        for (int64_t j = from; j < to; ++j) total += s[j] = fast_exp((s[j] - top) * scale);
        const float inverse = 1.0f / total;
        for (int64_t j = from; j < to; ++j) s[j] *= inverse;
        std::fill(s, s + from, 0.0f);
        std::fill(s + to, s + keys, 0.0f);
      }
      product(rows, width, keys, scores, keys, 1, scratch.values.data() + (begin - low) * width, width, targets + row * q_stride + head * width, q_stride, false);
    }
}

}  // namespace

Tensor paged_attention(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& table, at::IntArrayRef starts, at::IntArrayRef lengths,
                       double scale, int64_t window) {
  TORCH_CHECK(keys.is_contiguous() && values.is_contiguous() && keys.scalar_type() == at::kFloat, "the pages must be contiguous f32");
  const int64_t rows = static_cast<int64_t>(lengths.size()), heads = q.size(1), width = q.size(2), kv_heads = keys.size(2), groups = heads / kv_heads;
  const int64_t room = table.size(1), limit = keys.size(0);
  const int64_t* places = table.data_ptr<int64_t>();
  int64_t work = 0;
  for (int64_t row = 0; row < rows; ++row) {
    TORCH_CHECK((lengths[row] + keys.size(1) - 1) / keys.size(1) <= room, "row ", row, " needs more than its ", room, " pages");
    for (int64_t page = 0; page * keys.size(1) < lengths[row]; ++page)
      TORCH_CHECK(places[row * room + page] >= 0 && places[row * room + page] < limit, "page ", places[row * room + page], " lies outside the cache of ", limit);
    work += (starts[row + 1] - starts[row]) * lengths[row] * width * groups;
  }
  Tensor out = at::empty_like(q);
  const float* pq = q.data_ptr<float>();
  float* po = out.data_ptr<float>();
  const int64_t q_stride = heads * width, tasks = rows * kv_heads;
  at::parallel_for(0, tasks, std::max<int64_t>(1, 65536 * tasks / std::max<int64_t>(1, work * kv_heads)), [&](int64_t begin, int64_t end) {
    Scratch scratch;
    for (int64_t task = begin; task < end; ++task) {
      const int64_t row = task / kv_heads, kv_head = task % kv_heads, count = starts[row + 1] - starts[row], first = lengths[row] - count;
      const Pages pages{keys.data_ptr<float>(), values.data_ptr<float>(), places + row * room, keys.size(1), kv_heads * width, kv_head * width};
      const int64_t at = starts[row] * q_stride + kv_head * groups * width;
      if (count >= kFewQueries) {
        attend_blocks(pages, pq + at, q_stride, po + at, first, count, groups, width, static_cast<float>(scale), window, scratch);
        continue;
      }
      for (int64_t step = 0; step < count; ++step)
        for (int64_t head = 0; head < groups; ++head) {
          const int64_t to = first + step + 1, from = window > 0 ? std::max<int64_t>(0, to - window) : 0, place = at + step * q_stride + head * width;
          attend_one(pages, pq + place, po + place, from, to, width, static_cast<float>(scale), scratch.scores);
        }
    }
  });
  return out;
}

void add_lanes_(Tensor& y, const Tensor& x, const Tensor& a, const Tensor& b, const Tensor& coefficients, const int64_t* lanes, at::IntArrayRef segments) {
  const int64_t rows = x.size(0), inputs = x.size(1), outputs = y.size(1), rank = a.size(1);
  const float *px = x.data_ptr<float>(), *pa = a.data_ptr<float>(), *pb = b.data_ptr<float>(), *pc = coefficients.data_ptr<float>();
  float* py = y.data_ptr<float>();
  const auto lane = [&](int64_t row) { return lanes == nullptr ? row : lanes[row]; };
  for (int64_t row = 0; row < rows; ++row) TORCH_CHECK(lane(row) >= 0 && lane(row) < coefficients.size(0), "lane ", lane(row), " has no weights");
  at::parallel_for(0, rows, std::max<int64_t>(kFewQueries, 1000000 / std::max<int64_t>(1, rank * (inputs + outputs))), [&](int64_t begin, int64_t end) {
    std::vector<float> hidden;
    for (size_t segment = 0; segment + 1 < segments.size(); ++segment) {
      const int64_t column = segments[segment], width = segments[segment + 1] - column;
      for (int64_t row = begin; row < end;) {
        int64_t last = row;  // rows side by side that take this adapter
        while (last < end && pc[lane(last) * rank + column] != 0) ++last;
        const int64_t count = last - row;
        if (count > 0) {
          hidden.resize(static_cast<size_t>(count * width));
          product(count, width, inputs, px + row * inputs, inputs, 1, pa + column, rank, hidden.data(), width, false);
          for (int64_t i = 0; i < count; ++i)
            for (int64_t k = 0; k < width; ++k) hidden[static_cast<size_t>(i * width + k)] *= pc[lane(row + i) * rank + column + k];
          product(count, outputs, width, hidden.data(), width, 1, pb + column * outputs, outputs, py + row * outputs, outputs, true);
        }
        row = last + 1;
      }
    }
  });
}

}  // namespace cpu
}  // namespace adapterhub
