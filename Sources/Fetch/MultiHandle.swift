internal import CCurl
internal import Foundation

/// One of libcurl's multi handles.
///
/// `@unchecked Sendable`: `wake` may be called from any thread (libcurl promises it) as long as the handle is
/// open, which the engine's mailbox lock ensures; everything else belongs to the engine's thread.
final class MultiHandle: @unchecked Sendable {
    private let pointer: UnsafeMutableRawPointer

    /// A multi handle that keeps as many connections as transfers may run.
    init(_ configuration: FetchConfiguration) {
        MultiHandle.startLibrary()
        guard let pointer = curl_multi_init() else {
            preconditionFailure("libcurl cannot make a multi handle: out of memory")
        }
        self.pointer = pointer
        let kept = max(1, configuration.maxConcurrent)
        ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, kept)
        ccurl_multi_set_long(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, kept)
        ccurl_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, max(1, configuration.maxPerHost))
    }

    /// Ends a wait that runs or the next one.
    func wake() { curl_multi_wakeup(pointer) }

    /// Frees the handle; all transfers must have been removed.
    func close() { curl_multi_cleanup(pointer) }

    func add(_ easy: EasyHandle) -> Bool { curl_multi_add_handle(pointer, easy.pointer) == CURLM_OK }

    func remove(_ easy: EasyHandle) { curl_multi_remove_handle(pointer, easy.pointer) }

    /// Does all that can be done without waiting.
    func perform() {
        var running: Int32 = 0
        curl_multi_perform(pointer, &running)
    }

    /// Waits for traffic, a wake-up or the end of the time.
    func wait(milliseconds: Int32) { curl_multi_poll(pointer, nil, 0, milliseconds, nil) }

    /// The next transfer that libcurl is done with.
    func nextDone() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var easy: UnsafeMutableRawPointer?
        var code = CURLE_OK
        guard ccurl_multi_next_done(pointer, &easy, &code), let easy else { return nil }
        return (easy, code)
    }

    /// libcurl wants one call before any other, once for the process.
    private static func startLibrary() { _ = library }

    private static let library: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
}
