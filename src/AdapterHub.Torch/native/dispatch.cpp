// One way into every operator: look it up by name, push the arguments in schema order, call it boxed.
#include "compat.h"
#include "guard.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <mutex>
#include <sstream>
#include <unordered_map>

using namespace adapterhub;

struct ah_op_s {
  c10::OperatorHandle handle;
  std::vector<c10::IValue> defaults;
  std::vector<char> has_default;
  std::string text;
};

namespace {

c10::IValue tensors(const ah_value& value) {
  c10::List<at::Tensor> list;
  list.reserve(static_cast<size_t>(value.length));
  auto* handles = static_cast<ah_tensor*>(value.value.p);
  for (int32_t i = 0; i < value.length; ++i) list.push_back(borrow(handles[i]));
  return list;
}

// A `Tensor?[]` argument (aten::index) wants optional items even where none is missing.
c10::IValue optional_tensors(const ah_value& value) {
  c10::List<AH_OPTIONAL<at::Tensor>> list;
  list.reserve(static_cast<size_t>(value.length));
  auto* handles = static_cast<ah_tensor*>(value.value.p);
  for (int32_t i = 0; i < value.length; ++i)
    list.push_back(handles[i] == nullptr ? AH_OPTIONAL<at::Tensor>() : AH_OPTIONAL<at::Tensor>(borrow(handles[i])));
  return list;
}

bool wants_optional_items(const c10::Argument& argument) {
  const auto& type = argument.type();
  return type->kind() == c10::TypeKind::ListType && type->castRaw<c10::ListType>()->getElementType()->kind() == c10::TypeKind::OptionalType;
}

c10::IValue unpack(const ah_op_s& op, size_t index, const ah_value& value) {
  switch (value.kind) {
    case AH_NONE: return c10::IValue();
    case AH_TENSOR: return borrow(static_cast<ah_tensor>(value.value.p));
    case AH_TENSORS: return wants_optional_items(op.handle.schema().arguments()[index]) ? optional_tensors(value) : tensors(value);
    case AH_INT: return value.value.i;
    case AH_DOUBLE: return value.value.d;
    case AH_BOOL: return value.value.i != 0;
    case AH_INTS: return c10::IValue(at::IntArrayRef(static_cast<int64_t*>(value.value.p), static_cast<size_t>(value.length)));
    case AH_DOUBLES: return c10::IValue(at::ArrayRef<double>(static_cast<double*>(value.value.p), static_cast<size_t>(value.length)));
    case AH_STRING: return std::string(static_cast<const char*>(value.value.p), static_cast<size_t>(value.length));
    case AH_DEVICE:
      return at::Device(static_cast<c10::DeviceType>(value.value.i >> 8), static_cast<c10::DeviceIndex>(value.value.i & 0xff));
    case AH_DEFAULT:
      TORCH_CHECK(op.has_default[index], op.handle.schema().name(), " has no default for argument ", op.handle.schema().arguments()[index].name());
      return op.defaults[index];
    default: TORCH_CHECK(false, "argument ", index, " of ", op.handle.schema().name(), " is of an unknown kind ", value.kind);
  }
}

// Lists of tensors are laid out one slot an item, so that every slot owns at most one tensor.
void pack(c10::IValue&& value, ah_value* results, int32_t capacity, int32_t* at) {
  if (value.isTensorList()) {
    for (at::Tensor item : value.toTensorVector()) pack(c10::IValue(std::move(item)), results, capacity, at);
    return;
  }
  TORCH_CHECK(*at < capacity, "room for ", capacity, " results, the operator returns more");
  ah_value& slot = results[*at];
  slot.length = 0;
  if (value.isTensor()) {
    slot.kind = AH_TENSOR;
    slot.value.p = release(std::move(value).toTensor());
  } else if (value.isInt()) {
    slot.kind = AH_INT;
    slot.value.i = value.toInt();
  } else if (value.isDouble()) {
    slot.kind = AH_DOUBLE;
    slot.value.d = value.toDouble();
  } else if (value.isBool()) {
    slot.kind = AH_BOOL;
    slot.value.i = value.toBool() ? 1 : 0;
  } else if (value.isScalar()) {
    slot.kind = AH_DOUBLE;
    slot.value.d = value.toScalar().toDouble();
  } else if (value.isNone()) {
    slot.kind = AH_NONE;
    slot.value.p = nullptr;
  } else {
    TORCH_CHECK(false, "a result of type ", value.tagKind(), " cannot be passed on");
  }
  ++*at;
}

}  // namespace

int ah_op_find(const char* name, const char* overload, ah_op* op) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::unique_ptr<ah_op_s>> known;
  int status = AH_OK;
  int outcome = guarded([&] {
    std::lock_guard<std::mutex> lock(mutex);
    auto& entry = known[std::string(name) + "." + overload];
    if (entry == nullptr) {
      auto found = c10::Dispatcher::singleton().findSchema({name, overload});
      if (!found.has_value()) {
        status = fail(AH_NOT_FOUND, (std::string("libtorch ") + ah_torch_version() + " has no operator " + name + "." + overload).c_str());
        return;
      }
      entry.reset(new ah_op_s{*found, {}, {}, {}});
      for (const auto& argument : found->schema().arguments()) {
        entry->has_default.push_back(argument.default_value().has_value() ? 1 : 0);
        entry->defaults.push_back(argument.default_value().has_value() ? *argument.default_value() : c10::IValue());
      }
      std::ostringstream text;
      text << found->schema();
      entry->text = text.str();
    }
    *op = entry.get();
  });
  return outcome == AH_OK ? status : outcome;
}

int ah_op_schema(ah_op op, const char** text) {
  *text = op->text.c_str();
  return AH_OK;
}

int ah_op_call(ah_op op, const ah_value* arguments, int32_t count, ah_value* results, int32_t capacity, int32_t* returned) {
  *returned = 0;
  return guarded([&] {
    const size_t expected = op->defaults.size();
    TORCH_CHECK(static_cast<size_t>(count) <= expected, op->text, " takes ", expected, " arguments, given ", count);
    torch::jit::Stack stack;
    stack.reserve(expected);
    for (size_t i = 0; i < expected; ++i) {
      static const ah_value use_default{AH_DEFAULT, 0, {0}};
      stack.push_back(unpack(*op, i, i < static_cast<size_t>(count) ? arguments[i] : use_default));
    }
    op->handle.callBoxed(&stack);
    for (auto& value : stack) pack(std::move(value), results, capacity, returned);
  });
}
