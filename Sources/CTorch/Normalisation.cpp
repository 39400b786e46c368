#include "Tensor.hpp"

ctorch_tensor *ctorch_layer_norm(const ctorch_tensor *rows, const ctorch_tensor *gain, const ctorch_tensor *bias,
                                 double epsilon) {
    return ctorch::make([&] {
        const auto type = rows->value.scalar_type();
        return at::layer_norm(rows->value, {rows->value.size(-1)}, gain->value.to(type), bias->value.to(type),
                              epsilon, false);
    });
}

ctorch_tensor *ctorch_quick_gelu(const ctorch_tensor *tensor) {
    return ctorch::make([&] { return tensor->value * at::sigmoid(tensor->value * 1.702); });
}
