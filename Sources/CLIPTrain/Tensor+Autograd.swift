internal import CTorch

extension Tensor {
    /// Marks a leaf as one that gathers a gradient.
    func requireGradient() throws { try Tensor.check(ctorch_require_gradient(handle)) }

    /// Adds the gradients of this tensor to its leaves; `seed` is its own gradient, 1 for a scalar when absent.
    func backward(seed: Tensor? = nil) throws { try Tensor.check(ctorch_backward(handle, seed?.handle)) }

    /// The gathered gradient, sharing its memory.
    func gradient() -> Tensor? { ctorch_gradient(handle).flatMap { try? Tensor(owning: $0) } }

    /// Forgets the gathered gradient.
    func clearGradient() { ctorch_clear_gradient(handle) }

    /// The same values outside the autograd graph.
    func detached() throws -> Tensor { try Tensor(owning: ctorch_detach(handle)) }

    /// What `piece` makes of this tensor, keeping nothing but this tensor for the backward pass, which computes the
    /// piece again; then `piece` is told so.
    func recomputing(_ piece: @escaping (_ input: Tensor, _ again: Bool) throws -> Tensor) throws -> Tensor {
        let context = Unmanaged.passRetained(PieceOfModel(compute: piece))
        return try Tensor(
            owning: ctorch_recomputed(
                handle,
                { context, input, again in
                    let piece = Unmanaged<PieceOfModel>.fromOpaque(context).takeUnretainedValue()
                    guard let result = try? piece.compute(Tensor(owning: input), again) else { return nil }
                    return withExtendedLifetime(result) { ctorch_share(result.handle) }
                }, context.toOpaque(), { Unmanaged<PieceOfModel>.fromOpaque($0).release() }))
    }

    /// Runs `body` without recording what a backward pass would need.
    static func withoutRecording<Result>(_ body: () throws -> Result) throws -> Result {
        try check(ctorch_set_recording(false))
        defer { _ = ctorch_set_recording(true) }
        return try body()
    }
}

/// A closure behind a C pointer.
private final class PieceOfModel {
    let compute: (Tensor, Bool) throws -> Tensor

    init(compute: @escaping (Tensor, Bool) throws -> Tensor) { self.compute = compute }
}
