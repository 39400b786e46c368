import CLIPTrain
import CommandKit
import Foundation

extension Train {
    static func line(_ step: StepReport) -> String {
        let bar = ProgressBar.text(done: Double(step.step), of: Double(step.steps))
        return "\(bar) step \(step.step)/\(step.steps)  loss \(Format.decimal(step.loss, 3))  "
            + "scale \(Format.decimal(step.logitScale, 1))  lr \(String(format: "%.1e", step.learningRate))  "
            + "\(Format.decimal(step.samplesPerSecond, 0)) pairs/s  wait \(Format.decimal(100 * step.dataWait, 0))%  "
            + "left \(Format.duration(step.secondsLeft))"
    }

    func conclude(_ report: TrainReport, stopped: Bool) throws {
        if json.isOn { try JSONOutput.print(report) }
        if stopped && !report.finished {
            Terminal.note(
                "stopped at step \(report.steps), saved in \(report.checkpoint); go on with the same command and "
                    + "--resume auto")
        }
        guard !json.isOn else { return }
        let share = report.loss / report.chanceLoss
        print("loss        \(Format.decimal(report.loss, 3)) = \(Format.decimal(share, 2)) × ln(batch)")
        if let found = report.retrieval {
            for (name, recall) in [("image→text", found.imageToText), ("text→image", found.textToImage)] {
                print(
                    "\(Format.column(name, 11)) recall@1 \(percent(recall.at1)), @5 \(percent(recall.at5)), "
                        + "@10 \(percent(recall.at10)) among \(found.candidates) held-out pairs "
                        + "(@1 is \(Format.decimal(recall.at1 / found.chance.at1, 1)) × chance)")
            }
        }
        if let found = report.zeroShot {
            print(
                "zero-shot   top-1 \(percent(found.top1)), top-5 \(percent(found.top5)) of "
                    + "\(Format.count(found.pictures)) pictures, \(found.classes) classes")
        }
        print("checkpoint  \(report.checkpoint)")
        print("curves      \(output)/report.html")
    }

    private func percent(_ share: Double) -> String { Format.decimal(100 * share, 1) + "%" }
}
