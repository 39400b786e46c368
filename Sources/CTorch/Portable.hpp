// The route that any device and any element type can take: LibTorch's own operations. Kernels of ours work in this
// machine's memory only.
#pragma once

#include <ATen/ATen.h>

namespace ctorch {

/// Whether kernels of ours may work on a tensor at all.
bool is_ours(const at::Tensor &tensor);

/// Sequences of a packed matrix; `queries` and `keys` have one entry more than there are sequences.
struct Packing {
    std::vector<int64_t> queries, keys;
    int64_t heads;
    bool causal;
};

/// Multi-head attention over sequences padded to the longest; rows of queries, keys and values of one width.
at::Tensor composed_attention(const at::Tensor &query, const at::Tensor &key, const at::Tensor &value,
                              const Packing &packing);

} // namespace ctorch
