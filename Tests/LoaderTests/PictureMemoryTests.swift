import Testing

@testable import Loader

struct PictureMemoryTests {
    @Test("What is let go of serves again; what is held is never given twice")
    func reuse() {
        let pool = PicturePool(byteCount: 4_096, capacity: 2)
        var held = [pool.take(), pool.take(), pool.take()]
        let places = held.map { $0.bytes.baseAddress }
        #expect(Set(places).count == 3)
        held.removeLast()
        let again = pool.take()
        #expect(again.bytes.baseAddress == places[2])
        #expect(pool.take().bytes.baseAddress.map { !places.contains($0) } == true)
    }

    @Test("No more lie idle than the pool may hold")
    func bounded() {
        let pool = PicturePool(byteCount: 64, capacity: 2)
        var held = (0..<5).map { _ in pool.take() }
        held.removeAll()
        #expect(pool.spareCount == 2)
    }

    @Test("Memory outlives its pool")
    func outlives() {
        let memory = PicturePool(byteCount: 64, capacity: 2).take()
        memory.bytes.initializeMemory(as: UInt8.self, repeating: 7)
        #expect(memory.bytes.allSatisfy { $0 == 7 })
    }
}
