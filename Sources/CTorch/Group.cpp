// The processes of one run, joined by torch.distributed's own process groups.
#include <torch/csrc/autograd/custom_function.h>

#if __has_include(<gloo/algorithm.h>)
#define USE_C10D_GLOO
#endif
#if __has_include(<nccl.h>) && __has_include(<cuda_runtime.h>)
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif
#include <torch/csrc/api/include/torch/version.h>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>

#include "Tensor.hpp"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
#if TORCH_VERSION_MAJOR >= 2
using Backend = c10d::Backend;
#else
using Backend = c10d::ProcessGroup;
#endif

// Other processes wait this long while one of them evaluates or writes a checkpoint.
constexpr auto patience = std::chrono::hours(2);

// Gradients are added up in pieces of about this many elements, 100 MB: fewer calls, and memory that stays bounded.
constexpr int64_t bucket_elements = 25 << 20;

c10::intrusive_ptr<Backend> over_gloo(const c10::intrusive_ptr<c10d::Store> &store, const std::string &host, int rank,
                                 int world) {
#ifdef USE_C10D_GLOO
    auto options = c10d::ProcessGroupGloo::Options::create(patience);
    const bool local = host == "127.0.0.1" || host == "localhost";
    if (const char *interface = std::getenv("GLOO_SOCKET_IFNAME"))
        options->devices = {c10d::ProcessGroupGloo::createDeviceForInterface(interface)};
    else if (local)
        options->devices = {c10d::ProcessGroupGloo::createDeviceForHostname(host)};
    else
        options->devices = {c10d::ProcessGroupGloo::createDefaultDevice()};
    return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, world, options);
#else
    TORCH_CHECK(false, "this was built without gloo's headers: install libgloo-dev and build again");
#endif
}

c10::intrusive_ptr<Backend> over_nccl(const c10::intrusive_ptr<c10d::Store> &store, int rank, int world) {
#ifdef USE_C10D_NCCL
    return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, world);
#else
    TORCH_CHECK(false, "this was built without NCCL's headers");
#endif
}

} // namespace

struct ctorch_group {
    c10::intrusive_ptr<c10d::Store> store;
    c10::intrusive_ptr<Backend> backend;
    int rank, world;

    at::Tensor sum(const at::Tensor &tensor) const {
        std::vector<at::Tensor> tensors{tensor};
        backend->allreduce(tensors)->wait();
        return tensors[0];
    }

    /// Tensors of one shape, one from each process.
    std::vector<at::Tensor> gather(const at::Tensor &own) const {
        std::vector<at::Tensor> inputs{own.contiguous()};
        std::vector<std::vector<at::Tensor>> outputs(1);
        for (int i = 0; i < world; ++i) outputs[0].push_back(at::empty_like(inputs[0]));
        backend->allgather(outputs, inputs)->wait();
        return outputs[0];
    }
};

namespace {

/// Every process's rows, one process after the other. Back, each gets the sum of what all made of its rows.
struct GatherRows : torch::autograd::Function<GatherRows> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &rows, int64_t group_address,
                              std::vector<int64_t> counts) {
        const auto &group = *reinterpret_cast<const ctorch_group *>(group_address);
        context->saved_data["group"] = group_address;
        context->saved_data["counts"] = counts;
        // Collectives want equal shapes.
        auto padded = at::zeros({*std::max_element(counts.begin(), counts.end()), rows.size(1)}, rows.options());
        padded.narrow(0, 0, rows.size(0)).copy_(rows);
        auto parts = group.gather(padded);
        for (int i = 0; i < group.world; ++i) parts[i] = parts[i].narrow(0, 0, counts[i]);
        return at::cat(parts);
    }

    static variable_list backward(AutogradContext *context, const variable_list &gradients) {
        const auto &group = *reinterpret_cast<const ctorch_group *>(context->saved_data["group"].toInt());
        const auto counts = context->saved_data["counts"].toIntVector();
        const auto sum = group.sum(gradients[0].contiguous().clone());
        int64_t first = 0;
        for (int i = 0; i < group.rank; ++i) first += counts[i];
        return {sum.narrow(0, first, counts[group.rank]), at::Tensor(), at::Tensor()};
    }
};

} // namespace

ctorch_group *ctorch_join(const char *host, int port, int rank, int world, bool over_cuda) {
    return ctorch::guarded<ctorch_group *>(nullptr, [&] {
        c10d::TCPStoreOptions options;
        options.port = static_cast<uint16_t>(port);
        options.isServer = rank == 0;
        options.numWorkers = world;
        options.timeout = std::chrono::minutes(10);
        const c10::intrusive_ptr<c10d::Store> store = c10::make_intrusive<c10d::TCPStore>(host, options);
        return new ctorch_group{store, over_cuda ? over_nccl(store, rank, world) : over_gloo(store, host, rank, world),
                                rank, world};
    });
}

void ctorch_leave(ctorch_group *group) { delete group; }

bool ctorch_gather_number(ctorch_group *group, int64_t number, int64_t *numbers) {
    return ctorch::act([&] {
        // Where new tensors go: NCCL takes none of this machine's memory.
        const int64_t one = 1;
        const std::unique_ptr<ctorch_tensor> own(ctorch_full(&one, 1, ctorch_int64, static_cast<double>(number)));
        TORCH_CHECK(own, ctorch_last_error());
        const auto parts = group->gather(own->value);
        for (int i = 0; i < group->world; ++i) numbers[i] = parts[i].item().toLong();
    });
}

ctorch_tensor *ctorch_gather_rows(ctorch_group *group, const ctorch_tensor *rows, const int64_t *counts) {
    return ctorch::make([&] {
        return GatherRows::apply(rows->value, reinterpret_cast<int64_t>(group),
                                 std::vector<int64_t>(counts, counts + group->world));
    });
}

bool ctorch_sum_over_group(ctorch_group *group, ctorch_tensor *const *tensors, int count) {
    return ctorch::act([&] {
        for (int begin = 0, end = 0; begin < count; begin = end) {
            int64_t elements = 0;
            std::vector<at::Tensor> flat;
            for (; end < count && (end == begin || elements + tensors[end]->value.numel() <= bucket_elements); ++end) {
                const auto &value = tensors[end]->value;
                // Narrow formats would lose in every addition, and gloo has none of them.
                flat.push_back(value.detach().flatten().to(
                    value.scalar_type() == at::kDouble ? at::kDouble : at::kFloat));
                elements += value.numel();
            }
            const auto total = group->sum(at::cat(flat));
            int64_t place = 0;
            for (int i = begin; i < end; ++i) {
                auto target = tensors[i]->value.detach();
                target.copy_(total.narrow(0, place, target.numel()).view(target.sizes()));
                place += target.numel();
            }
        }
    });
}
