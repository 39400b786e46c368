import QueryBank
import TestSupport
import Testing

@Suite struct QueryListTests {
    @Test func rowsKeepTheirNumbers() {
        let list = QueryList(texts: ["Cat", "black  dog", "cat", "", "Café"])
        #expect(list.count == 5)
        #expect(list.id(of: "CAT") == 0)
        #expect(list.text(of: 1) == "black dog")
        #expect(list.id(of: "cafe") == 4)
        #expect(list.report.folded == [.init(row: 2, into: 0)])
        #expect(list.report.empty == [3])
    }
}
