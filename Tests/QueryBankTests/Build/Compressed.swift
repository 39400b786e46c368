import CBzip2
import Foundation
import TestSupport

/// Files in the forms that dumps come in.
enum Compressed {
    /// One bzip2 stream.
    static func bzip2(_ bytes: some Sequence<UInt8>) throws -> [UInt8] {
        var input = bytes.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count + input.count / 100 + 700)
        var count = UInt32(output.count)
        let code = BZ2_bzBuffToBuffCompress(&output, &count, &input, UInt32(input.count), 1, 0, 0)
        guard code == BZ_OK else { throw CocoaError(.fileWriteUnknown) }
        return output[..<Int(count)].map { UInt8(bitPattern: $0) }
    }

    /// The pieces as bzip2 streams one after another, as "multistream" dumps have them.
    static func multistream(_ pieces: [[UInt8]]) throws -> [UInt8] { try pieces.flatMap { try bzip2($0) } }
}

extension SeededGenerator {
    /// A number below `bound`.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
