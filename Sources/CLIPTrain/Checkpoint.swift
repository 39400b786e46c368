import Foundation

/// Where a run stands, beside its tensors.
struct TrainState: Codable, Sendable, Equatable {
    static let currentVersion = 1
    var version = currentVersion
    /// Steps done.
    var step: Int
    /// The data that were trained on.
    var data: String
    var configuration: TrainConfiguration
    /// Losses of the last epoch's worth of steps, for the report.
    var recentLosses: [Double]
}

/// A checkpoint's folder: the model as OpenCLIP loads it, and beside it what a run needs to go on exactly.
struct Checkpoint: Sendable, Equatable {
    let folder: String

    var modelFile: String { folder + "/open_clip_model.safetensors" }
    var modelConfigurationFile: String { folder + "/open_clip_config.json" }
    var optimiserFile: String { folder + "/train_state.safetensors" }
    var stateFile: String { folder + "/train_state.json" }

    private static let prefix = "checkpoint-"

    init(folder: String) { self.folder = folder }

    /// The checkpoint of a step, in a run's output folder.
    init(step: Int, in output: String) { folder = output + "/" + Self.name(step: step) }

    /// The complete checkpoints in a folder, oldest first.
    static func all(in output: String) -> [Checkpoint] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
        let steps = names.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }
        return steps.sorted().map { Checkpoint(step: $0, in: output) }
    }

    private static func name(step: Int) -> String {
        let digits = String(step)
        return prefix + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    }

    /// Writes a checkpoint that is either there and whole, or not there: into a folder of another name, synced, then
    /// renamed. Then removes the oldest beyond `kept`.
    @TensorActor
    static func write(_ model: CLIPModel, _ optimiser: AdamW, state: TrainState, kept: Int) throws
        -> Checkpoint
    {
        let output = state.configuration.output
        let final = Checkpoint(step: state.step, in: output)
        let partial = Checkpoint(folder: output + "/.partial-" + name(step: state.step))
        let files = FileManager.default
        try? files.removeItem(atPath: partial.folder)
        do {
            try files.createDirectory(atPath: partial.folder, withIntermediateDirectories: true)
            try partial.save(model.parameters.map { ($0.name, $0.stored) }, to: partial.modelFile)
            let moments = optimiser.slots.flatMap { slot in
                [
                    ("first." + slot.parameter.name, slot.first),
                    ("second." + slot.parameter.name, slot.second),
                ]
            }
            try partial.save(moments, to: partial.optimiserFile)
            try DurableFile.write(
                openCLIPConfiguration(model.configuration), to: partial.modelConfigurationFile)
            try DurableFile.write(JSONEncoder.sorted.encode(state), to: partial.stateFile)
            try DurableFile.syncFolder(partial.folder)
            // A run that stopped right after this step may have left the same checkpoint.
            try? files.removeItem(atPath: final.folder)
            guard rename(partial.folder, final.folder) == 0 else {
                throw DurableFile.failure("create", final.folder)
            }
            try DurableFile.syncFolder(output)
        } catch {
            try? files.removeItem(atPath: partial.folder)
            throw error
        }
        for old in all(in: output).dropLast(kept) { try? files.removeItem(atPath: old.folder) }
        return final
    }

    /// Writes a model alone, for OpenCLIP and for `CLIPModel.load`.
    @TensorActor
    static func export(_ model: CLIPModel, as format: WeightFormat, to folder: String) throws {
        let final = Checkpoint(folder: folder)
        let files = FileManager.default
        try? files.removeItem(atPath: folder)
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let weights = try model.parameters.map { ($0.name, try $0.stored.converted(to: format.type)) }
        try final.save(weights, to: final.modelFile)
        try DurableFile.write(openCLIPConfiguration(model.configuration), to: final.modelConfigurationFile)
        try DurableFile.syncFolder(folder)
    }

    @TensorActor
    private func save(_ tensors: [(String, Tensor)], to path: String) throws {
        let file = try DurableFile(creating: path)
        try Safetensors.write(tensors.map { (name: $0.0, tensor: $0.1) }, to: file)
        try file.close()
    }

    /// Reads where the run stands.
    func state() throws -> TrainState {
        guard let data = FileManager.default.contents(atPath: stateFile) else {
            throw CLIPTrainError(
                .checkpoint, "\(folder) is not a checkpoint of a run: it has no train_state.json")
        }
        do {
            let state = try JSONDecoder().decode(TrainState.self, from: data)
            guard state.version == TrainState.currentVersion else {
                throw CLIPTrainError(.checkpoint, "\(stateFile) is of version \(state.version), not 1")
            }
            return state
        } catch let error as DecodingError {
            throw CLIPTrainError(.checkpoint, "\(stateFile) is damaged: \(error)")
        }
    }

    /// Overwrites the optimiser's moments.
    @TensorActor
    func load(into optimiser: AdamW) throws {
        let reader = try SafetensorsReader(optimiserFile)
        for slot in optimiser.slots {
            try slot.first.assign(reader.tensor("first." + slot.parameter.name))
            try slot.second.assign(reader.tensor("second." + slot.parameter.name))
        }
    }

    /// The JSON that OpenCLIP wants beside the weights.
    private static func openCLIPConfiguration(_ model: ModelConfiguration) throws -> Data {
        struct Preprocessing: Codable {
            var mean = [0.48145466, 0.4578275, 0.40821073]
            var std = [0.26862954, 0.26130258, 0.27577711]
            var interpolation = "bicubic"
            var resize_mode = "shortest"
        }
        struct Root: Codable {
            var model_cfg: ModelConfiguration
            var preprocess_cfg = Preprocessing()
        }
        return try JSONEncoder.sorted.encode(Root(model_cfg: model))
    }
}

extension JSONEncoder {
    /// The same text for the same value.
    static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return encoder
    }
}
