public import ArgumentParser
public import CLIPTrain

// The library's own choices as words on the command line.

extension Precision: ExpressibleByArgument {}
extension WeightFormat: ExpressibleByArgument {}
