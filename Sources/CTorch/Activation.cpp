// QuickGELU, x · sigmoid(1.702 x), in one pass forward and one back.
#include <torch/csrc/autograd/custom_function.h>

#include "Parallel.hpp"
#include "Rows.hpp"
#include "Tensor.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Elements that are worked on at once: they and their results fit the first cache.
constexpr int64_t piece = 2048;

/// Calls `body(begin, end)` for shares of the pieces of a tensor, over the pool.
template <class Body> void for_pieces(const at::Tensor &tensor, Body body) {
    ctorch::parallel_for((tensor.numel() + piece - 1) / piece, 8, body);
}

struct QuickGELU : torch::autograd::Function<QuickGELU> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &input) {
        const auto values = input.contiguous();
        auto result = at::empty_like(values);
        for_pieces(values, [&](int64_t begin, int64_t end) {
            ctorch::Rows reader(values, piece), writer(result, piece);
            for (int64_t i = begin; i < end; ++i) {
                ctorch::kernels().quick_gelu(reader.read(i), writer.place(i), reader.size(i));
                writer.written(i);
            }
        });
        context->save_for_backward({values});
        return result;
    }

    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto values = context->get_saved_variables()[0], gradient = gradients[0].contiguous();
        auto result = at::empty_like(values);
        for_pieces(values, [&](int64_t begin, int64_t end) {
            ctorch::Rows reader(values, piece), slopes(gradient, piece), writer(result, piece);
            for (int64_t i = begin; i < end; ++i) {
                ctorch::kernels().quick_gelu_backward(reader.read(i), slopes.read(i), writer.place(i),
                                                      reader.size(i));
                writer.written(i);
            }
        });
        return {result};
    }
};

} // namespace

ctorch_tensor *ctorch_quick_gelu(const ctorch_tensor *tensor) {
    return ctorch::make([&] {
        if (ctorch::has_kernels(tensor->value)) return QuickGELU::apply(tensor->value);
        return tensor->value * at::sigmoid(tensor->value * 1.702);
    });
}
