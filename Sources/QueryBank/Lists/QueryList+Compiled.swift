internal import Digest
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

    /// Loads a list and keeps its compiled form in a cache folder, where the next call finds it by the hash of the file.
    ///
    /// The cache is a convenience: one that is damaged is made again, and one that cannot be written costs only time.
    /// Throws as `init(contentsOf:diacritics:)` does.
    public init(
        contentsOf path: String, cachedIn folder: String, diacritics: TextNormaliser.Diacritics = .fold
    ) throws {
        guard let content = FileManager.default.contents(atPath: path), !path.hasSuffix(".qbank") else {
            try self.init(contentsOf: path, diacritics: diacritics)
            return
        }
        let hash = content.withUnsafeBytes { SHA256Digest(of: $0) }.hex.prefix(32)
        let version = "\(BankLayout.version).\(TextNormaliser.version)"
        let cached = "\(folder)/\(hash)-\(version)-\(diacritics.rawValue).qbank"
        if let image = try? BankImage(mapping: cached) {
            self.init(image)
            return
        }
        try self.init(contentsOf: path, diacritics: diacritics)
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try? writeCompiled(to: cached)
    }
}
