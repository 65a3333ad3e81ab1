// The fused operators, registered as adapterhub::* beside aten's and called the same way. Each keeps for backward only what
// it cannot cheaply make again.
#include "compat.h"
#include "dropout.h"
#include "kernels.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <initializer_list>

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

namespace adapterhub {
namespace {

#ifdef AH_WITH_CUDA
#define AH_RUN(tensor, call) ((tensor).is_cuda() ? cuda::call : cpu::call)
#else
#define AH_RUN(tensor, call) cpu::call
#endif

Tensor float_like(const Tensor& tensor, at::IntArrayRef sizes) { return at::empty(sizes, tensor.options().dtype(at::kFloat)); }

int64_t rows_of(const Tensor& tensor) { return tensor.size(-1) == 0 ? 0 : tensor.numel() / tensor.size(-1); }

struct RmsNorm : Function<RmsNorm> {
  static variable_list forward(AutogradContext* context, Tensor x, AH_OPTIONAL<Tensor> added, Tensor weight, double eps) {
    Tensor residual = added.has_value() ? *added : Tensor();
    x = x.contiguous();
    if (residual.defined()) residual = residual.contiguous();
    weight = weight.to(x.scalar_type()).contiguous();
    Tensor y = at::empty_like(x), sum = residual.defined() ? at::empty_like(x) : x, rstd = float_like(x, {rows_of(x)});
    AH_RUN(x, rms_norm(x, residual, weight, eps, y, sum, rstd));
    context->save_for_backward({sum, weight, rstd});
    context->saved_data["residual"] = residual.defined();
    return residual.defined() ? variable_list{y, sum} : variable_list{y};
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto saved = context->get_saved_variables();
    const Tensor &sum = saved[0], &weight = saved[1], &rstd = saved[2];
    const bool residual = context->saved_data["residual"].toBool();
    Tensor dsum = residual && grads[1].defined() ? grads[1].contiguous() : Tensor();
    if (!grads[0].defined()) return {dsum, residual ? dsum : Tensor(), Tensor(), Tensor()};
    Tensor dy = grads[0].contiguous(), dx = at::empty_like(sum), dweight;
    AH_RUN(dy, rms_norm_backward(dy, dsum, sum, weight, rstd, dx));
    if (context->needs_input_grad(residual ? 2 : 1)) {
      const int64_t width = sum.size(-1);
      auto normed = sum.reshape({-1, width}).to(at::kFloat).mul_(rstd.unsqueeze(1));
      dweight = normed.mul_(dy.reshape({-1, width})).sum(0);
    }
    return {dx, residual ? dx : Tensor(), dweight, Tensor()};
  }
};

struct SwiGlu : Function<SwiGlu> {
  static Tensor forward(AutogradContext* context, Tensor gate, Tensor up) {
    gate = gate.contiguous();
    up = up.contiguous();
    Tensor y = at::empty_like(gate);
    AH_RUN(gate, swiglu(gate, up, y));
    context->save_for_backward({gate, up});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto saved = context->get_saved_variables();
    Tensor dy = grads[0].contiguous(), dgate = at::empty_like(saved[0]), dup = at::empty_like(saved[1]);
    AH_RUN(dy, swiglu_backward(dy, saved[0], saved[1], dgate, dup));
    return {dgate, dup};
  }
};

struct Rope : Function<Rope> {
  static Tensor forward(AutogradContext* context, Tensor x, Tensor cos, Tensor sin, Tensor positions) {
    x = x.contiguous();
    Tensor y = at::empty_like(x);
    AH_RUN(x, rope(x, cos, sin, positions, 1.0f, y));
    context->save_for_backward({cos, sin, positions});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto saved = context->get_saved_variables();
    Tensor dy = grads[0].contiguous(), dx = at::empty_like(dy);
    AH_RUN(dy, rope(dy, saved[0], saved[1], saved[2], -1.0f, dx));
    return {dx, Tensor(), Tensor(), Tensor()};
  }
};

Tensor dense(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (cpu::can_small_linear(x, weight)) return cpu::small_linear(x, weight, bias);
  return bias.defined() ? at::addmm(bias, x, weight.t()) : at::mm(x, weight.t());
}

// y = x W^T + bias + s (dropout(x) A^T) B^T + s biasB; x (..., in), W (out, in), A (r, in), B (out, r); kept (bool, as x) says what dropout leaves.
// The base is frozen: no gradient for W. A and B may be kept in f32 under a half-precision base; their gradients are f32 then.
struct LoraLinear : Function<LoraLinear> {
  static Tensor forward(AutogradContext* context, Tensor input, Tensor weight, AH_OPTIONAL<Tensor> bias, Tensor a, Tensor b,
                        AH_OPTIONAL<Tensor> bias_b, double scale, double dropout, AH_OPTIONAL<Tensor> kept) {
    auto x = input.reshape({-1, input.size(-1)});
    auto a_cast = a.to(x.scalar_type()), b_cast = b.to(x.scalar_type());
    Tensor dropped, mask;
    std::tie(dropped, mask) = drop(x, dropout, kept);
    auto h = dense(dropped, a_cast, {});
    Tensor y;
    if (x.is_cuda() && !bias.has_value()) {  // the small product first: the large one then adds in its epilogue
      y = at::mm(h, b_cast.t()).mul_(scale);
      y.addmm_(x, weight.t());
    } else {
      y = dense(x, weight, bias.has_value() ? *bias : Tensor());
      y.addmm_(h, b_cast.t(), 1, scale);
    }
    if (bias_b.has_value()) y.add_(bias_b->to(x.scalar_type()), scale);
    context->save_for_backward({x, weight, a_cast, b_cast, h, mask});
    auto& data = context->saved_data;
    data["scale"] = scale;
    data["dropout"] = dropout;
    data["adapter_type"] = static_cast<int64_t>(a.scalar_type());
    data["bias_b"] = bias_b.has_value();
    data["input_sizes"] = input.sizes().vec();
    auto sizes = input.sizes().vec();
    sizes.back() = weight.size(0);
    return y.view(sizes);
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &a = saved[2], &b = saved[3], &h = saved[4], &mask = saved[5];
    auto& data = context->saved_data;
    const double scale = data["scale"].toDouble(), keep = 1 - data["dropout"].toDouble();
    const auto type = static_cast<at::ScalarType>(data["adapter_type"].toInt());
    auto g = grads[0].reshape({-1, grads[0].size(-1)});
    auto db = at::mm(g.t(), h).to(type).mul_(scale);
    auto dh = at::mm(g, b).mul_(scale);
    auto dropped = mask.defined() ? x * mask / keep : x;
    auto da = at::mm(dh.t(), dropped).to(type);
    Tensor dx, dbias_b;
    if (context->needs_input_grad(0)) {
      dx = at::mm(dh, a);
      if (mask.defined()) dx.mul_(mask).div_(keep);
      dx.addmm_(g, weight);
      dx = dx.view(data["input_sizes"].toIntVector());
    }
    if (data["bias_b"].toBool()) dbias_b = g.sum(0).to(type).mul_(scale);
    return {dx, Tensor(), Tensor(), da, db, dbias_b, Tensor(), Tensor(), Tensor()};
  }
};

// Rows of the head at a time, so that the logits never exist as a whole: at most 2^27 of them.
int64_t head_chunk(int64_t vocabulary, bool is_cuda) {
  const int64_t logits = is_cuda ? int64_t{1} << 27 : int64_t{1} << 22;
  return std::max<int64_t>(logits / vocabulary, 64);
}

// Sum over the rows of -log softmax(hidden W^T)[label] times scale. Gradients are made on the way forward.
struct LinearCrossEntropy : Function<LinearCrossEntropy> {
  static Tensor forward(AutogradContext* context, Tensor hidden, Tensor weight, Tensor labels, Tensor scale, bool grad_mode) {
    const bool train_weight = grad_mode && weight.requires_grad(), train = train_weight || (grad_mode && hidden.requires_grad());
    auto compute = weight.to(hidden.scalar_type());
    Tensor losses = float_like(hidden, {hidden.size(0)}), dhidden = train ? at::empty_like(hidden) : Tensor(), dweight;
    const int64_t chunk = head_chunk(weight.size(0), hidden.is_cuda());
    for (int64_t row = 0; row < hidden.size(0); row += chunk) {
      const int64_t count = std::min(chunk, hidden.size(0) - row);
      auto part = hidden.narrow(0, row, count);
      auto logits = at::mm(part, compute.t());
      auto part_losses = losses.narrow(0, row, count);
      AH_RUN(logits, cross_entropy_(logits, labels.narrow(0, row, count), scale, part_losses, train));
      if (!train) continue;
      auto target = dhidden.narrow(0, row, count);
      at::mm_out(target, logits, compute);
      if (!train_weight) continue;
      auto part_weight = at::mm(logits.t(), part).to(weight.scalar_type());
      dweight = dweight.defined() ? dweight.add_(part_weight) : part_weight;
    }
    context->save_for_backward({dhidden, dweight});
    return losses.sum() * scale.reshape({});
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto saved = context->get_saved_variables();
    auto dhidden = saved[0].defined() && context->needs_input_grad(0) ? saved[0] * grads[0].to(saved[0].scalar_type()) : Tensor();
    auto dweight = saved[1].defined() ? saved[1] * grads[0].to(saved[1].scalar_type()) : Tensor();
    return {dhidden, dweight, Tensor(), Tensor(), Tensor()};
  }
};

struct CpuAttention : Function<CpuAttention> {
  static Tensor forward(AutogradContext* context, Tensor q, Tensor k, Tensor v, Tensor cumulative, double scale, int64_t window) {
    q = q.contiguous();
    k = k.contiguous();
    v = v.contiguous();
    Tensor log_sum_exp;
    auto out = cpu::attention(q, k, v, cumulative, scale, window, log_sum_exp);
    context->save_for_backward({q, k, v, out, log_sum_exp, cumulative});
    context->saved_data["scale"] = scale;
    context->saved_data["window"] = window;
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto s = context->get_saved_variables();
    Tensor dq = at::empty_like(s[0]), dk = at::zeros_like(s[1]), dv = at::zeros_like(s[2]);
    cpu::attention_backward(grads[0].contiguous(), s[0], s[1], s[2], s[3], s[4], s[5], context->saved_data["scale"].toDouble(),
                            context->saved_data["window"].toInt(), dq, dk, dv);
    return {dq, dk, dv, Tensor(), Tensor(), Tensor()};
  }
};

// Calls an operator with the named arguments, the rest at their defaults: its list has grown from release to release.
c10::IValue call_named(const c10::OperatorHandle& op, std::initializer_list<std::pair<const char*, c10::IValue>> named) {
  torch::jit::Stack stack;
  for (const auto& argument : op.schema().arguments()) {
    auto given = std::find_if(named.begin(), named.end(), [&](const auto& item) { return argument.name() == item.first; });
    if (given != named.end())
      stack.push_back(given->second);
    else
      stack.push_back(argument.default_value().has_value() ? *argument.default_value() : c10::IValue());
  }
  op.callBoxed(&stack);
  return stack.front();
}

// Attention with a mask made from the document boundaries: every type and device, memory quadratic in the row.
Tensor masked_attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& cumulative, double scale, int64_t window) {
  const int64_t length = q.size(0), groups = q.size(1) / k.size(1);
  auto place = at::arange(length, q.options().dtype(at::kLong));
  auto document = at::searchsorted(cumulative.slice(0, 1).to(at::kLong).contiguous(), place, false, true);
  auto allowed = document.unsqueeze(1).eq(document.unsqueeze(0)).logical_and(place.unsqueeze(1).ge(place.unsqueeze(0)));
  if (window > 0) allowed = allowed.logical_and((place.unsqueeze(1) - place.unsqueeze(0)).lt(window));
  auto heads = [&](const Tensor& t) { return t.repeat_interleave(groups, 1).transpose(0, 1); };
  auto scores = at::matmul(q.transpose(0, 1), heads(k).transpose(1, 2)).mul(scale).masked_fill(allowed.logical_not(), -INFINITY);
  return at::matmul(at::softmax(scores, -1, at::kFloat).to(q.scalar_type()), heads(v)).transpose(0, 1).contiguous();
}

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& cumulative, int64_t longest, double scale, int64_t window) {
  TORCH_CHECK(q.dim() == 3 && k.dim() == 3 && q.size(1) % k.size(1) == 0, "attention takes q (N, H, D) and k, v (N, KV, D) with KV dividing H, given ",
              q.sizes(), " and ", k.sizes());
  if (!q.is_cuda() && q.scalar_type() == at::kFloat) return CpuAttention::apply(q, k, v, cumulative, scale, window);
  static const auto flash = c10::Dispatcher::singleton().findSchema({"aten::_flash_attention_forward", ""});
  const bool half = q.scalar_type() == at::kHalf || q.scalar_type() == at::kBFloat16;
  if (!q.is_cuda() || !half || !flash.has_value() || q.size(2) % 8 != 0 || q.size(2) > 256)
    return masked_attention(q, k, v, cumulative, scale, window);
  const c10::IValue left = window > 0 ? c10::IValue(window - 1) : c10::IValue();
  return call_named(*flash, {{"query", q}, {"key", k}, {"value", v}, {"cum_seq_q", cumulative}, {"cum_seq_k", cumulative},
                             {"max_q", longest}, {"max_k", longest}, {"dropout_p", 0.0}, {"is_causal", true}, {"return_debug_mask", false},
                             {"scale", scale}, {"window_size_left", left}, {"window_size_right", window > 0 ? c10::IValue(int64_t{0}) : c10::IValue()}})
      .toTensor();
}

// q (B, T, H, D) at positions lengths[b] - T .. lengths[b] - 1; keys and values (B, room, KV, D) of which lengths[b] are filled.
Tensor cached_attention(const Tensor& q, const Tensor& keys, const Tensor& values, const Tensor& lengths, double scale, int64_t window) {
  if (!q.is_cuda() && q.scalar_type() == at::kFloat) return cpu::cached_attention(q.contiguous(), keys, values, lengths, scale, window);
  const int64_t batch = q.size(0), steps = q.size(1), heads = q.size(2), width = q.size(3), room = keys.size(1), kv = keys.size(2);
  const int64_t groups = heads / kv;
  auto key_place = at::arange(room, lengths.options()).view({1, 1, room});
  auto place = (lengths.view({batch, 1}) - steps + at::arange(steps, lengths.options())).unsqueeze(2);
  auto allowed = key_place.le(place);
  if (window > 0) allowed = allowed.logical_and((place - key_place).lt(window));
  auto grouped = q.view({batch, steps, kv, groups, width}).permute({0, 2, 3, 1, 4}).reshape({batch, kv, groups * steps, width});
  auto scores = at::matmul(grouped, keys.permute({0, 2, 3, 1})).view({batch, kv, groups, steps, room});
  auto weights = at::softmax(scores.to(at::kFloat).mul(scale).masked_fill(allowed.logical_not().view({batch, 1, 1, steps, room}), -INFINITY), -1);
  auto out = at::matmul(weights.to(q.scalar_type()).view({batch, kv, groups * steps, room}), values.transpose(1, 2));
  return out.view({batch, kv, groups, steps, width}).permute({0, 3, 1, 2, 4}).reshape({batch, steps, heads, width});
}

Tensor rms_norm(const Tensor& x, const Tensor& weight, double eps) { return RmsNorm::apply(x, AH_OPTIONAL<Tensor>(), weight, eps)[0]; }

std::tuple<Tensor, Tensor> add_rms_norm(const Tensor& x, const Tensor& residual, const Tensor& weight, double eps) {
  auto both = RmsNorm::apply(x, AH_OPTIONAL<Tensor>(residual), weight, eps);
  return std::make_tuple(both[0], both[1]);
}

Tensor swiglu(const Tensor& gate, const Tensor& up) { return SwiGlu::apply(gate, up); }

Tensor rope(const Tensor& x, const Tensor& cos, const Tensor& sin, const Tensor& positions) { return Rope::apply(x, cos, sin, positions); }

Tensor linear(const Tensor& x, const Tensor& weight, const AH_OPTIONAL<Tensor>& bias) {
  auto flat = x.reshape({-1, x.size(-1)});
  if (!at::GradMode::is_enabled() && cpu::can_small_linear(flat, weight)) {
    auto sizes = x.sizes().vec();
    sizes.back() = weight.size(0);
    return cpu::small_linear(flat, weight, bias.has_value() ? *bias : Tensor()).view(sizes);
  }
  return at::linear(x, weight, bias);
}

Tensor lora_linear(const Tensor& x, const Tensor& weight, const AH_OPTIONAL<Tensor>& bias, const Tensor& a, const Tensor& b,
                   const AH_OPTIONAL<Tensor>& bias_b, double scale, double dropout, const AH_OPTIONAL<Tensor>& kept) {
  return LoraLinear::apply(x, weight, bias, a, b, bias_b, scale, dropout, kept);
}

Tensor linear_cross_entropy(const Tensor& hidden, const Tensor& weight, const Tensor& labels, const Tensor& scale) {
  return LinearCrossEntropy::apply(hidden.contiguous(), weight, labels, scale, at::GradMode::is_enabled());
}

// -log p(label) of every row of logits (N, V), f32.
Tensor token_losses(const Tensor& logits, const Tensor& labels) {
  auto copy = logits.contiguous();
  Tensor losses = float_like(copy, {copy.size(0)}), scale = at::ones({1}, copy.options().dtype(at::kFloat));
  AH_RUN(copy, cross_entropy_(copy, labels, scale, losses, false));
  return losses;
}

void adamw_(at::TensorList parameters, at::TensorList grads, at::TensorList first, at::TensorList second, double lr, double beta1, double beta2,
            double eps, double weight_decay, int64_t step, double grad_scale) {
  cpu::adamw_(parameters, grads, first, second, lr, beta1, beta2, eps, weight_decay, step, grad_scale);
}

}  // namespace
}  // namespace adapterhub

TORCH_LIBRARY(adapterhub, library) {
  using namespace adapterhub;
  library.def("rms_norm(Tensor x, Tensor weight, float eps) -> Tensor", rms_norm);
  library.def("add_rms_norm(Tensor x, Tensor residual, Tensor weight, float eps) -> (Tensor, Tensor)", add_rms_norm);
  library.def("swiglu(Tensor gate, Tensor up) -> Tensor", swiglu);
  library.def("rope(Tensor x, Tensor cos, Tensor sin, Tensor positions) -> Tensor", rope);
  library.def("linear(Tensor x, Tensor weight, Tensor? bias=None) -> Tensor", linear);
  library.def("lora_linear(Tensor x, Tensor weight, Tensor? bias, Tensor a, Tensor b, Tensor? bias_b, float scale, float dropout, Tensor? kept=None) -> Tensor", lora_linear);
  library.def("linear_cross_entropy(Tensor hidden, Tensor weight, Tensor labels, Tensor scale) -> Tensor", linear_cross_entropy);
  library.def("token_losses(Tensor logits, Tensor labels) -> Tensor", token_losses);
  library.def("attention(Tensor q, Tensor k, Tensor v, Tensor cumulative, int longest, float scale, int window) -> Tensor", attention);
  library.def("cached_attention(Tensor q, Tensor keys, Tensor values, Tensor lengths, float scale, int window) -> Tensor", cached_attention);
  library.def("adamw_(Tensor(a!)[] parameters, Tensor[] grads, Tensor(b!)[] first, Tensor(c!)[] second, float lr, float beta1, float beta2, float eps, float weight_decay, int step, float grad_scale) -> ()", adamw_);
}
