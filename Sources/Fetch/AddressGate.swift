/// Counts the requests in flight to each address, whatever names lead there, and keeps those beyond the limit
/// waiting.
///
/// A name's address is only certain when the connection is ready, so a transfer asks then, before its request is
/// sent; one that finds no room gives its connection up and waits here without one. The engine's thread alone
/// touches the gate.
final class AddressGate {
    // Enough for the hosts of any moment; what is forgotten costs one connection.
    private static let maxKnownHosts = 20_000

    private let limit: Int
    private var load: [IPAddress: Int] = [:]
    private var waiting: [IPAddress: [Transfer]] = [:]
    private var addresses: [String: IPAddress] = [:]
    /// Transfers that have a place now and must be started.
    private var woken: [Transfer] = []

    init(limit: Int) { self.limit = max(1, limit) }

    /// The request is about to be sent to an address: whether there is room. If not, the transfer is to be parked.
    func enter(_ transfer: Transfer, _ address: IPAddress) -> Bool {
        if addresses.count >= AddressGate.maxKnownHosts { addresses = [:] }
        addresses[transfer.host] = address
        if transfer.place == address { return true }
        leave(transfer)
        guard load[address, default: 0] < limit else { return false }
        load[address, default: 0] += 1
        transfer.place = address
        return true
    }

    /// The address without room that a transfer would find, as far as is known before it connects.
    func fullAddress(for transfer: Transfer) -> IPAddress? {
        guard transfer.place == nil, let address = addresses[transfer.host] else { return nil }
        return load[address, default: 0] < limit ? nil : address
    }

    /// The transfer waits for room at an address.
    func park(_ transfer: Transfer, at address: IPAddress) {
        waiting[address, default: []].append(transfer)
        wake(address)
    }

    /// The transfer has ended: its place, if it has one, is the next one's.
    func leave(_ transfer: Transfer) {
        guard let address = transfer.place else { return }
        transfer.place = nil
        let left = (load[address] ?? 1) - 1
        load[address] = left == 0 ? nil : left
        wake(address)
    }

    /// Transfers that were given a place since the last call.
    func takeWoken() -> [Transfer] {
        defer { woken = [] }
        return woken
    }

    /// All that wait, so that they can be ended.
    func takeAll() -> [Transfer] {
        defer { waiting = [:] }
        return waiting.values.flatMap { $0 }
    }

    private func wake(_ address: IPAddress) {
        while load[address, default: 0] < limit, let next = waiting[address]?.first {
            waiting[address]?.removeFirst()
            if waiting[address]?.isEmpty == true { waiting[address] = nil }
            guard !next.isSettled else { continue }
            load[address, default: 0] += 1
            next.place = address
            woken.append(next)
        }
    }
}
