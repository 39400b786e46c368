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
        guard let host = RequestURL.host(of: request.url, maxBytes: configuration.maxURLBytes) else {
            return .failure(FetchFailure(.badURL, url: request.url, detail: "not an http or https URL"))
        }
        let ticket = Ticket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let transfer = Transfer(
                    request, host: host, configuration: configuration, hasContact: hasContact,
                    continuation: continuation)
                engine.add(transfer)
                if ticket.issue(transfer) { engine.cancel(transfer) }
            }
        } onCancel: {
            if let transfer = ticket.cancel() { engine.cancel(transfer) }
        }
    }

    /// Ends all transfers with the reason `shut_down`; later ones end so at once.
    public func shutdown() { engine.stop() }
}
