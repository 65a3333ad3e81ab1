// Operators of a batch whose rows have adapters of their own; see lanes.cpp.
#pragma once
#include <ATen/ATen.h>

namespace adapterhub {
namespace cpu {
// q (N, H, D) f32; keys and values (pages, positions, KV, D); table (rows, M) int64: the pages of each row in order.
at::Tensor paged_attention(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values, const at::Tensor& table, at::IntArrayRef starts,
                           at::IntArrayRef lengths, double scale, int64_t window);
// y (N, out) += ((x a) c) b, all contiguous f32; the columns of a segment belong to one adapter, whose factor 0 skips it.
void add_lanes_(at::Tensor& y, const at::Tensor& x, const at::Tensor& a, const at::Tensor& b, const at::Tensor& coefficients, const int64_t* lanes,
                at::IntArrayRef segments);
}  // namespace cpu
}  // namespace adapterhub
