internal import Fetch
import Foundation
internal import Synchronization

/// Asks for ranges of remote archives.
final class RemoteClient: Sendable {
    /// What names one version of an archive.
    struct Version: Sendable, Hashable {
        var size: Int64
        /// The server's entity tag or date; empty where it gives none.
        var tag: String
    }

    private let fetcher: Fetcher
    private let s3: S3Access

    init(_ access: RemoteAccess) {
        fetcher = access.makeFetcher()
        s3 = access.s3
    }

    /// The archive's present version.
    func version(of location: String) async throws -> Version {
        try await answer(location, 0..<1, of: nil).version
    }

    /// Bytes of an archive, which must still be the version that it was.
    func bytes(_ location: String, _ range: Range<Int64>, of version: Version) async throws -> [UInt8] {
        let (response, now) = try await answer(location, range, of: version)
        guard now == version, response.body.count == range.count else {
            throw LoaderError(
                .unreadable, "\(location) has changed since its headers were read: start a new run")
        }
        return response.body
    }

    /// The same for a thread of its own, which waits; `nil` where the bytes cannot be had.
    func waitForBytes(_ location: String, _ range: Range<Int64>, of version: Version) -> [UInt8]? {
        let done = DispatchSemaphore(value: 0)
        let result = Box()
        Task.detached {
            let bytes = try? await self.bytes(location, range, of: version)
            result.bytes.withLock { $0 = bytes }
            done.signal()
        }
        done.wait()
        return result.bytes.withLock { $0 }
    }

    private final class Box: Sendable {
        let bytes = Mutex<[UInt8]?>(nil)
    }

    private func answer(
        _ location: String, _ range: Range<Int64>, of version: Version?
    ) async throws -> (response: FetchResponse, version: Version) {
        var request = try request(location, range, of: version)
        // Stores of data send readers on to the servers that hold it.
        for _ in 0..<6 {
            switch await fetcher.fetch(retrying: request) {
            case .failure(let failure):
                if failure.reason == .cancelled { throw CancellationError() }
                throw LoaderError(.unreadable, "\(location): \(failure)")
            case .response(let response):
                if let target = response.redirectTarget, request.signature == nil {
                    request.url = target
                } else {
                    return (response, try Self.version(response, location))
                }
            }
        }
        throw LoaderError(.unreadable, "\(location): more than 5 redirects")
    }

    private func request(
        _ location: String, _ range: Range<Int64>, of version: Version?
    ) throws -> FetchRequest {
        let isS3 = location.lowercased().hasPrefix("s3://")
        guard let url = isS3 ? s3.url(of: location) : location else {
            throw LoaderError(.badConfiguration, "\(location) is not s3://BUCKET/KEY")
        }
        var request = FetchRequest(url: url, maxBodyBytes: range.count)
        // Compressed bytes would have other offsets.
        request.headers = [
            ("Accept-Encoding", "identity"), ("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"),
        ]
        // A weak tag, or a date, cannot be asked for; the answer's own is compared.
        if let tag = version?.tag, tag.hasPrefix("\"") { request.headers.append(("If-Match", tag)) }
        if isS3 { request.signature = s3.signature }
        return request
    }

    private static func version(_ response: FetchResponse, _ location: String) throws -> Version {
        let total = response.headers["content-range"].flatMap { $0.split(separator: "/").last }
        switch response.status {
        case 206:
            guard let size = total.flatMap({ Int64($0) }), size > 0 else {
                throw LoaderError(.unreadable, "\(location): the server does not say how long it is")
            }
            return Version(
                size: size, tag: response.headers["etag"] ?? response.headers["last-modified"] ?? "")
        case 200:
            throw LoaderError(
                .unreadable, "\(location): the server does not serve ranges: fetch it to a file first")
        case 412:
            throw LoaderError(
                .unreadable, "\(location) has changed since its headers were read: start a new run")
        case 404, 403:
            let hint = response.status == 403 ? ": check the key and its rights" : ""
            throw LoaderError(.noSuchFile, "\(location): status \(response.status)\(hint)")
        default: throw LoaderError(.unreadable, "\(location): status \(response.status)")
        }
    }
}
