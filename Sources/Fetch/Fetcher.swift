/// Fetches URLs: many at once, one hop each, everything bounded.
///
/// All transfers share one thread, one cache of connections and names, and one set of limits. A fetcher lives
/// until `shutdown()` or until nobody holds it.
public final class Fetcher: Sendable {
    private let engine: Engine
    private let hasContact: Bool

    /// Starts the engine's thread.
    public init(_ configuration: FetchConfiguration) {
        engine = Engine(configuration)
        hasContact = configuration.hasContact || !configuration.requiresContact
    }

    deinit { engine.stop() }

    /// The configuration the fetcher was made with.
    public var configuration: FetchConfiguration { engine.configuration }

    /// Asks for a URL once. Redirects are reported, not followed; failures are values; cancelling the task ends
    /// the transfer at once with the reason `cancelled`.
    ///
    /// Memory is bounded by `maxConcurrent` × the requests' `maxBodyBytes`. Requests beyond the limits wait in
    /// memory, one for each task that waits here.
    public func fetch(_ request: FetchRequest) async -> FetchOutcome {
        let ticket = Ticket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let transfer = begin(request) { continuation.resume(returning: $0) }
                if let transfer, ticket.issue(transfer) { engine.cancel(transfer) }
            }
        } onCancel: {
            if let transfer = ticket.cancel() { engine.cancel(transfer) }
        }
    }

    /// Asks for a URL once, for callers with so many requests under way that a task for each costs them too much.
    /// Only `shutdown()` ends it early.
    ///
    /// - Parameter onEnd: is called once with what `fetch` would have given, on the thread that all transfers share, or
    ///   on the caller's; it must not block.
    public func start(_ request: FetchRequest, onEnd: @escaping @Sendable (FetchOutcome) -> Void) {
        begin(request, onEnd)
    }

    /// Puts a request in the queue; nil when it is none, which is told at once.
    @discardableResult
    private func begin(
        _ request: FetchRequest, _ onEnd: @escaping @Sendable (FetchOutcome) -> Void
    ) -> Transfer? {
        guard let host = RequestURL.host(of: request.url, maxBytes: configuration.maxURLBytes) else {
            onEnd(.failure(FetchFailure(.badURL, url: request.url, detail: "not an http or https URL")))
            return nil
        }
        let transfer = Transfer(
            request, host: host, configuration: configuration, hasContact: hasContact, onEnd: onEnd)
        engine.add(transfer)
        return transfer
    }

    /// Ends all transfers with the reason `shut_down`; later ones end so at once.
    public func shutdown() { engine.stop() }
}
