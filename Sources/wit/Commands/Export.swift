import ArgumentParser
import CommandKit
import Decode
import PairStore

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a view of a store as WebDataset shards.",
        discussion: """
            Pictures are copied as they are, or made smaller, re-encoded, or both. Pairs come in the order of their
            ids; cut short, the same command goes on after the last whole shard.
              wit export pairs --output wds
              wit export pairs --output small --resize 256 --format jpg --quality 90
              wit export pairs --output foxes --query 'red fox'
              wit export pairs --output balanced --per-query 1000 --duplicate-distance 10
            """)

    @Argument(help: ArgumentHelp("The store.", valueName: "dir")) var store: String
    @Option(help: ArgumentHelp("The folder to write.", valueName: "dir")) var output: String
    @OptionGroup var which: PairFilterOption
    @OptionGroup var view: ViewOptions
    @Option(help: ArgumentHelp("Make the short side at most this long; 0 leaves sizes.", valueName: "pixels"))
    var resize = 0
    @Option(help: "Re-encode every picture: jpg, png or webp. Default: only what is resized, as jpg.")
    var format: ImageEncoder.Format?
    @Option(help: "Quality of re-encoded jpg and webp, 1 to 100.") var quality = 90
    @Option(help: ArgumentHelp("End a shard at about this size.", valueName: "MB")) var shardSize = 1024
    @OptionGroup var progress: ProgressOption
    @OptionGroup var json: JSONOption

    func validate() throws {
        guard resize >= 0 else { throw ValidationError("--resize \(resize) is negative") }
        guard (1...100).contains(quality) else {
            throw ValidationError("--quality is 1 to 100, not \(quality)")
        }
        guard shardSize > 0 else { throw ValidationError("--shard-size must be positive") }
    }

    func run() throws {
        let reader = try StoreReader.open(store)
        let total = try reader.info().pairs
        var exporter = StoreExporter(reader)
        exporter.filter = try which.filter(reader)
        exporter.view = view.view
        exporter.maxShardBytes = Int64(shardSize) << 20
        if resize > 0 || format != nil { exporter.change = (changeName, change) }
        let display = progress.display
        let interrupt = Interrupt(saying: "stopping after the last whole shard")
        let report = try exporter.run(
            into: output,
            progress: { now in
                let state = PairProgress(pairs: Int64(now.pairs), totalPairs: total, bytes: now.bytes)
                display.update(line: state.line, facts: state)
            }, shouldStop: { interrupt.requested })
        display.finish()
        if json.isOn {
            try JSONOutput.print(report)
        } else {
            print(
                "\(Format.count(report.pairs)) pairs, \(Format.bytes(report.bytes)) of pictures in "
                    + "\(report.shards) shards; \(Format.count(report.skipped)) could not be made over")
        }
        guard report.isComplete else { throw CommandError("cut short; run the same command again to go on") }
    }

    private var changeName: String {
        "short side \(resize), \(format?.rawValue ?? "resized ones jpg") at \(quality)"
    }

    /// A picture that is small enough and in the wanted format is copied; one that cannot be decoded is left out.
    private var change: StoreExporter.Change {
        let resize = resize > 0 ? ImageResize(.keepRatio, size: resize, onlyIfBigger: true) : nil
        let remake = ImageRemake(resize: resize, format: format, quality: quality)
        let (decoder, scratches) = (ImageDecoder(limits: .stored), DecodeScratchPool())
        return { record, bytes in
            let old = ImageFormat(rawValue: record.format)
            if let old, remake.keeps(width: record.width, height: record.height, format: old) {
                return .init(bytes: bytes, format: record.format, width: record.width, height: record.height)
            }
            do throws(DecodeError) {
                let made = try scratches.withScratch { scratch throws(DecodeError) in
                    try remake.apply(bytes, decoder: decoder, scratch: scratch)
                }
                return .init(
                    bytes: made.bytes, format: made.format.rawValue, width: made.image.width,
                    height: made.image.height)
            } catch { return nil }
        }
    }
}
