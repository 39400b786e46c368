// Operations that are ATen's own, one line each.
#include "Tensor.hpp"

using ctorch::dimensions;
using ctorch::make;

// Shape

ctorch_tensor *ctorch_reshape(const ctorch_tensor *tensor, const int64_t *shape, int rank) {
    return make([&] { return tensor->value.reshape(dimensions(shape, rank)); });
}

ctorch_tensor *ctorch_permute(const ctorch_tensor *tensor, const int64_t *order, int rank) {
    return make([&] { return tensor->value.permute(dimensions(order, rank)); });
}

ctorch_tensor *ctorch_expand(const ctorch_tensor *tensor, const int64_t *shape, int rank) {
    return make([&] { return tensor->value.expand(dimensions(shape, rank)); });
}

ctorch_tensor *ctorch_narrow(const ctorch_tensor *tensor, int dimension, int64_t start, int64_t length) {
    return make([&] { return tensor->value.narrow(dimension, start, length); });
}

ctorch_tensor *ctorch_concatenate(const ctorch_tensor *const *tensors, int count, int dimension) {
    return make([&] {
        std::vector<at::Tensor> values;
        for (int index = 0; index < count; ++index) values.push_back(tensors[index]->value);
        return at::cat(values, dimension);
    });
}

ctorch_tensor *ctorch_rows(const ctorch_tensor *table, const ctorch_tensor *indices) {
    return make([&] { return at::embedding(table->value, indices->value); });
}

ctorch_tensor *ctorch_resize_grid(const ctorch_tensor *rows, int64_t from, int64_t to) {
    return make([&] {
        const auto grid = rows->value.reshape({1, from, from, -1}).permute({0, 3, 1, 2}).contiguous();
        return at::_upsample_bicubic2d_aa(grid, {to, to}, false).permute({0, 2, 3, 1}).reshape({to * to, -1});
    });
}

// Arithmetic

ctorch_tensor *ctorch_add(const ctorch_tensor *a, const ctorch_tensor *b) {
    return make([&] { return at::add(a->value, b->value); });
}

ctorch_tensor *ctorch_multiply(const ctorch_tensor *a, const ctorch_tensor *b) {
    return make([&] { return at::mul(a->value, b->value); });
}

ctorch_tensor *ctorch_scale(const ctorch_tensor *tensor, double factor) {
    return make([&] { return at::mul(tensor->value, factor); });
}

ctorch_tensor *ctorch_exp(const ctorch_tensor *tensor) {
    return make([&] { return at::exp(tensor->value); });
}

ctorch_tensor *ctorch_sum(const ctorch_tensor *tensor) {
    return make([&] { return at::sum(tensor->value); });
}

ctorch_tensor *ctorch_mean_from(const ctorch_tensor *tensor, int dimension) {
    return make([&] { return tensor->value.flatten(dimension).mean(dimension); });
}

ctorch_tensor *ctorch_matrix_multiply(const ctorch_tensor *a, const ctorch_tensor *b) {
    return make([&] { return at::matmul(a->value, b->value); });
}

ctorch_tensor *ctorch_normalize_rows(const ctorch_tensor *rows) {
    return make([&] { return rows->value / rows->value.norm(2, {-1}, true).clamp_min(1e-12); });
}

ctorch_tensor *ctorch_softmax(const ctorch_tensor *tensor, int dimension) {
    return make([&] { return at::softmax(tensor->value, dimension); });
}

ctorch_tensor *ctorch_cross_entropy(const ctorch_tensor *logits, const ctorch_tensor *labels) {
    return make([&] { return at::cross_entropy_loss(logits->value, labels->value); });
}

// Layers

ctorch_tensor *ctorch_gelu(const ctorch_tensor *tensor) {
    return make([&] { return at::gelu(tensor->value); });
}

ctorch_tensor *ctorch_average_pool(const ctorch_tensor *images, int size) {
    return make([&] { return at::avg_pool2d(images->value, size); });
}

ctorch_tensor *ctorch_channels_last(const ctorch_tensor *images) {
    return make([&] { return images->value.contiguous(at::MemoryFormat::ChannelsLast); });
}
