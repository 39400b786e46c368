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
