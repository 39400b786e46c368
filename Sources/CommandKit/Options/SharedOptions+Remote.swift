package import ArgumentParser
package import Fetch
package import Loader

/// `--cache` and what else concerns sources that are URLs or pipes.
package struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where shards from URLs are kept.",
            discussion: "Default: wit/shards in $XDG_CACHE_HOME or ~/.cache.",
            valueName: "dir"))
    package var cache: String?
    @Option(help: "The most that they may take there, in gigabytes; the rest is read in ranges.")
    package var cacheGigabytes = 32.0
    @Option(
        help: ArgumentHelp(
            "Allow addresses that are refused otherwise, such as 10.0.0.0/8 for a store of one's own.",
            valueName: "cidr"))
    package var allowAddress: [CIDR] = []

    package init() {}

    package func validate() throws {
        guard cacheGigabytes > 0, cacheGigabytes < 1e9 else {
            throw ValidationError("--cache-gigabytes \(cacheGigabytes) is not above 0")
        }
    }

    /// The configuration that the options and AWS's environment variables give.
    package var access: RemoteAccess {
        var access = RemoteAccess()
        if let cache { access.cacheFolder = cache }
        access.maxCacheBytes = Int64(cacheGigabytes * 1e9)
        access.allowedNetworks = allowAddress
        access.s3 = S3Access(environment: Terminal.environment)
        return access
    }
}
