/// How far an import's inputs are done: a batch is, when all pictures that came with it are, and all batches before it.
struct FeedMarks {
    private struct Batch {
        let mark: InputMark?
        var pictures: Set<Int64>
    }

    private var batches: [Batch] = []

    /// Nothing is on its way.
    var isEmpty: Bool { batches.isEmpty }

    /// Whether any of some pictures is being looked at.
    func isWaiting(for pictures: some Sequence<Int64>) -> Bool {
        pictures.contains { picture in batches.contains { $0.pictures.contains(picture) } }
    }

    /// A batch came, whose pictures are being looked at.
    mutating func began(_ mark: InputMark?, pictures: Set<Int64>) {
        batches.append(Batch(mark: mark, pictures: pictures))
    }

    /// Pictures have their outcome, and it is durable; gives the marks that may be written now.
    mutating func ended(_ pictures: [Int64]) -> [InputMark] {
        for index in batches.indices { batches[index].pictures.subtract(pictures) }
        var marks: [InputMark] = []
        while let first = batches.first, first.pictures.isEmpty {
            if let mark = first.mark { marks.append(mark) }
            batches.removeFirst()
        }
        return marks
    }
}
