#include "Portable.hpp"

#include <torch/csrc/api/include/torch/version.h>

#include <cmath>
#include <limits>

#include "Tensor.hpp"

namespace {

bool without_kernels = false;

/// Sequences padded to the longest: which row fills each place, and which places are real.
struct Padding {
    at::Tensor rows, real;
    int64_t count, longest;

    Padding(const std::vector<int64_t> &offsets, const at::Device &device)
        : count(static_cast<int64_t>(offsets.size()) - 1), longest(0) {
        for (int64_t i = 0; i < count; ++i) longest = std::max(longest, offsets[i + 1] - offsets[i]);
        std::vector<int64_t> places;
        for (int64_t i = 0; i < count; ++i)
            for (int64_t j = 0; j < longest; ++j) places.push_back(offsets[i] + j < offsets[i + 1] ? offsets[i] + j : -1);
        const auto index = at::tensor(places, at::kLong).to(device).view({count, longest});
        real = index.ge(0);
        rows = index.clamp_min(0);
    }

    /// (sequences, heads, longest, head width).
    at::Tensor padded(const at::Tensor &packed, int64_t heads) const {
        return packed.index_select(0, rows.flatten()).view({count, longest, heads, -1}).transpose(1, 2);
    }

    at::Tensor packed(const at::Tensor &padded) const {
        return padded.transpose(1, 2).reshape({count * longest, -1}).index_select(0, real.flatten().nonzero().flatten());
    }
};

at::Tensor attend(const at::Tensor &query, const at::Tensor &key, const at::Tensor &value, const at::Tensor &allowed) {
#if TORCH_VERSION_MAJOR >= 2
    return at::scaled_dot_product_attention(query, key, value, allowed);
#else
    const auto scores = query.matmul(key.transpose(2, 3)) / std::sqrt(double(query.size(3)));
    return scores.masked_fill(allowed.logical_not(), -std::numeric_limits<double>::infinity()).softmax(3).matmul(value);
#endif
}

} // namespace

bool ctorch::is_ours(const at::Tensor &tensor) { return tensor.is_cpu() && !without_kernels; }

at::Tensor ctorch::composed_attention(const at::Tensor &query, const at::Tensor &key, const at::Tensor &value,
                                      const Packing &packing) {
    const Padding queries(packing.queries, query.device()), keys(packing.keys, key.device());
    auto allowed = keys.real.view({keys.count, 1, 1, keys.longest});
    if (packing.causal)
        allowed = allowed.logical_and(at::ones({queries.longest, keys.longest}, allowed.options()).tril());
    return queries.packed(attend(queries.padded(query, packing.heads), keys.padded(key, packing.heads),
                                 keys.padded(value, packing.heads), allowed));
}

bool ctorch_set_kernels(bool enabled) {
    without_kernels = !enabled;
    return true;
}
