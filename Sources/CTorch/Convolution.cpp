// Convolutions without bias, channels-last.
#include <torch/csrc/autograd/custom_function.h>

#include "Matrix.hpp"
#include "Portable.hpp"
#include "Tensor.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The pixels of channels-last images as the rows of a matrix, sharing their memory.
at::Tensor pixel_rows(const at::Tensor &images) {
    return images.contiguous(at::MemoryFormat::ChannelsLast).permute({0, 2, 3, 1}).reshape({-1, images.size(1)});
}

at::Tensor images_of(const at::Tensor &rows, const at::Tensor &like) {
    return rows.view({like.size(0), like.size(2), like.size(3), rows.size(1)}).permute({0, 3, 1, 2});
}

/// A 1 × 1 convolution is a product of matrices, and takes its fastest route.
struct PointwiseConvolution : torch::autograd::Function<PointwiseConvolution> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &images, const at::Tensor &weight) {
        const auto rows = pixel_rows(images), matrix = weight.flatten(1);
        context->save_for_backward({rows, weight});
        return images_of(ctorch::product({rows}, {matrix, true}), images);
    }

    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = pixel_rows(gradients[0]), matrix = saved[1].flatten(1);
        variable_list result(2);
        if (context->needs_input_grad(0))
            result[0] = images_of(ctorch::product({gradient}, {matrix}), gradients[0]);
        if (context->needs_input_grad(1))
            result[1] = ctorch::product({gradient, true}, {saved[0]}).view(saved[1].sizes());
        return result;
    }
};

/// A convolution in float32 between bfloat16 images, for processors that are slow in bfloat16.
struct WideConvolution : torch::autograd::Function<WideConvolution> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &images, const at::Tensor &weight,
                              int64_t stride, int64_t padding) {
        context->save_for_backward({images, weight});
        context->saved_data["stride"] = stride;
        context->saved_data["padding"] = padding;
        return at::conv2d(images.to(at::kFloat), weight.to(at::kFloat), {}, stride, padding).to(at::kBFloat16);
    }

    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto saved = context->get_saved_variables();
        const int64_t stride = context->saved_data["stride"].toInt(), padding = context->saved_data["padding"].toInt();
        const auto [images, weight, bias] = at::convolution_backward(
            gradients[0].to(at::kFloat), saved[0].to(at::kFloat), saved[1].to(at::kFloat), c10::nullopt,
            {stride, stride}, {padding, padding}, {1, 1}, false, {0, 0}, 1,
            {context->needs_input_grad(0), context->needs_input_grad(1), false});
        const auto narrow = [](const at::Tensor &tensor) {
            return tensor.defined() ? tensor.to(at::kBFloat16) : tensor;
        };
        return {narrow(images), narrow(weight), at::Tensor(), at::Tensor()};
    }
};

} // namespace

ctorch_tensor *ctorch_convolution(const ctorch_tensor *images, const ctorch_tensor *weight, int stride,
                                  int padding) {
    return ctorch::make([&] {
        const auto &kernel = weight->value;
        if (!ctorch::is_ours(kernel)) return at::conv2d(images->value, kernel, {}, stride, padding);
        if (kernel.size(2) == 1 && kernel.size(3) == 1 && stride == 1 && padding == 0)
            return PointwiseConvolution::apply(images->value, kernel);
        if (kernel.scalar_type() == at::kBFloat16 && !ctorch::has_fast_bfloat16())
            return WideConvolution::apply(images->value, kernel, stride, padding);
        return at::conv2d(images->value, kernel, {}, stride, padding);
    });
}
