internal import Foundation

extension QueryList {
    /// Writes the compiled form, which `init(contentsOf:)` maps in milliseconds. The file appears whole or not at all.
    public func writeCompiled(to path: String) throws {
        do {
            let memory = image.memory
            let data = Data(
                bytesNoCopy: UnsafeMutableRawPointer(mutating: memory.baseAddress.unsafelyUnwrapped),
                count: memory.count, deallocator: .none)
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw QueryBankError(.cannotWrite, "\(path): cannot be written (\(error.localizedDescription))")
        }
    }
}
