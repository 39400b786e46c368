/// Which addresses a transfer may connect to.
///
/// Only globally reachable unicast addresses are permitted, after the IANA special-purpose registries (RFC
/// 6890), unless a network is allowed by name. An IPv6 address that carries an IPv4 one is refused whatever it
/// carries: a kernel or a gateway would unwrap it behind the check.
public struct AddressPolicy: Sendable {
    /// Networks that are permitted although the rule would refuse them.
    public let allowing: [CIDR]

    /// A policy that permits public addresses and the given networks.
    public init(allowing: [CIDR] = []) { self.allowing = allowing }

    /// Whether a connection to the address may be opened.
    public func permits(_ address: IPAddress) -> Bool { refusal(of: address) == nil }

    /// Why the address is refused, in a word or two; `nil` when it is permitted.
    public func refusal(of address: IPAddress) -> String? {
        if allowing.contains(where: { $0.contains(address) }) { return nil }
        if let entry = AddressPolicy.refused.first(where: { $0.network.contains(address) }) {
            return entry.what
        }
        guard case .v6(let number) = address else { return nil }
        if number >> 125 != 0b001 { return "not global unicast" }
        // ISATAP (RFC 5214): an interface identifier 0000:5efe or 0200:5efe carries an IPv4 address.
        let identifier = UInt32(truncatingIfNeeded: number >> 32)
        return identifier == 0x5EFE || identifier == 0x0200_5EFE ? "IPv4 in IPv6" : nil
    }

    private static let refused: [(network: CIDR, what: String)] = table.compactMap { text, what in
        CIDR(text).map { ($0, what) }
    }

    /// IANA's IPv4 and IPv6 special-purpose registries, and the cloud metadata addresses outside them.
    static let table: [(String, String)] = [
        ("0.0.0.0/8", "this network"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"), ("169.254.169.254/32", "cloud metadata"),
        ("168.63.129.16/32", "cloud metadata"), ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"), ("192.0.2.0/24", "documentation"), ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"), ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"), ("::1/128", "loopback"), ("::/96", "IPv4 in IPv6"),
        ("::ffff:0:0/96", "IPv4 in IPv6"), ("::ffff:0:0:0/96", "IPv4 in IPv6"), ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"), ("100::/64", "discard"), ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"), ("2001:db8::/32", "documentation"), ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"), ("fd00:ec2::254/128", "cloud metadata"), ("fc00::/7", "private"),
        ("fe80::/10", "link-local"), ("fec0::/10", "site-local"), ("ff00::/8", "multicast"),
    ]
}
