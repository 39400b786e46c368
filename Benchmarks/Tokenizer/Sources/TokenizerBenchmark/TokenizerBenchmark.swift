import Foundation
import Tokenizer

/// Tokenizes the lines of a file on one thread and prints how many ids came out and their sum modulo 2^32.
///
/// Usage: TokenizerBenchmark CAPTIONS PASSES
@main
struct TokenizerBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let passes = Int(arguments[2]), let data = FileManager.default.contents(atPath: arguments[1])
        else {
            FileHandle.standardError.write(Data("usage: TokenizerBenchmark CAPTIONS PASSES\n".utf8))
            exit(2)
        }
        let tokenizer = try CLIPTokenizer()
        let captions = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        var (count, sum) = (0, UInt32(0))
        for _ in 0..<passes {
            for caption in captions {
                let ids = tokenizer.encode(caption)
                count += ids.count
                for id in ids { sum &+= UInt32(id) }
            }
        }
        print(count, sum)
    }
}
