internal import Foundation

extension RobotsRules {
    /// Where a site says which of its paths are reserved from text and data mining (W3C community group's TDMRep).
    static let reservationsPath = "/.well-known/tdmrep.json"
    /// More of that file is not read, nor more entries.
    static let maxReservationBytes = 64 << 10
    private static let maxReservations = 1_000

    private struct Reservation: Decodable {
        let location: String
        let reservation: Int

        enum CodingKeys: String, CodingKey {
            case location
            case reservation = "tdm-reservation"
        }
    }

    /// An entry that cannot be read says nothing; the others count.
    private struct Lenient: Decodable {
        let value: Reservation?
        init(from decoder: any Decoder) { value = try? Reservation(from: decoder) }
    }

    /// Takes in a `tdmrep.json`: a list of locations, with `*` and `$` as in robots.txt. The longest that matches a path
    /// decides, the reservation on a tie. What is no such list says nothing.
    public mutating func addReservations(_ json: [UInt8]) {
        guard !json.isEmpty, let list = try? JSONDecoder().decode([Lenient].self, from: Data(json)) else {
            return
        }
        for entry in list.lazy.compactMap(\.value).prefix(Self.maxReservations)
        where entry.location.utf8.count <= WebURL.maxBytes {
            let pattern = patterns.add(Array(entry.location.utf8)[...])
            reservations.append(
                Wish(pattern: pattern, allowsTraining: entry.reservation != 1, reason: .tdmReservation))
        }
    }
}
