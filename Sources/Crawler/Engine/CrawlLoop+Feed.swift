// Candidates that an import brings.
extension CrawlLoop {
    /// Reads on when what was read before is in the frontier, and there is room for pictures that may come along.
    func startFeed(_ children: inout Children) {
        guard end == nil, !isFed, !busy.isFeeding, hasRoom, let feeder else { return }
        guard let batch = held else {
            busy.isFeeding = true
            spawn(&children) { .read(try await feeder.next()) }
            return
        }
        // A candidate that came while its picture is being looked at for another would be left behind.
        guard !marks.isWaiting(for: batch.pictures.keys) else { return }
        held = nil
        busy.isFeeding = true
        spawn(&children) { [committer, isWhole = marks.isEmpty] in
            .fed(try await committer.take(batch, isWhole: isWhole))
        }
    }

    func read(_ batch: FeedBatch?) {
        if batch == nil { isFed = true }
        held = batch
    }

    func took(_ fed: Fed, _ now: Instant) {
        if !fed.isMarked { marks.began(fed.mark, pictures: Set(fed.pictures.map(\.task.id))) }
        for image in fed.pictures {
            process(nil, bytes: image.picture.bytes.count) { [imageProcessor] in
                .image(try imageProcessor.process(image.task, supplied: image.picture))
            }
        }
        recorded(fed.report)
    }
}
