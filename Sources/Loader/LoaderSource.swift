import Foundation

/// A place that samples come from.
public enum LoaderSource: Sendable, Equatable {
    /// A store folder: the live pairs of a snapshot taken when the loader opens.
    case store(String)
    /// WebDataset tar files by path or pattern: `*`, `?` and `[…]` match files, `{00..31}` and `{a,b}` expand first.
    case tars(String)

    /// What a command-line argument names: a folder is a store, anything else a tar file or pattern.
    public init(_ argument: String) {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
        self = exists && isFolder.boolValue ? .store(argument) : .tars(argument)
    }
}
