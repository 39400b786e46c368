#include "Memory.hpp"

#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>
#include <torch/csrc/api/include/torch/version.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

namespace {

/// A step asks for the same blocks as the step before it. Given back to the system in between, they cost a page
/// fault for every 4 KiB of every step (18 % of a small model's step); kept, and on huge pages, they cost nothing.
///
/// What is kept and what is in use together stay below `slack` times the most that was ever in use.
class BlockCache {
  public:
    void *take(size_t size) {
        const std::lock_guard lock(mutex_);
        used_ += size;
        most_used_ = std::max(most_used_, used_);
        // A block may serve a request that is up to an eighth smaller.
        const auto found = free_.lower_bound(size);
        if (found != free_.end() && found->first <= size + size / 8) return reuse(found, size);
        while (!free_.empty() && static_cast<double>(used_ + kept_) > slack * static_cast<double>(most_used_))
            release_largest();
        return allocate(size);
    }

    /// Keeps a block for later; false if it did not come from `take`.
    bool give_back(void *block) {
        const std::lock_guard lock(mutex_);
        const auto found = sizes_.find(block);
        if (found == sizes_.end()) return false;
        used_ -= found->second;
        kept_ += found->second;
        free_[found->second].push_back(block);
        return true;
    }

    /// Sizes are rounded up to an eighth of their power of two, so that batches of about one size share blocks.
    static size_t rounded(size_t size) {
        const size_t step = std::max<size_t>(4096, size_t(1) << (63 - __builtin_clzll(size)) >> 3);
        return (size + step - 1) / step * step;
    }

  private:
    // With 1.1 a twentieth of a bfloat16 step went into blocks that were given back and asked for again.
    static constexpr double slack = 1.3;
    static constexpr size_t huge_page = 2 << 20;
    using Blocks = std::map<size_t, std::vector<void *>>;

    void *reuse(Blocks::iterator found, size_t size) {
        void *block = found->second.back();
        found->second.pop_back();
        kept_ -= found->first;
        used_ += found->first - size;
        if (found->second.empty()) free_.erase(found);
        return block;
    }

    void *allocate(size_t size) {
        void *block = nullptr;
        if (posix_memalign(&block, size >= huge_page ? huge_page : 64, size) != 0) throw std::bad_alloc();
        if (size >= huge_page) madvise(block, size, MADV_HUGEPAGE);
        sizes_[block] = size;
        return block;
    }

    void release_largest() {
        const auto largest = std::prev(free_.end());
        void *block = largest->second.back();
        largest->second.pop_back();
        kept_ -= largest->first;
        if (largest->second.empty()) free_.erase(largest);
        sizes_.erase(block);
        std::free(block);
    }

    std::mutex mutex_;
    Blocks free_;
    std::unordered_map<void *, size_t> sizes_;
    size_t used_ = 0, kept_ = 0, most_used_ = 0;
};

BlockCache &cache() {
    // Never destroyed: tensors may outlive every static.
    static auto *blocks = new BlockCache;
    return *blocks;
}

// Smaller blocks are left to malloc, which keeps them anyway.
constexpr size_t smallest = 64 << 10;

/// Frees a block of either kind: LibTorch asks for one deleter for all.
void release(void *block) {
    if (block && !cache().give_back(block)) c10::GetDefaultCPUAllocator()->raw_deleter()(block);
}

class CachingAllocator final : public c10::Allocator {
  public:
#if TORCH_VERSION_MAJOR >= 2
    c10::DataPtr allocate(size_t size) override { return block(size); }
    void copy_data(void *to, const void *from, size_t count) const override { std::memcpy(to, from, count); }
#else
    c10::DataPtr allocate(size_t size) const override { return block(size); }
#endif
    c10::DeleterFnPtr raw_deleter() const override { return &release; }

  private:
    static c10::DataPtr block(size_t size) {
        void *memory = size < smallest ? c10::GetDefaultCPUAllocator()->raw_allocate(size)
                                       : cache().take(BlockCache::rounded(size));
        return {memory, memory, &release, c10::Device(c10::kCPU)};
    }
};

} // namespace

void ctorch::install_block_cache() {
    static const bool installed = [] {
        c10::SetCPUAllocator(new CachingAllocator, /*priority*/ 1);
        return true;
    }();
    static_cast<void>(installed);
}
