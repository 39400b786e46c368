import Testing

@testable import Crawler

@Suite struct SourceSetTests {
    @Test(arguments: [
        ("a.jpg", ["a.jpg"]), ("a.jpg 1x, b.jpg 2x", ["a.jpg", "b.jpg"]),
        ("  a.jpg  100w ,b.jpg 200w,", ["a.jpg", "b.jpg"]), ("a.jpg, b.jpg", ["a.jpg", "b.jpg"]),
        ("a,b.jpg 1x, c.jpg", ["a,b.jpg", "c.jpg"]),
        ("data:image/png;base64,AAAA 1x", ["data:image/png;base64,AAAA"]),
        ("a.jpg 100q, b.jpg 1x", ["b.jpg"]), ("a.jpg -1x", []), ("a.jpg 1x 2x", []), ("", []), (",,,", []),
        ("a.jpg (1x, 2x) , b.jpg 1x", ["b.jpg"]), ("a.jpg 640w 480h, b.jpg", ["a.jpg", "b.jpg"]),
    ])
    func entries(_ text: String, urls: [String]) {
        #expect(SourceSet.parse(text).map(\.url) == urls)
    }

    @Test(arguments: [
        ("s.jpg 320w, m.jpg 1024w, l.jpg 2048w, x.jpg 4096w", "l.jpg"), ("x.jpg 5000w, y.jpg 3000w", "y.jpg"),
        ("a.jpg, b.jpg 2x, c.jpg 1.5x", "b.jpg"), ("a.jpg 1x, b.jpg 640w", "b.jpg"),
    ])
    func best(_ text: String, url: String) {
        #expect(SourceSet.best(text) == url)
    }

    @Test func entriesAreBounded() {
        let text = (0..<10_000).map { "\($0).jpg \($0 + 1)w" }.joined(separator: ",")
        #expect(SourceSet.parse(text).count == SourceSet.maxEntries)
    }
}
