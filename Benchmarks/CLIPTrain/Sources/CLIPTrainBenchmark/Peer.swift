import CLIPTrain
import Foundation

/// OpenCLIP in a process of its own, which makes a step when told to.
final class Peer: @unchecked Sendable {
    // Only the trainer's task calls `step`, one call after the other.
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    let version: String
    let times = StepTimes()

    private struct Answer: Decodable {
        var wall, processor: Double
        var peakMiB: Int
    }

    init(python: String, _ options: Options, _ model: ModelConfiguration) throws {
        let name = options.model.replacingOccurrences(of: "/", with: "-").replacingOccurrences(
            of: "@", with: "-")
        let lengths = RandomSource.lengths(options, context: model.text.contextLength)
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [
            "-c", Peer.script, name + "-quickgelu", "\(options.batch)", options.precision.rawValue,
            "\(options.threads)",
            options.channelsLast ? "1" : "0", lengths.map(String.init).joined(separator: ","),
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        version = Peer.line(output)
    }

    deinit { process.terminate() }

    /// Makes one step and keeps its times.
    func step() throws {
        try input.fileHandleForWriting.write(contentsOf: Data("step\n".utf8))
        let answer = try JSONDecoder().decode(Answer.self, from: Data(Peer.line(output).utf8))
        times.add(.init(wall: answer.wall, processor: answer.processor), peakMiB: answer.peakMiB)
    }

    private static func line(_ pipe: Pipe) -> String {
        var bytes: [UInt8] = []
        while let byte = try? pipe.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n")
        {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let script = """
        import json, resource, sys, time
        import torch, open_clip
        from open_clip.loss import ClipLoss

        name, batch, precision, threads, last, lengths = sys.argv[1:7]
        batch = int(batch)
        torch.set_num_threads(int(threads))
        torch.manual_seed(0)
        model = open_clip.create_model(name, pretrained=None)
        model.train()
        side = model.visual.image_size
        side = side[0] if isinstance(side, (tuple, list)) else side
        images = torch.randn(batch, 3, side, side)
        if last == "1":
            model = model.to(memory_format=torch.channels_last)
            images = images.contiguous(memory_format=torch.channels_last)
        vocabulary = model.vocab_size
        tokens = torch.zeros(batch, model.context_length, dtype=torch.long)
        for row, length in enumerate(int(n) for n in lengths.split(",")):
            tokens[row, :length] = torch.randint(1, vocabulary - 2, (length,))
            tokens[row, length - 1] = vocabulary - 1
        optimizer = torch.optim.AdamW(
            [{"params": [p for p in model.parameters() if p.ndim >= 2], "weight_decay": 0.2},
             {"params": [p for p in model.parameters() if p.ndim < 2], "weight_decay": 0.0}],
            lr=5e-4, betas=(0.9, 0.98), eps=1e-6)
        loss_fn = ClipLoss()
        print(f"open_clip {open_clip.__version__}, torch {torch.__version__}", flush=True)
        for _ in sys.stdin:
            wall, processor = time.perf_counter(), time.process_time()
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
                found = model(images, tokens)
                loss = loss_fn(*found[:3])
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                model.logit_scale.clamp_(0, 4.6052)
            loss.item()
            print(json.dumps({"wall": time.perf_counter() - wall, "processor": time.process_time() - processor,
                              "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}), flush=True)
        """
}
