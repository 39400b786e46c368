internal import CTorch

/// The processes of one run, each with its share of every batch.
///
/// Features are gathered with their gradients, every process computes the loss of its own rows, and gradients are added
/// up: the update is that of one process with the whole batch, for a ViT to rounding. A ResNet's batch norm sees a
/// process's own rows, as in PyTorch's data parallelism.
@TensorActor
public final class ProcessGroup {
    /// This process's place.
    public let placement: Placement
    private nonisolated(unsafe) let handle: OpaquePointer

    /// Where a process stands among those of its run.
    public struct Placement: Sendable, Equatable {
        /// Its number, from 0.
        public var rank: Int
        /// Processes in the run.
        public var world: Int
        /// Its number on its machine, from 0: the number of its GPU.
        public var localRank: Int
        /// The machine of rank 0.
        public var host: String
        /// The port on which rank 0 opens the store where all meet.
        public var port: Int
    }

    /// Waits until all processes of the run have joined.
    ///
    /// - Throws: `CLIPTrainError` if they do not meet in time, or this LibTorch has no way to join them.
    public init(_ placement: Placement, overCUDA: Bool = false) throws {
        self.placement = placement
        guard
            let handle = ctorch_join(
                placement.host, Int32(placement.port), Int32(placement.rank), Int32(placement.world), overCUDA
            )
        else {
            throw CLIPTrainError(
                .configuration,
                "cannot join the other processes at \(placement.host), port \(placement.port): "
                    + String(cString: ctorch_last_error()))
        }
        self.handle = handle
    }

    deinit { ctorch_leave(handle) }

    /// Every process's number, by rank.
    func gathered(_ number: Int) throws -> [Int] {
        var numbers = [Int64](repeating: 0, count: placement.world)
        try Tensor.check(ctorch_gather_number(handle, Int64(number), &numbers))
        return numbers.map(Int.init)
    }

    /// Every process's rows, `counts` of each by rank; differentiable.
    func gathered(_ rows: Tensor, counts: [Int]) throws -> Tensor {
        try Tensor(owning: ctorch_gather_rows(handle, rows.handle, counts.map(Int64.init)))
    }

    /// Replaces tensors by their sums over all processes.
    func sum(_ tensors: [Tensor]) throws {
        let handles: [OpaquePointer] = tensors.map(\.handle)
        try withExtendedLifetime(tensors) {
            try Tensor.check(ctorch_sum_over_group(handle, handles, Int32(handles.count)))
        }
    }
}

extension ProcessGroup.Placement {
    /// The port where no other is named.
    static let standardPort = 29_500

    /// Reads what `torchrun`, `mpirun` (Open MPI, MPICH) or `srun` tells a process; nil for a process on its own.
    ///
    /// torchrun's own store speaks the protocol of its PyTorch's version and keeps `MASTER_PORT`, so the run's store is
    /// one port higher there.
    public init?(environment: [String: String]) {
        func number(_ names: String...) -> Int? {
            names.lazy.compactMap { environment[$0] }.compactMap { Int($0) }.first
        }
        let rank = number("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID")
        // Within a batch script, not under srun, Slurm sets the number of tasks too; a step has its own.
        let world = number("WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS")
        guard let rank, let world, world > 1, (0..<world).contains(rank) else { return nil }
        self.rank = rank
        self.world = world
        localRank =
            number("LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID") ?? rank
        host =
            environment["MASTER_ADDR"] ?? environment["SLURM_STEP_NODELIST"].map(Self.firstHost)
            ?? "127.0.0.1"
        let isUnderTorchrun = environment["TORCHELASTIC_RUN_ID"] != nil
        port = (number("MASTER_PORT") ?? Self.standardPort) + (isUnderTorchrun ? 1 : 0)
    }

    /// The first of a Slurm list such as `node[03-07,12],login1`.
    static func firstHost(_ list: String) -> String {
        let head = list.prefix { $0 != "," && $0 != "[" }
        let rest = list.dropFirst(head.count)
        guard rest.first == "[" else { return String(head) }
        return String(head) + String(rest.dropFirst().prefix { $0.isNumber })
    }
}
