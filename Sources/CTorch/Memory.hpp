// Memory for tensors that one training step hands to the next.
#pragma once

namespace ctorch {

/// Makes LibTorch take its memory from a cache of freed blocks. Call once or more, from any thread.
void install_block_cache();

} // namespace ctorch
