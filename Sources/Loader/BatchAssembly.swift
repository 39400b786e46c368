/// A batch while its rows are being made. Rows are disjoint, so threads write them without a lock; what decides who
/// writes which row (`nextRow`, `completed`) is guarded by the run that owns the assembly.
final class BatchAssembly: @unchecked Sendable {
    let epoch: Int
    let index: Int
    let rows: BatchPlan.Rows
    let images: PictureMemory
    private let imageBytes: Int
    private var results: [Result<RowMaker.Row, SkipReason>?]

    /// Guarded by the run: the next row that nobody makes yet, and how many are made.
    var nextRow = 0
    var completed = 0

    /// An assembly whose pictures go into `images`, `imageBytes` for each row.
    init(epoch: Int, index: Int, rows: BatchPlan.Rows, images: PictureMemory, imageBytes: Int) {
        self.epoch = epoch
        self.index = index
        self.rows = rows
        self.images = images
        self.imageBytes = imageBytes
        results = Array(repeating: nil, count: rows.samples.count)
    }

    /// Where a row's picture goes.
    func image(_ row: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: images.bytes[(row * imageBytes)..<((row + 1) * imageBytes)])
    }

    /// Guarded by the run.
    func complete(_ row: Int, _ result: Result<RowMaker.Row, SkipReason>) {
        results[row] = result
        completed += 1
    }

    /// The rows that were made, their pictures moved together, and how many of them are padding; called once, when no
    /// row is being made any more.
    func close() -> (rows: [RowMaker.Row], paddingCount: Int) {
        var kept: [RowMaker.Row] = []
        var paddingCount = 0
        for (row, result) in results.enumerated() {
            guard case .success(let made)? = result else { continue }
            if kept.count < row, imageBytes > 0 {
                image(kept.count).copyMemory(from: UnsafeRawBufferPointer(image(row)))
            }
            if row >= rows.samples.count - rows.paddingCount { paddingCount += 1 }
            kept.append(made)
        }
        return (kept, paddingCount)
    }
}
