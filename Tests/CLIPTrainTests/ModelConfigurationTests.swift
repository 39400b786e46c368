import CLIPTrain
import Foundation
import TestSupport
import Testing

@Suite struct ModelConfigurationTests {
    /// Name, parameters and those of the image tower, counted by instantiating OpenCLIP's models.
    static let counts: [(String, Int, Int)] = [
        ("RN50", 102_007_137, 38_316_896), ("RN101", 119_688_033, 56_259_936),
        ("RN50x4", 178_300_601, 87_137_080), ("RN50x16", 290_979_217, 167_328_912),
        ("RN50x64", 623_258_305, 420_380_352), ("ViT-B/32", 151_277_313, 87_849_216),
        ("ViT-B/16", 149_620_737, 86_192_640), ("ViT-L/14", 427_616_513, 303_966_208),
        ("ViT-L/14@336", 427_944_193, 304_293_888),
    ]

    @Test(arguments: counts)
    func parameterCountsEqualThePapersModels(name: String, all: Int, image: Int) async throws {
        let model = try await CLIPModel(ModelConfiguration(named: name))
        #expect(await model.parameterCount == all)
        #expect(await model.imageParameterCount == image)
    }

    @Test(arguments: [
        ("RN50", 489), ("RN101", 795), ("RN50x4", 669), ("RN50x16", 921), ("RN50x64", 1353),
        ("ViT-B/32", 302),
        ("ViT-L/14", 446),
    ])
    func keysAreAsManyAsOpenAIs(name: String, keys: Int) async throws {
        let model = try await CLIPModel(ModelConfiguration(named: name))
        let names = await model.parameterNames
        // The count includes each batch norm's `num_batches_tracked`, which may be absent and is never used.
        let norms = names.filter { $0.hasSuffix("running_mean") }.count
        #expect(names.count + norms == keys)
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: [
        ("ViT-L-14-336", "ViT-L/14@336"), ("vit-b-32", "ViT-B/32"), ("ViT-L/14@336px", "ViT-L/14@336"),
    ])
    func otherSpellingsOfANameAreUnderstood(spelling: String, name: String) throws {
        #expect(try ModelConfiguration(named: spelling) == ModelConfiguration(named: name))
    }

    @Test func anUnknownNameListsTheNames() {
        let error = #expect(throws: CLIPTrainError.self) { try ModelConfiguration(named: "ViT-Z") }
        #expect(error?.description.contains("ViT-B/32") == true)
    }

    @Test func theSmallFamilyGrowsInEveryDirection() async throws {
        var last = 0
        for scale in 0...4 {
            let configuration = ModelConfiguration.family(scale: Double(scale))
            try configuration.validate()
            let count = try await CLIPModel(configuration).imageParameterCount
            #expect(count > last)
            last = count
        }
        #expect(try ModelConfiguration(named: "wit-tiny") == ModelConfiguration.family(scale: 0))
    }

    @Test func openCLIPsFilesAreReadAsTheyAre() throws {
        let folder = try TemporaryFolder()
        let plain = """
            {"embed_dim": 512, "quick_gelu": true,
             "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32},
             "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}}
            """
        let path = try folder.write("ViT-B-32-quickgelu.json", plain.utf8)
        #expect(try ModelConfiguration(contentsOf: path) == ModelConfiguration(named: "ViT-B/32"))
        let wrapped = try folder.write(
            "open_clip_config.json", "{\"model_cfg\": \(plain), \"preprocess_cfg\": {}}".utf8)
        #expect(try ModelConfiguration(contentsOf: wrapped) == ModelConfiguration(named: "ViT-B/32"))
    }

    @Test(arguments: ModelConfiguration.names)
    func encodingAndDecodingGiveTheSame(name: String) throws {
        let model = try ModelConfiguration(named: name)
        #expect(try JSONDecoder().decode(ModelConfiguration.self, from: JSONEncoder().encode(model)) == model)
    }

    @Test(arguments: [
        ("\"custom_text\": true", "custom_text"), ("\"init_logit_bias\": -10", "init_logit_bias"),
    ])
    func whatWouldChangeTheModelIsRefused(extra: String, key: String) throws {
        let folder = try TemporaryFolder()
        let text = """
            {"embed_dim": 512, \(extra), "text_cfg": {},
             "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32}}
            """
        let path = try folder.write("model.json", text.utf8)
        let error = #expect(throws: CLIPTrainError.self) { try ModelConfiguration(contentsOf: path) }
        #expect(error?.description.contains(key) == true && error?.description.contains(path) == true)
    }

    @Test func sizesThatCannotWorkAreRefused() throws {
        var model = try ModelConfiguration(named: "ViT-B/32")
        model.vision.imageSize = 225
        #expect(throws: CLIPTrainError.self) { try model.validate() }
        model = try ModelConfiguration(named: "ViT-B/32")
        model.text.heads = 7
        #expect(throws: CLIPTrainError.self) { try model.validate() }
        model = try ModelConfiguration(named: "RN50")
        model.vision.imageSize = 230
        #expect(throws: CLIPTrainError.self) { try model.validate() }
    }
}
