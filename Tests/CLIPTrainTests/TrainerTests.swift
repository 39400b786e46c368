import CLIPTrain
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct TrainerTests {
    private func configuration(_ folder: TemporaryFolder, epochs: Int = 30) -> TrainConfiguration {
        var recipe = Recipe()
        recipe.epochs = epochs
        recipe.learningRate = 3e-3
        recipe.warmUpSteps = 5
        recipe.weightDecay = 0.1
        return TrainConfiguration(model: tinyModel(), recipe: recipe, output: folder.path + "/run")
    }

    @Test func lossFallsAndRetrievalWorks() async throws {
        let folder = try TemporaryFolder()
        let source = SyntheticSource()
        let trainer = try await Trainer(configuration(folder), source: source, heldOut: source)
        let report = try await trainer.run { _ in }
        print("loss", report.loss, "chance", report.chanceLoss, report.retrieval as Any, report.seconds)
        #expect(report.loss < 0.5 * report.chanceLoss)
    }
}
