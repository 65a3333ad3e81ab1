/* The whole C interface between AdapterHub.Torch and libtorch.
 *
 * Every function returns a status. Anything but AH_OK leaves a message for ah_last_error() on the same thread;
 * no C++ exception crosses this border. An ah_tensor is one owned reference to a tensor: whoever receives it
 * through an out parameter or a result slot frees it once with ah_tensor_free. */
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#define AH_API __attribute__((visibility("default")))

enum ah_status { AH_OK = 0, AH_ERROR = 1, AH_OUT_OF_MEMORY = 2, AH_NOT_FOUND = 3, AH_UNSUPPORTED = 4 };

/* What an ah_value holds. AH_DEFAULT stands for the default of the operator's schema. */
enum ah_kind {
  AH_NONE = 0, AH_TENSOR = 1, AH_TENSORS = 2, AH_INT = 3, AH_DOUBLE = 4, AH_BOOL = 5, AH_INTS = 6,
  AH_DOUBLES = 7, AH_STRING = 8, AH_DEVICE = 9, AH_DEFAULT = 10
};

typedef struct ah_tensor_s* ah_tensor;
typedef struct ah_op_s* ah_op;
typedef struct ah_mapping_s* ah_mapping;
typedef struct ah_graph_s* ah_graph;

/* Lists point at caller memory of `length` items that outlives the call. A device is type << 8 | index (-1: none). */
typedef struct {
  int32_t kind;
  int32_t length;
  union { int64_t i; double d; void* p; } value;
} ah_value;

typedef struct { int64_t live_bytes, peak_bytes, reserved_bytes, live_tensors; } ah_memory;

AH_API const char* ah_last_error(void);
AH_API int ah_abi_version(void);
AH_API const char* ah_torch_version(void);   /* "1.13.0", "2.11.0" */
AH_API const char* ah_build_settings(void);  /* at::show_config() */

/* Operators, looked up once by schema name ("aten::add") and overload ("Tensor", "" for none). */
AH_API int ah_op_find(const char* name, const char* overload, ah_op* op);
AH_API int ah_op_call(ah_op op, const ah_value* arguments, int32_t count, ah_value* results, int32_t capacity, int32_t* returned);
AH_API int ah_op_schema(ah_op op, const char** text);

/* Tensors. Sizes are in elements, dtypes are c10::ScalarType numbers. */
AH_API int ah_tensor_free(ah_tensor tensor);
AH_API int ah_tensor_clone_reference(ah_tensor tensor, ah_tensor* same);
AH_API int ah_tensor_describe(ah_tensor tensor, int32_t* dtype, int32_t* device, int64_t* numel, int32_t* ndim);
AH_API int ah_tensor_sizes(ah_tensor tensor, int64_t* sizes, int64_t* strides, int32_t capacity);
AH_API int ah_tensor_from_host(const void* data, int64_t bytes, int32_t dtype, const int64_t* sizes, int32_t ndim, ah_tensor* tensor);
AH_API int ah_tensor_to_host(ah_tensor tensor, void* data, int64_t bytes);

/* A file mapped once and shared by all tensors over it; private pages, so writing to a tensor never reaches the file. */
AH_API int ah_mapping_open(const char* path, ah_mapping* mapping);
AH_API int ah_mapping_close(ah_mapping mapping);
AH_API int ah_mapping_tensor(ah_mapping mapping, int64_t offset, int64_t bytes, int32_t dtype, const int64_t* sizes, int32_t ndim, ah_tensor* tensor);

/* Autograd. */
AH_API int ah_grad_mode(int32_t enabled, int32_t* previous);
AH_API int ah_requires_grad(ah_tensor tensor, int32_t* value);
AH_API int ah_set_requires_grad(ah_tensor tensor, int32_t value);
AH_API int ah_grad(ah_tensor tensor, ah_tensor* grad);              /* *grad is null where there is none */
AH_API int ah_set_grad(ah_tensor tensor, ah_tensor grad);           /* null clears */
/* From several tensors at once; a null gradient stands for ones. */
AH_API int ah_backward(const ah_tensor* tensors, const ah_tensor* gradients, int32_t count);
AH_API int ah_inference_enter(void** guard);
AH_API int ah_inference_leave(void* guard);

/* Random numbers. */
AH_API int ah_manual_seed(uint64_t seed);
AH_API int ah_rng_state(int32_t device, ah_tensor* state);
AH_API int ah_set_rng_state(int32_t device, ah_tensor state);

/* Threads and memory of the CPU. */
AH_API int ah_threads(int32_t* threads);
AH_API int ah_set_threads(int32_t threads);
AH_API int ah_set_blas_threads(int32_t threads, int32_t* previous); /* of OpenBLAS, which libtorch leaves alone; 0 before where there is none */
AH_API int ah_cpu_memory(ah_memory* memory);
AH_API int ah_cpu_reset_peak(void);
AH_API int ah_cpu_release_cached(void);

/* CUDA; AH_UNSUPPORTED from a build without it, except ah_cuda_device_count, which says 0. */
AH_API int ah_cuda_device_count(int32_t* count);
AH_API int ah_cuda_device(int32_t index, char* name, int32_t capacity, int64_t* total_bytes, int64_t* free_bytes, int32_t* major, int32_t* minor, int32_t* processors);
AH_API int ah_cuda_memory(int32_t index, ah_memory* memory);
AH_API int ah_cuda_reset_peak(int32_t index);
AH_API int ah_cuda_empty_cache(void);
AH_API int ah_cuda_synchronize(int32_t index);
AH_API int ah_cuda_stream_enter(int32_t index, void** guard);       /* a side stream becomes current until left */
AH_API int ah_cuda_stream_leave(void* guard);
AH_API int ah_cuda_allow_tf32(int32_t allow);
/* per cent of the driver's last sample period in which a kernel ran; -1 where the driver does not say */
AH_API int ah_cuda_utilization(int32_t index, int32_t* percent);
AH_API int ah_cuda_graph_begin(ah_graph* graph);                    /* on a side stream; the caller warms up first */
AH_API int ah_cuda_graph_end(ah_graph graph);
AH_API int ah_cuda_graph_replay(ah_graph graph);
AH_API int ah_cuda_graph_free(ah_graph graph);

#ifdef __cplusplus
}
#endif
