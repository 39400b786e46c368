import CLIPTrain
import Foundation
import Testing

@Suite struct RecipeTests {
    @Test(arguments: [
        ("RN50", 5e-4, 0.999, 1e-8, 32), ("RN50x16", 4e-4, 0.999, 1e-8, 32),
        ("RN50x64", 3.6e-4, 0.999, 1e-8, 32),
        ("ViT-B/16", 5e-4, 0.98, 1e-6, 32), ("ViT-L/14", 4e-4, 0.98, 1e-6, 32),
        ("ViT-L/14@336", 2e-5, 0.98, 1e-6, 1),
    ])
    func everyModelHasThePapersSettings(
        name: String, rate: Double, beta2: Double, epsilon: Double, epochs: Int
    ) throws {
        let recipe = try Recipe(modelNamed: name)
        #expect(recipe.learningRate == rate && recipe.beta2 == beta2 && recipe.epsilon == epsilon)
        #expect(recipe.epochs == epochs && recipe.weightDecay == 0.2 && recipe.warmUpSteps == 2_000)
    }

    /// Values of OpenCLIP's `cosine_lr(optimizer, 1e-3, 10, 110)`.
    @Test(arguments: [(0, 1e-4), (4, 5e-4), (9, 1e-3), (10, 1e-3), (60, 5e-4), (35, 8.535533905932737e-4)])
    func learningRatesAreOpenCLIPs(step: Int, rate: Double) {
        var recipe = Recipe()
        recipe.learningRate = 1e-3
        recipe.warmUpSteps = 10
        #expect(abs(recipe.learningRate(at: step, of: 110) - rate) < 1e-15)
    }

    @Test func aRunShorterThanItsWarmUpStillRises() {
        let recipe = Recipe()
        #expect(recipe.learningRate(at: 0, of: 4) == recipe.learningRate / 4)
        #expect(recipe.learningRate(at: 3, of: 4) == recipe.learningRate)
    }
}
