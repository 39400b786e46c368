import CLIPTrain
import Foundation
import Synchronization

/// What steps took.
final class StepTimes: Sendable {
    struct Step: Sendable {
        var wall: Double
        var processor: Double
    }

    private let steps = Mutex<(all: [Step], peakMiB: Int)>(([], 0))

    func add(_ step: Step, peakMiB: Int) {
        steps.withLock {
            $0.all.append(step)
            $0.peakMiB = max($0.peakMiB, peakMiB)
        }
    }

    var peakMiB: Int { steps.withLock { $0.peakMiB } }

    /// The median of each time over all steps but the first ones.
    func median(skipping count: Int) -> Step {
        let timed = steps.withLock { Array($0.all.dropFirst(count)) }
        func middle(_ values: [Double]) -> Double {
            values.isEmpty ? .nan : values.sorted()[values.count / 2]
        }
        return Step(wall: middle(timed.map(\.wall)), processor: middle(timed.map(\.processor)))
    }
}

/// What this process has used.
struct Usage {
    var processor: Double
    var peakMiB: Int

    static var now: Usage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return Usage(
            processor: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakMiB: usage.ru_maxrss / 1024)
    }
}

/// The arithmetic of a training step with the padding left out: 2 operations a multiplication, 3 passes.
struct Work {
    let gigaflops: Double

    /// Nil for a ResNet, whose convolutions are not counted here.
    init?(_ model: ModelConfiguration, batch: Int, tokens: Int) {
        guard case .transformer(let layers, let patch) = model.vision.tower else { return nil }
        func blocks(_ layers: Int, _ width: Int, rows: Int, length: Double) -> Double {
            let products = 12.0 * Double(width * width) + 2 * length * Double(width)
            return Double(layers * rows) * products
        }
        let grid = model.vision.imageSize / patch
        let length = grid * grid + 1
        let image =
            blocks(layers, model.vision.width, rows: batch * length, length: Double(length))
            + Double(batch * grid * grid * 3 * patch * patch * model.vision.width)
        let text = blocks(
            model.text.layers, model.text.width, rows: tokens, length: Double(tokens) / Double(batch))
        gigaflops = (image + text) * 2 * 3 / 1e9
    }
}
