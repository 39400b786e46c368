// Matrix products in the type of their operands, by the fastest route that the loaded libraries offer.
#pragma once

#include <ATen/ATen.h>

namespace ctorch {

/// a · b, or aᵀ · b, or a · bᵀ, of two-dimensional tensors of one type; not recorded.
at::Tensor product(const at::Tensor &a, bool transpose_a, const at::Tensor &b, bool transpose_b);

} // namespace ctorch
