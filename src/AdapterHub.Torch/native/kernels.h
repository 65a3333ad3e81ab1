// What a device must offer the fused operators. Tensors arrive contiguous, of one floating type unless said otherwise;
// outputs are allocated by the caller. rstd, losses and rotary tables are f32.
#pragma once
#include <ATen/ATen.h>

namespace adapterhub {

#define AH_KERNELS                                                                                                          \
  /* sum = x + residual (x alone where residual is undefined), y = sum * rstd * weight over the last dimension */           \
  void rms_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& weight, double eps, at::Tensor& y,       \
                at::Tensor& sum, at::Tensor& rstd);                                                                         \
  /* dx is the gradient of sum; dsum (may be undefined) is what already flows into sum */                                   \
  void rms_norm_backward(const at::Tensor& dy, const at::Tensor& dsum, const at::Tensor& sum, const at::Tensor& weight,     \
                         const at::Tensor& rstd, at::Tensor& dx);                                                           \
  void swiglu(const at::Tensor& gate, const at::Tensor& up, at::Tensor& y);                                                 \
  void swiglu_backward(const at::Tensor& dy, const at::Tensor& gate, const at::Tensor& up, at::Tensor& dgate,               \
                       at::Tensor& dup);                                                                                    \
  /* x (N, H, D), cos and sin (P, D/2), positions (N) int64; sign -1 turns back */                                          \
  void rope(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, const at::Tensor& positions, float sign,     \
            at::Tensor& y);                                                                                                 \
  /* logits (N, V) become their gradient times scale (f32 scalar tensor); losses (N) f32, 0 where the label is < 0 */        \
  void cross_entropy_(at::Tensor& logits, const at::Tensor& labels, const at::Tensor& scale, at::Tensor& losses, bool gradient);

namespace cpu {
AH_KERNELS
// y (N, out) = x (N, in) W (out, in)^T for the one to four rows of a decoding step, where a matrix product is overhead.
bool can_small_linear(const at::Tensor& x, const at::Tensor& weight);
at::Tensor small_linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& cumulative, double scale,
                     int64_t window, at::Tensor& log_sum_exp);
void attention_backward(const at::Tensor& grad, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& out,
                        const at::Tensor& log_sum_exp, const at::Tensor& cumulative, double scale, int64_t window, at::Tensor& dq,
                        at::Tensor& dk, at::Tensor& dv);
at::Tensor cached_attention(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values, const at::Tensor& lengths,
                            double scale, int64_t window);
void adamw_(at::TensorList parameters, at::TensorList grads, at::TensorList first, at::TensorList second, double lr, double beta1,
            double beta2, double eps, double weight_decay, int64_t step, double grad_scale);
}  // namespace cpu

namespace cuda {
AH_KERNELS
}  // namespace cuda

}  // namespace adapterhub
