// What the adapter's path leaves out of its input while training.
#pragma once
#include "compat.h"

#include <ATen/ATen.h>

#include <tuple>

namespace adapterhub {

// dropout(x) and which elements stay (undefined where nothing is dropped); `kept` repeats an earlier draw.
inline std::tuple<at::Tensor, at::Tensor> drop(const at::Tensor& x, double chance, const AH_OPTIONAL<at::Tensor>& kept) {
  if (chance <= 0) return {x, at::Tensor()};
  if (!kept.has_value()) return at::native_dropout(x, chance, true);
  auto mask = kept->reshape(x.sizes());
  return {x.mul(mask).mul_(1 / (1 - chance)), mask};
}

}  // namespace adapterhub
