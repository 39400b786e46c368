public import ArgumentParser
public import Fetch

extension CIDR: ExpressibleByArgument {
    /// Reads a network such as `127.0.0.0/8`.
    public init?(argument: String) { self.init(argument) }
}
