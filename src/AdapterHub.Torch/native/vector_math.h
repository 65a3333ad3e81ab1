// Single-precision building blocks that GCC turns into vector code.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace adapterhub {

// e^x to about 2e-7 relative, for every x; below -87 it is 1e-38 rather than 0. Cephes' polynomial (S. Moshier, expf).
inline float fast_exp(float x) {
  x = std::min(std::max(x, -87.0f), 88.0f);
  const float n = std::floor(x * 1.44269504088896341f + 0.5f);
  x -= n * 0.693359375f;
  x -= n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * x + 1.3981999507e-3f;
  p = p * x + 8.3334519073e-3f;
  p = p * x + 4.1665795894e-2f;
  p = p * x + 1.6666665459e-1f;
  p = p * x + 5.0000001201e-1f;
  p = p * x * x + x + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return p * power;
}

inline float dot(const float* a, const float* b, int64_t count) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

inline float largest(const float* a, int64_t count) {
  float best = -INFINITY;
#pragma omp simd reduction(max : best)
  for (int64_t i = 0; i < count; ++i) best = std::max(best, a[i]);
  return best;
}

inline void add_scaled(float* y, const float* x, float factor, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) y[i] += factor * x[i];
}

typedef float Eight __attribute__((vector_size(32), aligned(4)));

// C (M, N) = A (M, K) B (K, N), or += with `add`; A by any two strides, rows of B and C contiguous. One thread: the callers
// run many small products side by side, where a BLAS would start its threads for each.
template <int Rows, int Columns>
inline void product_tile(int64_t depth, const float* a, int64_t a_row, int64_t a_column, const float* b, int64_t ldb, float* c, int64_t ldc, bool add) {
  Eight sum[Rows][Columns];
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < Columns; ++j) sum[i][j] = add ? *reinterpret_cast<const Eight*>(c + i * ldc + j * 8) : Eight{};
  for (int64_t k = 0; k < depth; ++k) {
    Eight row[Columns];
    for (int j = 0; j < Columns; ++j) row[j] = *reinterpret_cast<const Eight*>(b + k * ldb + j * 8);
    for (int i = 0; i < Rows; ++i) {
      const float factor = a[i * a_row + k * a_column];
      for (int j = 0; j < Columns; ++j) sum[i][j] += factor * row[j];
    }
  }
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < Columns; ++j) *reinterpret_cast<Eight*>(c + i * ldc + j * 8) = sum[i][j];
}

template <int Columns>
inline void product_strip(int64_t rows, int64_t depth, const float* a, int64_t a_row, int64_t a_column, const float* b, int64_t ldb, float* c,
                          int64_t ldc, bool add) {
  int64_t i = 0;
  for (; i + 6 <= rows; i += 6) product_tile<6, Columns>(depth, a + i * a_row, a_row, a_column, b, ldb, c + i * ldc, ldc, add);
  for (; i < rows; ++i) product_tile<1, Columns>(depth, a + i * a_row, a_row, a_column, b, ldb, c + i * ldc, ldc, add);
}

inline void product(int64_t rows, int64_t columns, int64_t depth, const float* a, int64_t a_row, int64_t a_column, const float* b, int64_t ldb,
                    float* c, int64_t ldc, bool add) {
  int64_t j = 0;
  for (; j + 16 <= columns; j += 16) product_strip<2>(rows, depth, a, a_row, a_column, b + j, ldb, c + j, ldc, add);
  for (; j + 8 <= columns; j += 8) product_strip<1>(rows, depth, a, a_row, a_column, b + j, ldb, c + j, ldc, add);
  for (; j < columns; ++j)
    for (int64_t i = 0; i < rows; ++i) {
      float sum = add ? c[i * ldc + j] : 0;
      for (int64_t k = 0; k < depth; ++k) sum += a[i * a_row + k * a_column] * b[k * ldb + j];
      c[i * ldc + j] = sum;
    }
}

}  // namespace adapterhub
