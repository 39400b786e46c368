// Multi-head attention of packed sequences, forward and backward.
//
// Hand-written for a measured reason: composed of ATen's batched products over Debian's BLAS, the small products
// of a head (50 × 64 × 50) run on one thread at a tenth of this speed, sequences of unequal length need padding,
// and autograd copies each of q, k and v; ATen's CPU attention has a slow backward at these sizes.
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "Kernels.hpp"
#include "Parallel.hpp"
#include "Portable.hpp"
#include "Tensor.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t lanes = 16;

int64_t padded(int64_t count) { return (count + lanes - 1) / lanes * lanes; }

/// The sizes of one head of one sequence; `width` is that of a head, padded.
struct HeadShape {
    int64_t queries, keys, width, padded_keys;
    double scale;
    bool causal;
};

template <class Real> struct HeadScratch {
    Real *q, *k, *v, *out, *weights, *slopes, *transposed, *dq, *dk, *dv;
};

template <class Real> struct HeadKernel {
    void (*forward)(const HeadShape &, const HeadScratch<Real> &);
    void (*backward)(const HeadShape &, const HeadScratch<Real> &);
};

double double_exponential(double x) { return std::exp(x); }

#define REAL double
#define NAME(x) double_##x
#include "AttentionKernel.inc"
#undef REAL
#undef NAME

#define REAL float
#define NAME(x) baseline_##x
#include "Exponential.inc"
#include "AttentionKernel.inc"
#undef NAME

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(x) avx2_##x
#include "Exponential.inc"
#include "AttentionKernel.inc"
#undef NAME
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma"))), apply_to = function)
#define NAME(x) avx512_##x
#include "Exponential.inc"
#include "AttentionKernel.inc"
#undef NAME
#pragma clang attribute pop
#endif
#undef REAL

HeadKernel<double> kernel(double) { return {double_forward, double_backward}; }

HeadKernel<float> kernel(float) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return {avx512_forward, avx512_backward};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {avx2_forward, avx2_backward};
#endif
    return {baseline_forward, baseline_backward};
}

/// A matrix in memory: rows of `stride` entries.
template <class Element> struct Rows {
    Element *data;
    int64_t stride;
};

/// Queries, keys and values (or their gradients), and the result (or its gradient).
template <class Element> struct Operands {
    Rows<Element> q, k, v, out;
};

/// Which rows belong together.
struct Sequences {
    std::vector<int64_t> query_offsets, key_offsets;
    int64_t heads, head_width;
    bool causal;
    int64_t count() const { return static_cast<int64_t>(key_offsets.size()) - 1; }
    int64_t longest(const std::vector<int64_t> &offsets) const {
        int64_t most = 0;
        for (size_t i = 1; i < offsets.size(); ++i) most = std::max(most, offsets[i] - offsets[i - 1]);
        return most;
    }
};

template <class Real> struct Workspace {
    std::vector<Real> memory;
    HeadScratch<Real> scratch;

    explicit Workspace(const Sequences &sequences) {
        const int64_t queries = sequences.longest(sequences.query_offsets);
        const int64_t keys = sequences.longest(sequences.key_offsets);
        const int64_t width = padded(sequences.head_width), line = padded(keys);
        const int64_t sizes[] = {queries * width, keys * width, keys * width, queries * width, queries * line,
                                 queries * line,  width * line, queries * width, keys * width, keys * width};
        int64_t total = 0;
        for (int64_t size : sizes) total += size;
        memory.resize(total);
        Real **places[] = {&scratch.q,       &scratch.k,          &scratch.v,  &scratch.out, &scratch.weights,
                           &scratch.slopes, &scratch.transposed, &scratch.dq, &scratch.dk,  &scratch.dv};
        Real *next = memory.data();
        for (int index = 0; index < 10; ++index) {
            *places[index] = next;
            next += sizes[index];
        }
    }
};

template <class Real> void copy(const Real *from, Real *to, int64_t count) { std::copy_n(from, count, to); }
void copy(const at::BFloat16 *from, float *to, int64_t count) { ctorch::kernels().widen(from, to, count); }
void copy(const float *from, at::BFloat16 *to, int64_t count) { ctorch::kernels().narrow(from, to, count); }

template <class Element, class Real>
void gather(const Rows<Element> &rows, int64_t first, int64_t count, int64_t column, int64_t width, Real *to) {
    const int64_t line = padded(width);
    for (int64_t i = 0; i < count; ++i) {
        copy(rows.data + (first + i) * rows.stride + column, to + i * line, width);
        std::fill(to + i * line + width, to + (i + 1) * line, Real(0));
    }
}

template <class Element, class Real>
void scatter(const Real *from, int64_t first, int64_t count, int64_t column, int64_t width,
             const Rows<Element> &rows) {
    for (int64_t i = 0; i < count; ++i)
        copy(from + i * padded(width), rows.data + (first + i) * rows.stride + column, width);
}

/// Runs forward (`gradients` null) or backward for every head of every sequence.
template <class Element, class Real>
void run(const Sequences &sequences, const Operands<Element> &values, const Operands<Element> *gradients) {
    const auto kernels = kernel(Real());
    const int64_t width = sequences.head_width;
    ctorch::parallel_for(sequences.count() * sequences.heads, 1, [&](int64_t begin, int64_t end) {
        Workspace<Real> workspace(sequences);
        const auto &scratch = workspace.scratch;
        for (int64_t index = begin; index < end; ++index) {
            const int64_t sequence = index / sequences.heads, column = index % sequences.heads * width;
            const int64_t query = sequences.query_offsets[sequence], key = sequences.key_offsets[sequence];
            const int64_t queries = sequences.query_offsets[sequence + 1] - query;
            const int64_t keys = sequences.key_offsets[sequence + 1] - key;
            const HeadShape shape{queries,      keys, padded(width), padded(keys), 1 / std::sqrt(double(width)),
                                  sequences.causal};
            gather(values.q, query, queries, column, width, scratch.q);
            gather(values.k, key, keys, column, width, scratch.k);
            gather(values.v, key, keys, column, width, scratch.v);
            if (!gradients) {
                kernels.forward(shape, scratch);
                scatter(scratch.out, query, queries, column, width, values.out);
                continue;
            }
            gather(gradients->out, query, queries, column, width, scratch.out);
            kernels.backward(shape, scratch);
            scatter(scratch.dq, query, queries, column, width, gradients->q);
            scatter(scratch.dk, key, keys, column, width, gradients->k);
            scatter(scratch.dv, key, keys, column, width, gradients->v);
        }
    });
}

/// Queries in one matrix and keys and values in another, or all three in one (`query` == `keys`).
template <class Element>
Operands<Element> operands(const at::Tensor &query, const at::Tensor &keys, const at::Tensor &out) {
    auto *queries = query.data_ptr<Element>();
    auto *pairs = keys.data_ptr<Element>();
    const int64_t width = out.size(1), stride = keys.size(1);
    pairs += stride - 2 * width;
    return {{queries, query.size(1)}, {pairs, stride}, {pairs + width, stride}, {out.data_ptr<Element>(), width}};
}

void run(const Sequences &sequences, const at::Tensor &query, const at::Tensor &keys, const at::Tensor &out,
         const at::Tensor *query_gradient = nullptr, const at::Tensor *key_gradient = nullptr,
         const at::Tensor *out_gradient = nullptr) {
    const auto dispatch = [&](auto element, auto real) {
        using Element = decltype(element);
        const auto values = operands<Element>(query, keys, out);
        if (!out_gradient) return run<Element, decltype(real)>(sequences, values, nullptr);
        const auto gradients = operands<Element>(*query_gradient, *key_gradient, *out_gradient);
        run<Element, decltype(real)>(sequences, values, &gradients);
    };
    switch (query.scalar_type()) {
    case at::kFloat: return dispatch(float(), float());
    case at::kDouble: return dispatch(double(), double());
    case at::kBFloat16: return dispatch(at::BFloat16(), float());
    default: TORCH_CHECK(false, "attention has no kernel for ", query.scalar_type());
    }
}

struct Attention : torch::autograd::Function<Attention> {
    /// `keys` is absent for self-attention, where `query` holds all three.
    static at::Tensor forward(AutogradContext *context, const at::Tensor &query,
                              const c10::optional<at::Tensor> &keys, Sequences sequences) {
        const auto all = query.contiguous(), pairs = keys ? keys->contiguous() : all;
        auto out = at::empty({all.size(0), sequences.heads * sequences.head_width}, all.options());
        run(sequences, all, pairs, out);
        context->save_for_backward({all, pairs});
        context->saved_data["packed"] = !keys.has_value();
        context->saved_data["query_offsets"] = sequences.query_offsets;
        context->saved_data["key_offsets"] = sequences.key_offsets;
        context->saved_data["heads"] = sequences.heads;
        context->saved_data["causal"] = sequences.causal;
        return out;
    }

    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = gradients[0].contiguous();
        auto &data = context->saved_data;
        const int64_t heads = data["heads"].toInt();
        const Sequences sequences{data["query_offsets"].toIntVector(), data["key_offsets"].toIntVector(), heads,
                                  gradient.size(1) / heads, data["causal"].toBool()};
        const bool packed = data["packed"].toBool();
        auto query_gradient = at::empty_like(saved[0]);
        auto key_gradient = packed ? query_gradient : at::empty_like(saved[1]);
        run(sequences, saved[0], saved[1], gradient, &query_gradient, &key_gradient, &gradient);
        return {query_gradient, packed ? at::Tensor() : key_gradient, at::Tensor()};
    }
};

std::vector<int64_t> checked_offsets(const int64_t *offsets, int64_t sequences, int64_t rows) {
    std::vector<int64_t> result(offsets, offsets + sequences + 1);
    TORCH_CHECK(std::is_sorted(result.begin(), result.end()) && result.front() == 0 && result.back() == rows,
                "the offsets must rise from 0 to the number of rows, ", rows);
    return result;
}

} // namespace

ctorch_tensor *ctorch_attention(const ctorch_tensor *qkv, const int64_t *offsets, int64_t sequences, int heads,
                                bool causal) {
    return ctorch::make([&] {
        const auto places = checked_offsets(offsets, sequences, qkv->value.size(0));
        const int64_t columns = qkv->value.size(1);
        TORCH_CHECK(columns % (3 * heads) == 0, "a width of ", columns, " / 3 does not split into ", heads, " heads");
        if (!ctorch::is_ours(qkv->value)) {
            const auto parts = qkv->value.chunk(3, 1);
            return ctorch::composed_attention(parts[0], parts[1], parts[2], {places, places, heads, causal});
        }
        return Attention::apply(qkv->value, c10::optional<at::Tensor>(),
                                Sequences{places, places, heads, columns / 3 / heads, causal});
    });
}

ctorch_tensor *ctorch_pooled_attention(const ctorch_tensor *query, const ctorch_tensor *keys_values,
                                       const int64_t *offsets, int64_t sequences, int heads) {
    return ctorch::make([&] {
        const auto places = checked_offsets(offsets, sequences, keys_values->value.size(0));
        const int64_t columns = query->value.size(1);
        TORCH_CHECK(query->value.size(0) == sequences && keys_values->value.size(1) == 2 * columns &&
                        columns % heads == 0,
                    "one query row for each sequence, and keys and values of its width");
        std::vector<int64_t> ones(sequences + 1);
        for (int64_t i = 0; i <= sequences; ++i) ones[i] = i;
        if (!ctorch::is_ours(query->value)) {
            const auto parts = keys_values->value.chunk(2, 1);
            return ctorch::composed_attention(query->value, parts[0], parts[1], {ones, places, heads, false});
        }
        return Attention::apply(query->value, c10::optional<at::Tensor>(keys_values->value),
                                Sequences{ones, places, heads, columns / heads, false});
    });
}
