/// The file operations that a store's durability rests on, so that tests can make each of them fail.
///
/// Every operation reports its failure; none retries or hides one.
package protocol FileLayer: Sendable {
    /// Opens a file for reading and writing, making it if `create` is set.
    func open(_ path: String, create: Bool) throws -> any StoreFile
    /// The size of a file in bytes, or `nil` where there is none.
    func size(of path: String) throws -> Int64?
    /// Renames within one file system; a file of the target's name is replaced.
    func rename(_ source: String, to target: String) throws
    /// Removes a file.
    func remove(_ path: String) throws
    /// Makes a folder and its parents; an existing one is no error.
    func makeFolder(_ path: String) throws
    /// The names in a folder, sorted.
    func list(_ path: String) throws -> [String]
    /// Makes a folder's entries (new, renamed, removed files) durable.
    func syncFolder(_ path: String) throws
}

/// An open file that is written at stated offsets.
package protocol StoreFile: AnyObject {
    /// Writes all the bytes at an offset.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws
    /// Reads up to a buffer's length; fewer bytes mean the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int
    /// Has the disk begin with a range that was written, so that `sync` waits for less; nothing is durable before that.
    func startWriting(at offset: Int64, count: Int64) throws
    /// Makes what was written durable.
    func sync() throws
    /// Cuts the file to a length.
    func truncate(to length: Int64) throws
    /// The current length in bytes.
    func size() throws -> Int64
}

extension StoreFile {
    /// Reads exactly `count` bytes, or fails naming the file.
    func bytes(at offset: Int64, count: Int, name: String) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            try fill(
                UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])),
                at: offset,
                name: name)
            initialised = count
        }
    }

    /// Fills a buffer, or fails naming the file.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64, name: String) throws {
        let got = try read(into: buffer, at: offset)
        guard got == buffer.count else {
            throw StoreError(
                .damaged, name,
                "ends at byte \(offset + Int64(got)) where \(buffer.count) bytes at \(offset) are stored")
        }
    }
}
