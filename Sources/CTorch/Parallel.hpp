// One pool for everything: OpenMP's, which ATen and oneDNN use as well.
#pragma once

#include <cstdint>
#include <functional>

namespace ctorch {

/// Splits 0 ..< count over the pool in contiguous shares of at least `grain` and calls `body(begin, end)` for each.
/// The split depends on `count`, `grain` and the number of threads alone, so results repeat bit for bit.
void parallel_for(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)> &body);

} // namespace ctorch
