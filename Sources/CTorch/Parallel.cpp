#include "Parallel.hpp"

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <exception>

#include "Memory.hpp"
#include "Tensor.hpp"

namespace {

// `#pragma omp` needs a compiler flag that SwiftPM calls unsafe, and a second pool of our own would compete with
// ATen's. libgomp's entry point is what the pragma compiles to; it is part of its stable ABI and already loaded.
using ParallelRegion = void (*)(void (*)(void *), void *, unsigned, unsigned);
using ThreadNumber = int (*)();

struct OpenMP {
    ParallelRegion region = reinterpret_cast<ParallelRegion>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
    ThreadNumber thread = reinterpret_cast<ThreadNumber>(dlsym(RTLD_DEFAULT, "omp_get_thread_num"));
    ThreadNumber threads = reinterpret_cast<ThreadNumber>(dlsym(RTLD_DEFAULT, "omp_get_num_threads"));
    bool found() const { return region && thread && threads; }
};

const OpenMP &openmp() {
    static const OpenMP loaded;
    return loaded;
}

struct Job {
    int64_t count, shares;
    const std::function<void(int64_t, int64_t)> &body;
    std::exception_ptr failure;
    std::atomic_flag failed = ATOMIC_FLAG_INIT;
};

void run_shares(void *opaque) {
    auto &job = *static_cast<Job *>(opaque);
    const int64_t share = (job.count + job.shares - 1) / job.shares;
    // The runtime may grant fewer threads than asked for, so a thread may take several shares.
    for (int64_t index = openmp().thread(); index < job.shares; index += openmp().threads()) {
        const int64_t begin = index * share, end = std::min(job.count, begin + share);
        if (begin >= end) continue;
        try {
            job.body(begin, end);
        } catch (...) {
            if (!job.failed.test_and_set()) job.failure = std::current_exception();
        }
    }
}

} // namespace

void ctorch::parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)> &body) {
    const int64_t most = (count + grain - 1) / std::max<int64_t>(grain, 1);
    const int64_t shares = std::min<int64_t>(most, at::get_num_threads());
    if (shares <= 1 || !openmp().found()) {
        if (count > 0) body(0, count);
        return;
    }
    Job job{count, shares, body, nullptr, {}};
    openmp().region(run_shares, &job, static_cast<unsigned>(shares), 0);
    if (job.failure) std::rethrow_exception(job.failure);
}

bool ctorch_set_threads(int count) {
    return ctorch::act([&] {
        TORCH_CHECK(count > 0, "the number of threads is ", count, ", it must be at least 1");
        at::set_num_threads(count);
        // ATen's call does not reach OpenBLAS, whose own threads would spin beside OpenMP's. One thread there;
        // our products are split over OpenMP instead.
        if (auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(1);
        ctorch::install_block_cache();
    });
}
