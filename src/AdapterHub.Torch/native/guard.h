// The border: turns every C++ exception into a status and a message.
#pragma once
#include "adapterhub_torch.h"

#include <ATen/ATen.h>
#include <string>

namespace adapterhub {

int fail(int status, const char* message);

// Tensor handles are the TensorImpl itself with one reference owned by the caller: no wrapper is allocated.
inline ah_tensor release(at::Tensor tensor) {
  return tensor.defined() ? reinterpret_cast<ah_tensor>(tensor.unsafeReleaseTensorImpl()) : nullptr;
}

inline at::Tensor borrow(ah_tensor handle) {
  using Pointer = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>;
  if (handle == nullptr) return at::Tensor();
  auto* impl = reinterpret_cast<at::TensorImpl*>(handle);
  return at::Tensor(Pointer::unsafe_reclaim_from_nonowning(impl));
}

inline at::Tensor take(ah_tensor handle) {
  using Pointer = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>;
  return handle == nullptr ? at::Tensor() : at::Tensor(Pointer::reclaim(reinterpret_cast<at::TensorImpl*>(handle)));
}

bool is_out_of_memory(const std::exception& error);

template <class Body>
int guarded(Body&& body) noexcept {
  try {
    body();
    return AH_OK;
  } catch (const c10::Error& error) {
    return fail(is_out_of_memory(error) ? AH_OUT_OF_MEMORY : AH_ERROR, error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    return fail(AH_OUT_OF_MEMORY, "the machine's memory is exhausted");
  } catch (const std::exception& error) {
    return fail(is_out_of_memory(error) ? AH_OUT_OF_MEMORY : AH_ERROR, error.what());
  } catch (...) {
    return fail(AH_ERROR, "an unknown C++ exception");
  }
}

}  // namespace adapterhub
