internal import GRDB

/// Finds what removals name in a catalogue: a group with all of its members when one of them is named.
struct RemovalSearch {
    var rules: Set<Removal>
    /// Groups that are out whatever names them, as ghosts of other stores.
    var groups: Set<[UInt8]> = []

    /// What is found in one catalogue.
    struct Findings {
        var groups: Set<[UInt8]> = []
        /// Rows to take out.
        var pairs: [Int64] = []
        /// Every name under which the groups were offered.
        var keys: Set<[UInt8]> = []
    }

    private struct Named {
        let group: [UInt8]
        let key: [UInt8]
        let id: Int64?
        let names: [Removal]
    }

    func run(_ database: Database) throws -> Findings {
        var findings = Findings()
        try eachName(database) { name in
            if groups.contains(name.group) || name.names.contains(where: rules.contains) {
                findings.groups.insert(name.group)
            }
        }
        guard !findings.groups.isEmpty else { return findings }
        let found = RemovalSearch(rules: [], groups: findings.groups)
        try found.eachName(database) { name in
            guard findings.groups.contains(name.group) else { return }
            findings.keys.insert(name.key)
            if let id = name.id { findings.pairs.append(id) }
        }
        return findings
    }

    /// Every pair that is not out yet, and every place where one was seen; hashes only what the rules ask for.
    private func eachName(_ database: Database, _ body: (Named) throws -> Void) throws {
        let kinds = Set(rules.map(\.kind))
        try SQLStatement(database, PairRow.select + "WHERE p.status != 3 ORDER BY p.id").forEach {
            let row = try PairRow($0)
            let names = Removal.names(
                imageURL: row.imageURL, pageURL: row.pageURL, text: row.text, key: row.key,
                sha256: row.sha256,
                kinds: kinds)
            try body(Named(group: row.group, key: row.key, id: row.id, names: names))
            return true
        }
        // A sighting has no text of its own; its group's pair answers for text and picture.
        let ofPlaces = kinds.subtracting([.text, .sha256])
        try SQLStatement(database, Sighting.select).forEach {
            let sighting = Sighting($0)
            let names = Removal.names(
                imageURL: sighting.imageURL, pageURL: sighting.pageURL, text: "", key: sighting.key,
                sha256: nil, kinds: ofPlaces)
            try body(Named(group: sighting.group, key: sighting.key, id: nil, names: names))
            return true
        }
    }
}
