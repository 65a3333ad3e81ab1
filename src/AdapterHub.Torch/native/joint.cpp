// One frozen layer under several adapters that are trained at the same time, each on its own rows of the batch.
#include "compat.h"
#include "dropout.h"
#include "kernels.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <vector>

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace adapterhub {
namespace {

// Adapters that follow each other with factors of one shape, rows of one number and one scale: one batched product does them all.
struct Group {
  int64_t first, count, start, rows;
  double scale;
  Tensor a, b, h;  // (count, r, in), (count, out, r), (count, rows, r)

  // x (N, width): the rows of this group as (count, rows, width), without a copy.
  Tensor of(const Tensor& x) const { return x.narrow(0, start, count * rows).view({count, rows, x.size(1)}); }
};

std::vector<Group> group(at::TensorList a, at::TensorList b, at::IntArrayRef starts, at::IntArrayRef rows, const double* scales, at::ScalarType type) {
  std::vector<Group> groups;
  const auto count = static_cast<int64_t>(a.size());
  for (int64_t i = 0; i < count; ++i) {
    if (!groups.empty()) {
      auto& last = groups.back();
      const bool joins = a[i].sizes() == a[last.first].sizes() && rows[i] == last.rows && starts[i] == last.start + last.count * last.rows && scales[i] == last.scale;
      if (joins) {
        ++last.count;
        continue;
      }
    }
    groups.push_back({i, 1, starts[i], rows[i], scales[i], {}, {}, {}});
  }
  for (auto& g : groups) {
    const auto stack = [&](at::TensorList all) {
      auto factors = all.slice(g.first, g.count);
      return (g.count == 1 ? factors[0].unsqueeze(0) : at::stack(factors)).to(type);
    };
    g.a = stack(a);
    g.b = stack(b);
  }
  return groups;
}

// y = x W^T + bias, and on the rows of adapter i + s_i (dropout(x) A_i^T) B_i^T; x (N, in), W (out, in), A_i (r_i, in), B_i (out, r_i).
// The base is frozen: no gradient for W. Factors may be kept in f32 under a half-precision base; their gradients are f32 then.
struct JointLoraLinear : Function<JointLoraLinear> {
  static Tensor forward(AutogradContext* context, Tensor x, Tensor weight, AH_OPTIONAL<Tensor> bias, at::TensorList a, at::TensorList b,
                        at::IntArrayRef starts, at::IntArrayRef rows, Tensor scales, double dropout, AH_OPTIONAL<Tensor> kept) {
    Tensor dropped, mask;
    std::tie(dropped, mask) = drop(x, dropout, kept);
    auto groups = group(a, b, starts, rows, scales.data_ptr<double>(), x.scalar_type());
    Tensor y;
    const auto add = [&](double beta) {
      for (auto& g : groups) {
        g.h = at::bmm(g.of(dropped), g.a.transpose(1, 2));
        g.of(y).baddbmm_(g.h, g.b.transpose(1, 2), beta, g.scale);
      }
    };
    if (x.is_cuda() && !bias.has_value()) {  // the small products first: the large one then adds in its epilogue
      int64_t covered = 0;
      for (const auto& g : groups) covered += g.count * g.rows;
      y = covered == x.size(0) ? at::empty({x.size(0), weight.size(0)}, x.options()) : at::zeros({x.size(0), weight.size(0)}, x.options());
      add(0);
      y.addmm_(x, weight.t());
    } else {
      y = bias.has_value() ? at::addmm(*bias, x, weight.t()) : at::mm(x, weight.t());
      add(1);
    }
    variable_list saved{x, weight, mask};
    for (const auto& g : groups) {
      saved.insert(saved.end(), {g.a, g.b, g.h});
    }
    context->save_for_backward(saved);
    auto& data = context->saved_data;
    std::vector<int64_t> shape;
    std::vector<double> group_scales;
    for (const auto& g : groups) {
      shape.insert(shape.end(), {g.first, g.count, g.start, g.rows});
      group_scales.push_back(g.scale);
    }
    data["groups"] = shape;
    data["scales"] = group_scales;
    data["dropout"] = dropout;
    data["adapters"] = static_cast<int64_t>(a.size());
    data["adapter_type"] = static_cast<int64_t>(a[0].scalar_type());
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &mask = saved[2];
    auto& data = context->saved_data;
    const auto shape = data["groups"].toIntVector();
    const auto scales = data["scales"].toDoubleVector();
    const double keep = 1 - data["dropout"].toDouble();
    const auto adapters = data["adapters"].toInt();
    const auto type = static_cast<at::ScalarType>(data["adapter_type"].toInt());
    const bool wants_dx = context->needs_input_grad(0);
    auto g = grads[0].contiguous();
    auto dropped = mask.defined() ? x * mask / keep : x;
    Tensor dx;
    if (wants_dx) dx = mask.defined() ? at::zeros_like(x) : at::mm(g, weight);
    variable_list out(3 + 2 * adapters + 5);
    for (size_t k = 0; k < scales.size(); ++k) {
      const Group part{shape[4 * k], shape[4 * k + 1], shape[4 * k + 2], shape[4 * k + 3], scales[k], saved[3 + 3 * k], saved[4 + 3 * k], saved[5 + 3 * k]};
      auto rows = part.of(g);
      auto db = at::bmm(rows.transpose(1, 2), part.h).to(type).mul_(part.scale);
      auto dh = at::bmm(rows, part.b).mul_(part.scale);
      auto da = at::bmm(dh.transpose(1, 2), part.of(dropped)).to(type);
      if (wants_dx) part.of(dx).baddbmm_(dh, part.a);
      for (int64_t i = 0; i < part.count; ++i) {
        out[3 + part.first + i] = da.select(0, i);
        out[3 + adapters + part.first + i] = db.select(0, i);
      }
    }
    if (wants_dx && mask.defined()) dx.mul_(mask).div_(keep).addmm_(g, weight);
    if (wants_dx) out[0] = dx;
    return out;
  }
};

Tensor joint_lora_linear(const Tensor& x, const Tensor& weight, const AH_OPTIONAL<Tensor>& bias, at::TensorList a, at::TensorList b, at::IntArrayRef starts,
                         at::IntArrayRef rows, const Tensor& scales, double dropout, const AH_OPTIONAL<Tensor>& kept) {
  TORCH_CHECK(!a.empty() && a.size() == b.size() && a.size() == starts.size() && a.size() == rows.size() && static_cast<int64_t>(a.size()) == scales.numel() &&
                  !scales.is_cuda() && scales.scalar_type() == at::kDouble,
              "joint_lora_linear takes as many A, B, starts, rows and scales (f64 on the CPU), given ", a.size(), ", ", b.size(), ", ", starts.size(), ", ",
              rows.size(), ", ", scales.sizes());
  return JointLoraLinear::apply(x.contiguous(), weight, bias, a, b, starts, rows, scales, dropout, kept);
}

}  // namespace
}  // namespace adapterhub

TORCH_LIBRARY_FRAGMENT(adapterhub, library) {
  using namespace adapterhub;
  library.def(
      "joint_lora_linear(Tensor x, Tensor weight, Tensor? bias, Tensor[] a, Tensor[] b, int[] starts, int[] rows, Tensor scales, float dropout, Tensor? kept=None) -> Tensor",
      joint_lora_linear);
}
