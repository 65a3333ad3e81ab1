// Operators of a batch whose rows have adapters and lengths of their own. Without gradients.
#include "lanes.h"

#include "compat.h"
#include "kernels.h"

#include <torch/library.h>

#include <algorithm>
#include <vector>

using at::Tensor;

namespace adapterhub {
namespace {

// The pages of some rows side by side: (rows, M * positions, KV, D).
Tensor gather(const Tensor& pool, const Tensor& table) {
  return pool.index_select(0, table.reshape({-1})).view({table.size(0), table.size(1) * pool.size(1), pool.size(2), pool.size(3)});
}

// q (B, T, H, D), the last T of lengths (B) positions of keys and values (B, room, KV, D).
Tensor dense_attention(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& lengths, double scale, int64_t window) {
  const int64_t batch = q.size(0), steps = q.size(1), heads = q.size(2), width = q.size(3), room = keys.size(1), kv = keys.size(2), groups = heads / kv;
  auto key_place = at::arange(room, lengths.options()).view({1, 1, room});
  auto place = (lengths.view({batch, 1}) - steps + at::arange(steps, lengths.options())).unsqueeze(2);
  auto allowed = key_place.le(place);
  if (window > 0) allowed = allowed.logical_and((place - key_place).lt(window));
  auto grouped = q.view({batch, steps, kv, groups, width}).permute({0, 2, 3, 1, 4}).reshape({batch, kv, groups * steps, width});
  auto scores = at::matmul(grouped, keys.permute({0, 2, 3, 1})).view({batch, kv, groups, steps, room});
  auto weights = at::softmax(scores.to(at::kFloat).mul(scale).masked_fill(allowed.logical_not().view({batch, 1, 1, steps, room}), -INFINITY), -1);
  auto out = at::matmul(weights.to(q.scalar_type()).view({batch, kv, groups * steps, room}), values.transpose(1, 2));
  return out.view({batch, kv, groups, steps, width}).permute({0, 3, 1, 2, 4}).reshape({batch * steps, heads, width});
}

// Rows starts[r] .. starts[r + 1] - 1 of q (N, H, D) are the last positions of a text of lengths[r], whose keys and values lie in the pages of
// table (rows, M). Neighbours with as many tokens go together: rows of one token, and lanes that read the same prompt.
Tensor paged_attention(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& table, at::IntArrayRef starts, at::IntArrayRef lengths,
                       double scale, int64_t window) {
  TORCH_CHECK(q.dim() == 3 && keys.dim() == 4 && starts.size() == lengths.size() + 1 && table.size(0) == static_cast<int64_t>(lengths.size()) &&
                  starts.back() == q.size(0) && q.size(1) % keys.size(2) == 0,
              "paged_attention takes q (N, H, D), pages (P, S, KV, D), a row of the table for each length, given ", q.sizes(), ", ", keys.sizes(), " and ",
              table.sizes());
  if (!q.is_cuda() && q.scalar_type() == at::kFloat) return cpu::paged_attention(q.contiguous(), keys, values, table, starts, lengths, scale, window);
  const int64_t rows = table.size(0);
  auto filled = at::tensor(lengths, at::kLong).to(q.device());
  Tensor out = at::empty_like(q);
  int64_t row = 0;
  while (row < rows) {
    int64_t last = row + 1;
    const int64_t count = starts[row + 1] - starts[row];
    // Scores exist for all positions of a row at once, so long prompts go one by one.
    const int64_t most = std::max<int64_t>(1, (int64_t{1} << 26) / std::max<int64_t>(1, count * q.size(1) * table.size(1) * keys.size(1)));
    while (last < rows && last - row < most && starts[last + 1] - starts[last] == count) ++last;
    int64_t longest = 0;
    for (int64_t r = row; r < last; ++r) longest = std::max(longest, lengths[r]);
    auto pages = table.slice(0, row, last).slice(1, 0, (longest + keys.size(1) - 1) / keys.size(1));
    auto part = q.narrow(0, starts[row], (last - row) * count).view({last - row, count, q.size(1), q.size(2)});
    out.narrow(0, starts[row], (last - row) * count)
        .copy_(dense_attention(part, gather(keys, pages), gather(values, pages), filled.slice(0, row, last), scale, window));
    row = last;
  }
  return out;
}

// The same for one token of every row, with the lengths (rows) int64 on the device and all of the table looked at, so that nothing depends on what the
// host knows and the step can be recorded: q (rows, H, D).
Tensor paged_decode(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& table, const Tensor& lengths, double scale, int64_t window) {
  TORCH_CHECK(q.dim() == 3 && keys.dim() == 4 && table.size(0) == q.size(0) && lengths.size(0) == q.size(0) && q.size(1) % keys.size(2) == 0,
              "paged_decode takes q (N, H, D), pages (P, S, KV, D), a row of the table and a length for each row of q, given ", q.sizes(), ", ", keys.sizes(), ", ",
              table.sizes(), " and ", lengths.sizes());
  return dense_attention(q.unsqueeze(1), gather(keys, table), gather(values, table), lengths, scale, window);
}

// x W^T + bias + ((x a) c) b: a (in, R) and b (R, out) hold the factors of all adapters side by side, c (L, R) what each counts in a lane, lanes (N)
// int64 the lane of each row of x (absent: the rows are the lanes), segments where the columns of each adapter begin, and R.
Tensor lane_linear(const Tensor& x, const Tensor& weight, const AH_OPTIONAL<Tensor>& bias, const Tensor& a, const Tensor& b, const Tensor& coefficients,
                   const AH_OPTIONAL<Tensor>& lanes, at::IntArrayRef segments) {
  TORCH_CHECK(x.dim() == 2 && a.size(0) == x.size(1) && b.size(1) == weight.size(0) && a.size(1) == b.size(0) && coefficients.size(1) == a.size(1),
              "lane_linear takes x (N, in), a (in, R), b (R, out), c (L, R), given ", x.sizes(), ", ", a.sizes(), ", ", b.sizes(), ", ", coefficients.sizes());
  const Tensor base_bias = bias.has_value() ? *bias : Tensor();
  const auto dense = [&] {
    if (cpu::can_small_linear(x, weight)) return cpu::small_linear(x, weight, base_bias);
    return base_bias.defined() ? at::addmm(base_bias, x, weight.t()) : at::mm(x, weight.t());
  };
  if (!x.is_cuda() && x.scalar_type() == at::kFloat) {
    Tensor y = dense();
    cpu::add_lanes_(y, x.contiguous(), a, b, coefficients, lanes.has_value() ? lanes->data_ptr<int64_t>() : nullptr, segments);
    return y;
  }
  auto c = lanes.has_value() ? coefficients.index_select(0, *lanes) : coefficients;
  auto hidden = at::mm(x, a).mul_(c.to(x.scalar_type()));
  return dense().addmm_(hidden, b);
}

}  // namespace
}  // namespace adapterhub

TORCH_LIBRARY_FRAGMENT(adapterhub, library) {
  using namespace adapterhub;
  library.def("paged_attention(Tensor q, Tensor keys, Tensor values, Tensor table, int[] starts, int[] lengths, float scale, int window) -> Tensor",
              paged_attention);
  library.def("paged_decode(Tensor q, Tensor keys, Tensor values, Tensor table, Tensor lengths, float scale, int window) -> Tensor", paged_decode);
  library.def("lane_linear(Tensor x, Tensor weight, Tensor? bias, Tensor a, Tensor b, Tensor c, Tensor? lanes, int[] segments) -> Tensor", lane_linear);
}
