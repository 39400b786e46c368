internal import CTorch

/// The tensor library under this room.
public enum TensorLibrary {
    /// The version of the LibTorch that this was built against, such as "1.13.1".
    public static var version: String { String(cString: ctorch_version()) }

    /// Gives tensor work that many threads, in one pool; BLAS gets no second one.
    @TensorActor
    public static func setThreads(_ count: Int) throws {
        try Tensor.check(ctorch_set_threads(Int32(clamping: count)))
    }

    /// Puts the tensors of this process on a device: "cpu", "cuda" or "cuda:1". Before the first model is made.
    @TensorActor
    public static func setDevice(_ name: String) throws { try Tensor.check(ctorch_set_device(name)) }

    /// The rate at which this machine multiplies matrices of side `size` in a run's precision, in GFLOP/s: the ceiling
    /// that a training step is measured against.
    @TensorActor
    public static func matrixRate(
        size: Int = 1024, precision: Precision, repeats: Int = 5
    ) throws -> Double {
        let type = precision.types.computed.native
        let rate = ctorch_matrix_rate(Int64(size), type, Int32(repeats))
        try Tensor.check(rate >= 0)
        return rate
    }
}
