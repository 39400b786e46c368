// Layer normalisation in one pass forward and one back.
#include <torch/csrc/autograd/custom_function.h>

#include "Parallel.hpp"
#include "Rows.hpp"
#include "Tensor.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The gradients of gain and bias are summed within each of so many runs of rows, then over the runs: the order of
// additions does not depend on the number of threads.
constexpr int64_t runs = 16;

struct LayerNorm : torch::autograd::Function<LayerNorm> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &gain,
                              const at::Tensor &bias, double epsilon) {
        const auto rows = input.contiguous(), factors = gain.contiguous(), offsets = bias.contiguous();
        const int64_t count = rows.size(0), width = rows.size(1);
        auto result = at::empty_like(rows), moments = at::empty({count, 2}, factors.options());
        ctorch::parallel_for(count, 16, [&](int64_t begin, int64_t end) {
            ctorch::Rows values(rows, width), results(result, width);
            for (int64_t i = begin; i < end; ++i) {
                auto *moment = moments.data_ptr<float>() + 2 * i;
                ctorch::kernels().layer_norm(values.read(i), factors.data_ptr<float>(), offsets.data_ptr<float>(),
                                             static_cast<float>(epsilon), results.place(i), moment, moment + 1, width);
                results.written(i);
            }
        });
        context->save_for_backward({rows, factors, moments});
        return result;
    }

    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = gradients[0].contiguous();
        const int64_t count = saved[0].size(0), width = saved[0].size(1), run = (count + runs - 1) / runs;
        auto result = at::empty_like(saved[0]), sums = at::zeros({2, runs, width}, saved[1].options());
        ctorch::parallel_for(runs, 1, [&](int64_t begin, int64_t end) {
            ctorch::Rows values(saved[0], width), slopes(gradient, width), results(result, width);
            for (int64_t i = begin * run; i < std::min(count, end * run); ++i) {
                const auto *moment = saved[2].data_ptr<float>() + 2 * i;
                auto *gain_sum = sums.data_ptr<float>() + i / run * width, *bias_sum = gain_sum + runs * width;
                ctorch::kernels().layer_norm_backward(values.read(i), saved[1].data_ptr<float>(), moment[0],
                                                      moment[1], slopes.read(i), results.place(i), gain_sum,
                                                      bias_sum, width);
                results.written(i);
            }
        });
        const auto totals = sums.sum(1);
        return {result, totals[0], totals[1], at::Tensor()};
    }
};

} // namespace

ctorch_tensor *ctorch_layer_norm(const ctorch_tensor *rows, const ctorch_tensor *gain, const ctorch_tensor *bias,
                                 double epsilon) {
    return ctorch::make([&] {
        if (ctorch::has_kernels(rows->value) && gain->value.scalar_type() == at::kFloat)
            return LayerNorm::apply(rows->value, gain->value, bias->value, epsilon);
        const auto type = rows->value.scalar_type();
        return at::layer_norm(rows->value.to(gain->value.scalar_type()), {rows->value.size(-1)}, gain->value,
                              bias->value, epsilon, false)
            .to(type);
    });
}
