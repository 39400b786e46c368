import Foundation

/// A place that samples come from.
public enum LoaderSource: Sendable, Equatable {
    /// A store folder: the live pairs of a snapshot taken when the loader opens.
    case store(String)
    /// WebDataset tar files by path, URL or pattern: `{00..31}` and `{a,b}` expand, then `*`, `?` and `[…]` match files.
    /// `https://…`, `http://…` and `s3://BUCKET/KEY` are fetched (`Loader.open`); `pipe:COMMAND` is what a shell
    /// command writes, `-` standard input; named pipes are read as files are.
    case tars(String)

    /// What a command-line argument names: a folder is a store, anything else a tar file or pattern.
    public init(_ argument: String) {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
        self = exists && isFolder.boolValue ? .store(argument) : .tars(argument)
    }
}
