import Foundation

/// A case of the html5lib suite for tree construction: some markup and the tree that it stands for.
struct TreeCase {
    /// The file and the case's number in it, from 1.
    let name: String
    let markup: [UInt8]
    /// The markup is the content of some element, not a document.
    let isFragment: Bool
    /// Scripts run.
    let isScripted: Bool
    /// The lines of the tree.
    let tree: [String]

    /// The cases of a file in the suite's format: sections that begin with `#name`, cases that begin with `#data`.
    static func read(_ path: String) throws -> [TreeCase] {
        let file = (path as NSString).lastPathComponent.replacingOccurrences(of: ".dat", with: "")
        let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var cases: [TreeCase] = []
        var sections: [String: [Data]] = [:]
        var section = ""
        func finish() {
            guard let data = sections["data"], let tree = sections["document"] else { return }
            cases.append(
                TreeCase(
                    name: "\(file)#\(cases.count + 1)", markup: [UInt8](Data(data.joined(separator: [10]))),
                    isFragment: sections["document-fragment"] != nil,
                    isScripted: sections["script-on"] != nil,
                    tree: tree.map { String(decoding: $0, as: UTF8.self) }))
        }
        for line in lines {
            let heading =
                line.first == UInt8(ascii: "#") ? String(decoding: line.dropFirst(), as: UTF8.self) : ""
            if heading == "data" {
                finish()
                sections = [:]
            }
            if Self.headings.contains(heading) {
                section = heading
                sections[section] = []
            } else {
                sections[section]?.append(line)
            }
        }
        finish()
        return cases
    }

    private static let headings: Set<String> = [
        "data", "errors", "new-errors", "document-fragment", "document", "script-on", "script-off",
    ]
}
