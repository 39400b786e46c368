/// A network: all addresses that share their first bits (RFC 4632).
public struct CIDR: Hashable, Sendable {
    /// The network's first address; the bits after the prefix are zero.
    public let network: IPAddress
    /// How many leading bits all addresses of the network share.
    public let prefix: Int

    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a lone address; `nil` for anything else. Bits after the prefix
    /// are ignored, so `127.0.0.1/8` is 127.0.0.0/8.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let address = IPAddress(String(first)) else {
            return nil
        }
        guard parts.count == 2 else {
            self.init(address, prefix: address.width)
            return
        }
        let digits = parts[1].utf8
        guard (1...3).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            let prefix = Int(parts[1]), prefix <= address.width
        else { return nil }
        self.init(address, prefix: prefix)
    }

    /// The network of an address; `prefix` must be within the address's width.
    init(_ address: IPAddress, prefix: Int) {
        precondition((0...address.width).contains(prefix), "a prefix is within the address's width")
        self.prefix = prefix
        switch address {
        case .v4(let number): network = .v4(number & ~(prefix == 32 ? 0 : UInt32.max >> UInt32(prefix)))
        case .v6(let number): network = .v6(number & ~(prefix == 128 ? 0 : UInt128.max >> UInt128(prefix)))
        }
    }

    /// Whether an address lies in the network; one of the other family never does.
    public func contains(_ address: IPAddress) -> Bool {
        switch (network, address) {
        case (.v4, .v4), (.v6, .v6): CIDR(address, prefix: prefix).network == network
        default: false
        }
    }
}

extension CIDR: CustomStringConvertible {
    /// The network's first address, a slash and the prefix.
    public var description: String { "\(network)/\(prefix)" }
}
