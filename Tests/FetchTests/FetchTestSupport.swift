import Fetch

extension FetchConfiguration {
    /// May connect to loopback, with limits that a busy machine does not reach unless a test shortens them.
    static func test(
        allowing networks: [String] = ["127.0.0.0/8"], _ change: (inout TimeLimits) -> Void = { _ in }
    ) -> FetchConfiguration {
        var configuration = FetchConfiguration(
            userAgent: "wit-test (+https://example.org/)",
            addressPolicy: AddressPolicy(allowing: networks.compactMap { CIDR($0) }))
        configuration.timeLimits = TimeLimits(
            connect: .seconds(20), headers: .seconds(20), total: .seconds(30), lowestBytesPerSecond: 0)
        change(&configuration.timeLimits)
        return configuration
    }
}

extension FetchOutcome {
    var response: FetchResponse? {
        if case .response(let response) = self { response } else { nil }
    }

    var failure: FetchFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
