public import ArgumentParser
public import Crawler
public import Decode
public import Loader

// The libraries' own choices as words on the command line.

extension CrawlScope: ExpressibleByArgument {}
extension LoaderConfiguration.LastBatch: ExpressibleByArgument {}
extension LoaderConfiguration.Content: ExpressibleByArgument {}
extension ImageEncoder.Format: ExpressibleByArgument {}
extension PixelFormat: ExpressibleByArgument {}
extension PictureCheck: ExpressibleByArgument {}
extension ListFormat: ExpressibleByArgument {}

extension Partition: ExpressibleByArgument {
    /// `i/n`.
    public init?(argument: String) {
        let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let number = numbers[0], let count = numbers[1] else { return nil }
        self.init(number: number, count: count)
    }
}
