#include "Matrix.hpp"

#include <c10/core/GradMode.h>
#include <dlfcn.h>

#include <chrono>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "Parallel.hpp"
#include "Rows.hpp"
#include "Tensor.hpp"

namespace {

// oneDNN's row-major product, from the libdnnl that LibTorch itself has loaded. For float32 it is 5 times faster
// than at::linear over Debian's OpenBLAS (one core: 150 against 28 GFLOP/s at 1600 × 768 × 3072). A LibTorch that
// has oneDNN built in hides the symbol and brings a fast BLAS of its own.
using SingleProduct = int (*)(char, char, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *,
                              int64_t, float, float *, int64_t);

SingleProduct onednn_product() {
    static const auto found = reinterpret_cast<SingleProduct>(dlsym(RTLD_DEFAULT, "dnnl_sgemm"));
    return found;
}

at::Tensor oriented(ctorch::Operand operand) { return operand.transposed ? operand.matrix.t() : operand.matrix; }

/// The result's memory, holding what the product is added to.
at::Tensor started(ctorch::Operand a, ctorch::Operand b, const c10::optional<at::Tensor> &start) {
    auto result = at::empty({a.rows(), b.columns()}, a.matrix.options());
    if (start) result.copy_(start->expand_as(result));
    return result;
}

at::Tensor single_product(ctorch::Operand a, ctorch::Operand b, const c10::optional<at::Tensor> &start) {
    const auto left = a.matrix.contiguous(), right = b.matrix.contiguous();
    auto result = started(a, b, start);
    const int status = onednn_product()(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', a.rows(), b.columns(),
                                        a.columns(), 1, left.data_ptr<float>(), left.size(1),
                                        right.data_ptr<float>(), right.size(1), start ? 1 : 0,
                                        result.data_ptr<float>(), b.columns());
    TORCH_CHECK(status == 0, "oneDNN's product failed with status ", status);
    return result;
}

/// Rows of the result split over the pool, each share a product on one thread: BLAS itself has one thread.
at::Tensor split_product(ctorch::Operand a, ctorch::Operand b, const c10::optional<at::Tensor> &start) {
    const auto left = oriented(a), right = oriented(b);
    auto result = started(a, b, start);
    ctorch::parallel_for(a.rows(), 16, [&](int64_t begin, int64_t end) {
        c10::NoGradGuard unrecorded;
        auto rows = result.narrow(0, begin, end - begin);
        rows.addmm_(left.narrow(0, begin, end - begin), right, start ? 1 : 0);
    });
    return result;
}

// Elements that are converted at once.
constexpr int64_t piece = 4096;

at::Tensor widened(const at::Tensor &narrow) {
    const auto dense = narrow.contiguous();
    auto wide = at::empty(dense.sizes(), dense.options().dtype(at::kFloat));
    ctorch::parallel_for((dense.numel() + piece - 1) / piece, 8, [&](int64_t begin, int64_t end) {
        const int64_t first = begin * piece, count = std::min(end * piece, dense.numel()) - first;
        ctorch::kernels().widen(dense.data_ptr<at::BFloat16>() + first, wide.data_ptr<float>() + first, count);
    });
    return wide;
}

at::Tensor narrowed(const at::Tensor &wide) {
    auto narrow = at::empty(wide.sizes(), wide.options().dtype(at::kBFloat16));
    ctorch::parallel_for((wide.numel() + piece - 1) / piece, 8, [&](int64_t begin, int64_t end) {
        const int64_t first = begin * piece, count = std::min(end * piece, wide.numel()) - first;
        ctorch::kernels().narrow(wide.data_ptr<float>() + first, narrow.data_ptr<at::BFloat16>() + first, count);
    });
    return narrow;
}

#if defined(__x86_64__)
/// AMX: tiles of bfloat16.
bool has_tiles() {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 22 & 1) != 0;
}

/// AVX-512's multiply-add of pairs of bfloat16.
bool has_bfloat16_pairs() {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a >> 5 & 1) != 0;
}

bool is_amd() {
    unsigned a, b, c, d;
    return __get_cpuid(0, &a, &b, &c, &d) != 0 && b == signature_AMD_ebx;
}
#endif

at::Tensor half_product(ctorch::Operand a, ctorch::Operand b, const c10::optional<at::Tensor> &start) {
    if (!ctorch::has_fast_bfloat16() && onednn_product()) {
        const auto left = widened(a.matrix), right = widened(b.matrix);
        c10::optional<at::Tensor> wide_start;
        if (start) wide_start = start->to(at::kFloat);
        return narrowed(single_product({left, a.transposed}, {right, b.transposed}, wide_start));
    }
    if (start) return at::addmm(*start, oriented(a), oriented(b));
    return at::mm(oriented(a), oriented(b));
}

} // namespace

bool ctorch::has_fast_bfloat16() {
#if defined(__x86_64__)
    static const bool has = has_tiles() || (is_amd() && has_bfloat16_pairs());
    return has;
#else
    return true;
#endif
}

at::Tensor ctorch::product(Operand a, Operand b, const c10::optional<at::Tensor> &start) {
    TORCH_CHECK(a.matrix.dim() == 2 && b.matrix.dim() == 2 && a.columns() == b.rows(), "a product of ",
                a.matrix.sizes(), " and ", b.matrix.sizes(), " has no meaning");
    c10::NoGradGuard unrecorded;
    switch (a.matrix.scalar_type()) {
    case at::kFloat: return onednn_product() ? single_product(a, b, start) : split_product(a, b, start);
    case at::kBFloat16: return half_product(a, b, start);
    default: return split_product(a, b, start);
    }
}

double ctorch_matrix_rate(int64_t size, ctorch_dtype type, int repeats) {
    return ctorch::guarded(-1.0, [&] {
        const auto a = at::rand({size, size}).to(ctorch::scalar_type(type));
        const auto b = at::rand({size, size}).to(ctorch::scalar_type(type));
        ctorch::product({a}, {b, true});
        double best = 0;
        for (int repeat = 0; repeat < repeats; ++repeat) {
            const auto start = std::chrono::steady_clock::now();
            ctorch::product({a}, {b, true});
            const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
            best = std::max(best, 2e-9 * size * size * size / taken.count());
        }
        return best;
    });
}
