// Matrix products in the type of their operands, by the fastest route that the loaded libraries offer.
#pragma once

#include <ATen/ATen.h>

namespace ctorch {

/// Whether the processor multiplies bfloat16 matrices faster than float32 ones, so that operands need not be widened.
/// GFLOP/s of one core in oneDNN 2.6, bfloat16 against float32: AVX-512's bfloat16 on an AMD EPYC (Zen 4) 190 to 217
/// against 105, on an Intel Xeon whose matrix unit (AMX) was not there 80 against 150.
bool has_fast_bfloat16();

/// A two-dimensional operand, as it is or transposed.
struct Operand {
    const at::Tensor &matrix;
    bool transposed = false;
    int64_t rows() const { return matrix.size(transposed ? 1 : 0); }
    int64_t columns() const { return matrix.size(transposed ? 0 : 1); }
};

/// a · b, plus `start` if given, of two-dimensional tensors of one type; not recorded. `start` is of the result's
/// shape or one row for all.
at::Tensor product(Operand a, Operand b, const c10::optional<at::Tensor> &start = c10::nullopt);

} // namespace ctorch
