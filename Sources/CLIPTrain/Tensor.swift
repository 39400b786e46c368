internal import CTorch

/// The types that tensor elements have here.
enum ElementType: String, Sendable, CaseIterable {
    case float32 = "F32"
    case float64 = "F64"
    case bfloat16 = "BF16"
    case float16 = "F16"
    case int32 = "I32"
    case int64 = "I64"

    /// Bytes of one element.
    var size: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .bfloat16, .float16: 2
        }
    }

    var native: ctorch_dtype {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .bfloat16: .bfloat16
        case .float16: .float16
        case .int32: .int32
        case .int64: .int64
        }
    }
}

/// A LibTorch tensor, freed when the last reference goes.
@TensorActor
final class Tensor {
    // Freeing is the only call that LibTorch allows from any thread, and `deinit` makes no other.
    nonisolated(unsafe) let handle: OpaquePointer

    /// Takes ownership of what a C call returned, or throws why it returned nothing.
    init(owning handle: OpaquePointer?) throws {
        guard let handle else { throw Tensor.lastError() }
        self.handle = handle
    }

    deinit { ctorch_free(handle) }

    /// A tensor full of one value.
    convenience init(filledWith value: Double = 0, shape: [Int], type: ElementType) throws {
        try self.init(owning: ctorch_full(shape.map(Int64.init), Int32(shape.count), type.native, value))
    }

    /// A copy of elements that are already laid out row by row.
    convenience init(bytes: UnsafeRawBufferPointer, shape: [Int], type: ElementType) throws {
        precondition(bytes.count == shape.reduce(type.size, *), "bytes do not fill the shape")
        let sizes = shape.map(Int64.init)
        try self.init(
            owning: bytes.baseAddress.map { ctorch_from_bytes($0, sizes, Int32(sizes.count), type.native) }
                ?? ctorch_full(sizes, Int32(sizes.count), type.native, 0))
    }

    /// A copy of indices, as a vector.
    static func indices(_ indices: [Int]) throws -> Tensor {
        try indices.map(Int64.init).withUnsafeBytes {
            try Tensor(bytes: $0, shape: [indices.count], type: .int64)
        }
    }

    /// Sizes of the dimensions.
    var shape: [Int] { (0..<ctorch_rank(handle)).map { Int(ctorch_size(handle, $0)) } }

    /// Elements in the tensor.
    var count: Int { shape.reduce(1, *) }

    /// The type of the elements.
    var type: ElementType {
        let native = ctorch_type(handle)
        return ElementType.allCases.first { $0.native == native } ?? .float32
    }

    static func lastError() -> CLIPTrainError {
        CLIPTrainError(.tensor, "LibTorch: \(String(cString: ctorch_last_error()))")
    }

    /// The elements as bytes of the tensor's own type, row by row.
    func bytes() throws -> [UInt8] {
        let size = count * type.size
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            if let base = buffer.baseAddress { try Tensor.check(ctorch_to_bytes(handle, base, Int64(size))) }
            filled = size
        }
    }

    /// The elements as doubles, row by row.
    func values() throws -> [Double] {
        try converted(to: .float64).bytes().withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    }

    /// The only element of a tensor that has one.
    func item() throws -> Double {
        var value = 0.0
        try Tensor.check(ctorch_item(handle, &value))
        return value
    }

    /// Overwrites the elements with those of a tensor of the same shape, converting them; not recorded.
    func assign(_ source: Tensor) throws { try Tensor.check(ctorch_assign(handle, source.handle)) }

    /// Overwrites the elements with draws from a normal distribution that depend on the seed alone.
    func fillNormal(deviation: Double, seed: UInt64) throws {
        try Tensor.check(ctorch_fill_normal(handle, 0, deviation, seed))
    }

    /// Overwrites the elements with draws from −bound ..< bound that depend on the seed alone.
    func fillUniform(bound: Double, seed: UInt64) throws {
        try Tensor.check(ctorch_fill_uniform(handle, -bound, bound, seed))
    }

    /// Throws the recorded reason when a C call reports failure.
    static func check(_ succeeded: Bool) throws {
        if !succeeded { throw lastError() }
    }
}
