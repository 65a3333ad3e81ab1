// The few places where libtorch 1.13 and 2.x differ in their C++ interface.
#pragma once
#include <torch/version.h>

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
#include <optional>
#define AH_OPTIONAL std::optional
#define AH_ALLOCATOR_CONST
#else
#include <c10/util/Optional.h>
#define AH_OPTIONAL c10::optional
#define AH_ALLOCATOR_CONST const
#endif
