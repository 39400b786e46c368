// Candidates that an import brings.
extension CrawlLoop {
    /// Reads on when what was read before is in the frontier, and there is room for pictures that may come along.
    func startFeed(_ children: inout Children) {
        guard end == nil, !isFed, !busy.isFeeding, hasRoom, let feeder else { return }
        busy.isFeeding = true
        children.addTask { [committer, isWhole = marks.isEmpty] in
            guard let batch = try await feeder.next() else { return .fed(nil) }
            return .fed(try await committer.take(batch, isWhole: isWhole))
        }
    }

    func took(_ fed: Fed?, _ now: Instant, _ children: inout Children) {
        guard let fed else {
            isFed = true
            return
        }
        if !fed.isMarked { marks.began(fed.mark, pictures: Set(fed.pictures.map(\.task.id))) }
        for image in fed.pictures {
            process(nil, bytes: image.picture.bytes.count, &children) { [imageProcessor] in
                .image(try imageProcessor.process(image.task, supplied: image.picture))
            }
        }
        recorded(fed.report)
    }
}
