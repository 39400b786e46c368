public import ArgumentParser
public import CLIPTrain
public import Crawler
public import Decode
public import Fetch
public import Loader

// The libraries' own choices as words on the command line.

extension CrawlScope: ExpressibleByArgument {}
extension LoaderConfiguration.LastBatch: ExpressibleByArgument {}
extension LoaderConfiguration.Content: ExpressibleByArgument {}
extension ImageEncoder.Format: ExpressibleByArgument {}
extension PixelFormat: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension WeightFormat: ExpressibleByArgument {}

extension CIDR: ExpressibleByArgument {
    /// Reads a network such as `127.0.0.0/8`.
    public init?(argument: String) { self.init(argument) }
}
