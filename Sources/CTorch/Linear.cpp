// rows · weightᵀ + bias, and the same added to a residual, with a hand-written backward: autograd over at::linear
// would go through the slow BLAS, and copies transposed operands.
#include <torch/csrc/autograd/custom_function.h>

#include "Matrix.hpp"
#include "Portable.hpp"
#include "Tensor.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Optional = c10::optional<at::Tensor>;

struct Linear : torch::autograd::Function<Linear> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &rows, const at::Tensor &weight,
                              const Optional &bias, const Optional &residual) {
        context->save_for_backward({rows, weight});
        context->saved_data["bias"] = bias.has_value();
        context->saved_data["residual"] = residual.has_value();
        // What is added goes into the result first: the product then adds to it in its own pass.
        auto start = bias;
        if (residual) start = bias ? *residual + *bias : *residual;
        return ctorch::product({rows}, {weight, true}, start);
    }

    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = gradients[0].contiguous();
        variable_list result(4);
        if (context->needs_input_grad(0)) result[0] = ctorch::product({gradient}, {saved[1]});
        if (context->needs_input_grad(1)) result[1] = ctorch::product({gradient, true}, {saved[0]});
        if (context->saved_data["bias"].toBool()) result[2] = gradient.sum(0);
        if (context->saved_data["residual"].toBool()) result[3] = gradient;
        return result;
    }
};

} // namespace

ctorch_tensor *ctorch_linear(const ctorch_tensor *rows, const ctorch_tensor *weight, const ctorch_tensor *bias,
                             const ctorch_tensor *residual) {
    return ctorch::make([&] {
        if (!ctorch::is_ours(rows->value)) {
            const auto result = at::linear(rows->value, weight->value, ctorch::optional_value(bias));
            return residual ? result + residual->value : result;
        }
        return Linear::apply(rows->value, weight->value, ctorch::optional_value(bias),
                             ctorch::optional_value(residual));
    });
}
