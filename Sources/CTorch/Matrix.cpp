#include "Matrix.hpp"

#include <dlfcn.h>
#include <torch/csrc/autograd/custom_function.h>

#include <chrono>

#include "Parallel.hpp"
#include "Tensor.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// oneDNN's row-major product, from the libdnnl that LibTorch itself has loaded. For float32 it is 5 times
// faster than at::linear over Debian's OpenBLAS (one core: 150 against 28 GFLOP/s at 1600 × 768 × 3072).
// A LibTorch that has oneDNN built in hides the symbol and brings a fast BLAS of its own.
using SingleProduct = int (*)(char, char, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *,
                              int64_t, float, float *, int64_t);

SingleProduct onednn_product() {
    static const auto found = reinterpret_cast<SingleProduct>(dlsym(RTLD_DEFAULT, "dnnl_sgemm"));
    return found;
}

at::Tensor oriented(const at::Tensor &matrix, bool transpose) { return transpose ? matrix.t() : matrix; }

/// Rows of the result split over the pool, each share a product on one thread: BLAS itself has one thread.
at::Tensor split_product(const at::Tensor &a, const at::Tensor &b) {
    auto result = at::empty({a.size(0), b.size(1)}, a.options());
    ctorch::parallel_for(a.size(0), 16, [&](int64_t begin, int64_t end) {
        at::NoGradGuard unrecorded;
        auto rows = result.narrow(0, begin, end - begin);
        at::mm_out(rows, a.narrow(0, begin, end - begin), b);
    });
    return result;
}

} // namespace

at::Tensor ctorch::product(const at::Tensor &a, bool transpose_a, const at::Tensor &b, bool transpose_b) {
    const auto type = a.scalar_type();
    TORCH_CHECK(a.dim() == 2 && b.dim() == 2 && type == b.scalar_type(), "a product needs two matrices of one type");
    at::NoGradGuard unrecorded;
    if (type != at::kFloat && type != at::kDouble) return at::mm(oriented(a, transpose_a), oriented(b, transpose_b));
    if (type == at::kDouble || !onednn_product())
        return split_product(oriented(a, transpose_a), oriented(b, transpose_b));
    const auto left = a.contiguous(), right = b.contiguous();
    const int64_t rows = left.size(transpose_a ? 1 : 0), inner = left.size(transpose_a ? 0 : 1);
    const int64_t columns = right.size(transpose_b ? 0 : 1);
    TORCH_CHECK(right.size(transpose_b ? 1 : 0) == inner, "the matrices' inner sizes differ");
    auto result = at::empty({rows, columns}, left.options());
    const int status = onednn_product()(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', rows, columns, inner, 1,
                                        left.data_ptr<float>(), left.size(1), right.data_ptr<float>(),
                                        right.size(1), 0, result.data_ptr<float>(), columns);
    TORCH_CHECK(status == 0, "oneDNN's product failed with status ", status);
    return result;
}

namespace {

struct Linear : torch::autograd::Function<Linear> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &rows, const at::Tensor &weight,
                              const c10::optional<at::Tensor> &bias) {
        context->save_for_backward({rows, weight});
        context->saved_data["bias"] = bias.has_value();
        if (rows.scalar_type() == at::kBFloat16) return at::linear(rows, weight, bias);
        auto result = ctorch::product(rows, false, weight, true);
        if (bias) result.add_(*bias);
        return result;
    }

    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = gradients[0].contiguous();
        variable_list result(3);
        if (context->needs_input_grad(0)) result[0] = ctorch::product(gradient, false, saved[1], false);
        if (context->needs_input_grad(1)) result[1] = ctorch::product(gradient, true, saved[0], false);
        if (context->saved_data["bias"].toBool()) result[2] = gradient.sum(0);
        return result;
    }
};

} // namespace

ctorch_tensor *ctorch_linear(const ctorch_tensor *rows, const ctorch_tensor *weight, const ctorch_tensor *bias) {
    return ctorch::make([&] { return Linear::apply(rows->value, weight->value, ctorch::optional_value(bias)); });
}

double ctorch_matrix_rate(int64_t size, int repeats) {
    return ctorch::guarded(-1.0, [&] {
        const auto a = at::rand({size, size}), b = at::rand({size, size});
        ctorch::product(a, false, b, true);
        double best = 0;
        for (int repeat = 0; repeat < repeats; ++repeat) {
            const auto start = std::chrono::steady_clock::now();
            ctorch::product(a, false, b, true);
            const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
            best = std::max(best, 2e-9 * size * size * size / taken.count());
        }
        return best;
    });
}
