extension CLIPModel {
    /// Overwrites all parameters with those of a file with OpenAI's names, which must hold exactly this model's.
    ///
    /// - Parameter interpolating: Positions of a picture grid of another size are resized to this model's, as for
    ///   "ViT-L/14@336", which starts from "ViT-L/14" (bicubic, antialiased, as OpenCLIP does it).
    func load(_ path: String, interpolating: Bool = false) throws {
        let reader = try SafetensorsReader(path)
        let known = Set(parameters.map(\.name))
        let extra = reader.entries.keys.filter { !known.contains($0) && !$0.hasSuffix("num_batches_tracked") }
        if let first = extra.min() {
            throw CLIPTrainError(
                .checkpoint, "\(path) is of another model: it has \(first), which this one has not")
        }
        for parameter in parameters {
            guard let shape = reader.entries[parameter.name]?.shape else { throw missing(parameter, path) }
            let value = try reader.tensor(parameter.name)
            if shape == parameter.shape {
                try parameter.assign(value)
            } else if interpolating, parameter.name.hasPrefix("visual."), let from = Self.gridSide(shape),
                let to = Self.gridSide(parameter.shape), shape[1] == parameter.shape[1]
            {
                let grid = try value.converted(to: types.stored).narrowed(1..<shape[0]).resizedGrid(
                    from: from, to: to)
                let first = try value.converted(to: types.stored).narrowed(0..<1)
                try parameter.assign(.concatenated([first, grid], dimension: 0))
            } else {
                throw missing(parameter, path)
            }
        }
    }

    private func missing(_ parameter: Parameter, _ path: String) -> CLIPTrainError {
        CLIPTrainError(
            .checkpoint,
            "\(path) is of another model: it has no \(parameter.name) of shape \(parameter.shape)")
    }

    /// The side of the square grid that positions with that shape are for, one more being for the whole picture.
    private static func gridSide(_ shape: [Int]) -> Int? {
        guard shape.count == 2, shape[0] > 1 else { return nil }
        let side = Int(Double(shape[0] - 1).squareRoot().rounded())
        return side * side == shape[0] - 1 ? side : nil
    }
}
