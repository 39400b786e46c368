// Gradient checkpointing: a piece of a model keeps only its input, and is computed again in the backward pass (Chen
// et al., "Training Deep Nets with Sublinear Memory Cost").
#include <torch/csrc/autograd/custom_function.h>
#include <c10/core/GradMode.h>
#include <torch/custom_class.h>

#include <memory>

#include "Tensor.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The caller's function and what it needs, released with the graph.
struct Piece : torch::CustomClassHolder {
    Piece(ctorch_piece compute, void *context, void (*release)(void *))
        : compute_(compute), context_(context), release_(release) {}
    ~Piece() override { release_(context_); }

    at::Tensor operator()(const at::Tensor &input, bool again) const {
        const std::unique_ptr<ctorch_tensor> result(compute_(context_, new ctorch_tensor{input}, again));
        // Only operations of this library fail in there, and they have said why.
        TORCH_CHECK(result, ctorch_last_error());
        return result->value;
    }

  private:
    ctorch_piece compute_;
    void *context_;
    void (*release_)(void *);
};

struct Recomputed : torch::autograd::Function<Recomputed> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &input, c10::intrusive_ptr<Piece> piece) {
        c10::AutoGradMode unrecorded(false);
        context->save_for_backward({input});
        context->saved_data["piece"] = c10::IValue::make_capsule(piece);
        return (*piece)(input, false);
    }

    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto piece = c10::static_intrusive_pointer_cast<Piece>(context->saved_data["piece"].toCapsule());
        const auto input = context->get_saved_variables()[0].detach().requires_grad_();
        c10::AutoGradMode recorded(true);
        (*piece)(input, true).backward(gradients[0]);
        return {input.grad(), at::Tensor()};
    }
};

} // namespace

ctorch_tensor *ctorch_recomputed(const ctorch_tensor *input, ctorch_piece compute, void *context,
                                 void (*release)(void *context)) {
    return ctorch::make([&] {
        return Recomputed::apply(input->value, c10::make_intrusive<Piece>(compute, context, release));
    });
}
