public import Loader

extension CLIPModel {
    /// Unit-length features of a batch, one row a pair, computed without learning.
    public func features(of batch: Batch) throws -> (images: [[Double]], texts: [[Double]]) {
        try Tensor.withoutRecording {
            let images = try imageFeatures(batch.pictures(0..<batch.count), .evaluate)
            let texts = try textFeatures(batch.texts(0..<batch.count))
            return (try images.rowValues(), try texts.rowValues())
        }
    }

    /// Retrieval within each batch of the first epoch of a source, averaged over its batches.
    ///
    /// - Throws: `CLIPTrainError` if the source gives no batch.
    public func retrieval(on source: any BatchSource) async throws -> RetrievalReport {
        var images: [[Double]] = []
        var texts: [[Double]] = []
        var candidates = 0
        for try await batch in source.batches(epochs: 0..<1, from: 0) where batch.count > 0 {
            let features = try features(of: batch)
            images += features.images
            texts += features.texts
            candidates = max(candidates, batch.count)
        }
        guard candidates > 0 else { throw CLIPTrainError(.data, "there is not one batch to evaluate on") }
        return RetrievalReport(images: images, texts: texts, candidates: candidates)
    }
}

extension Tensor {
    /// The rows of a matrix.
    fileprivate func rowValues() throws -> [[Double]] {
        let values = try values()
        let width = shape[1]
        return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }
}
