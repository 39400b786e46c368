internal import Foundation

/// An IPv4 or IPv6 address as a number, so that networks are a matter of shifting bits.
public enum IPAddress: Hashable, Sendable {
    /// An IPv4 address; the first octet is the most significant.
    case v4(UInt32)
    /// An IPv6 address; the first group is the most significant.
    case v6(UInt128)

    /// Reads dotted IPv4 (four decimal numbers) or IPv6 text without zone or brackets; `nil` for anything else.
    public init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self = .v4(UInt32(bigEndian: four.s_addr))
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self = .v6(IPAddress.number(six))
        } else {
            return nil
        }
    }

    /// Reads a socket address; `nil` for a family that is not IP or a length too small for it.
    init?(_ address: UnsafeRawPointer, family: Int32, length: Int) {
        switch family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            self = .v4(UInt32(bigEndian: address.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            self = .v6(IPAddress.number(address.loadUnaligned(as: sockaddr_in6.self).sin6_addr))
        default:
            return nil
        }
    }

    /// The number of bits of the address: 32 or 128.
    public var width: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// Whether the address is this machine's own: 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        switch self {
        case .v4(let number): number >> 24 == 127
        case .v6(let number): number == 1
        }
    }

    private static func number(_ address: in6_addr) -> UInt128 {
        withUnsafeBytes(of: address) { bytes in bytes.reduce(0) { $0 << 8 | UInt128($1) } }
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted IPv4, or IPv6 in the compressed form of RFC 5952.
    public var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            let text =
                switch self {
                case .v4(let number):
                    withUnsafeBytes(of: number.bigEndian) {
                        inet_ntop(AF_INET, $0.baseAddress, buffer.baseAddress, socklen_t(buffer.count))
                    }
                case .v6(let number):
                    withUnsafeBytes(of: number.bigEndian) {
                        inet_ntop(AF_INET6, $0.baseAddress, buffer.baseAddress, socklen_t(buffer.count))
                    }
                }
            return text.map { String(cString: $0) } ?? ""
        }
    }
}
