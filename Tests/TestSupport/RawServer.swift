internal import Foundation
internal import Synchronization

/// A server over plain sockets on loopback that does with each connection whatever a test wants, one thread each.
public final class RawServer: Sendable {
    /// The port that it listens on.
    public let port: Int
    private let host: String
    private let listener: Int32
    private let accepted = Mutex(0)

    /// How many connections were accepted.
    public var connections: Int { accepted.withLock { $0 } }

    /// Listens on a free port; without `serve` it accepts nothing.
    public init(host: String = "127.0.0.1", backlog: Int32 = 64, _ serve: (@Sendable (Peer) -> Void)?) throws
    {
        self.host = host
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, host, &address.sin_addr)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                Glibc.bind(listener, pointer, size) == 0 && listen(listener, backlog) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard bound else { throw POSIXError(.EADDRINUSE) }
        if let serve { acceptAll(serve) }
    }

    /// The URL of a path here.
    public func url(_ path: String = "/") -> String { "http://\(host):\(port)\(path)" }

    /// Accepts no more.
    public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    deinit { close(listener) }

    private func acceptAll(_ serve: @escaping @Sendable (Peer) -> Void) {
        Thread.detachNewThread { [self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { return }
                accepted.withLock { $0 += 1 }
                Thread.detachNewThread {
                    let peer = Peer(socket)
                    serve(peer)
                    peer.end()
                }
            }
        }
    }
}

/// The server's side of one connection.
public final class Peer: Sendable {
    private let socket: Int32
    private let isOpen = Mutex(true)

    init(_ socket: Int32) { self.socket = socket }

    /// Reads up to the end of a request's header; `nil` when the client went away.
    public func readRequest() -> String? {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, 0) == 1 {
            text.append(byte)
            if text.suffix(4).elementsEqual([13, 10, 13, 10]) {
                return String(decoding: text, as: UTF8.self)
            }
        }
        return nil
    }

    /// Sends all bytes; false when the client went away.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends a text; false when the client went away.
    @discardableResult
    public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Ends the connection with a reset.
    public func reset() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        end()
    }

    /// Ends the connection.
    public func end() {
        isOpen.withLock { open in
            if open { close(socket) }
            open = false
        }
    }
}

extension RawServer {
    /// Answers every request of every connection with the same bytes.
    public static func answering(_ answer: String) throws -> RawServer {
        try RawServer { peer in while peer.readRequest() != nil, peer.send(answer) {} }
    }
}

/// A client that does nothing but connect.
public enum Client {
    /// A socket that is connected, or tries to be, to a port of 127.0.0.1; the caller closes it.
    public static func connect(_ port: Int, isBlocking: Bool) -> (socket: Int32, isConnected: Bool) {
        let kind = Int32(SOCK_STREAM.rawValue) | (isBlocking ? 0 : Int32(SOCK_NONBLOCK.rawValue))
        let client = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return (client, result == 0)
    }
}
