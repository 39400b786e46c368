internal import Foundation
internal import Synchronization

/// A real nginx on a loopback address, with its own configuration and no rights of root, for as long as the value
/// lives.
public final class Nginx: Sendable {
    /// One line of the access log.
    public struct Request: Sendable {
        /// When, in seconds since 1970.
        public let seconds: Double
        /// What was answered.
        public let status: Int
        /// The name that was asked for.
        public let host: String
        /// The path, query included.
        public let path: String
        /// The user agent.
        public let agent: String
    }

    /// The folder that is served.
    public let root: String
    private let folder: TemporaryFolder
    private let process: Process
    /// The port, the same on every address.
    public let port: Int

    private static let nextPort = Mutex(21_000 + Int(ProcessInfo.processInfo.processIdentifier % 9_000))

    /// Serves the files below `root`; `locations` are further nginx directives of the server.
    public init(locations: String = "", write: (_ root: String) throws -> Void) throws {
        folder = try TemporaryFolder("wit-nginx")
        root = folder.file("root")
        port = Self.nextPort.withLock { port in
            port += 1
            return port
        }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try write(root)
        try folder.write("nginx.conf", Array(Self.configuration(folder.path, port, locations).utf8))
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/nginx")
        process.arguments = [
            "-c", folder.file("nginx.conf"), "-p", folder.path, "-e", folder.file("error.log"),
        ]
        try process.run()
        try waitUntilReady()
    }

    /// The address of a path on one of the loopback addresses.
    public func url(_ path: String, host: String = "127.0.0.2") -> String { "http://\(host):\(port)\(path)" }

    /// Everything that was asked, oldest first.
    public func requests() throws -> [Request] {
        let log = try String(contentsOfFile: folder.file("access.log"), encoding: .utf8)
        return log.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 4)
            guard words.count == 5, let seconds = Double(words[0]), let status = Int(words[1]) else {
                return nil
            }
            return Request(
                seconds: seconds, status: status, host: String(words[2]), path: String(words[3]),
                agent: String(words[4]))
        }
    }

    private func waitUntilReady() throws {
        for _ in 0..<200 {
            let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(probe) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.2")
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if result == 0 { return }
            usleep(25_000)
        }
        throw Failure()
    }

    private struct Failure: Error {}

    private static func configuration(_ state: String, _ port: Int, _ locations: String) -> String {
        """
        daemon off; pid \(state)/nginx.pid; error_log \(state)/error.log warn; worker_processes 1;
        events { worker_connections 512; }
        http {
            types { text/html html; text/plain txt; image/png png; image/jpeg jpg; image/gif gif; }
            default_type application/octet-stream; charset utf-8; keepalive_requests 100000;
            log_format requests '$msec $status $host $request_uri $http_user_agent';
            access_log \(state)/access.log requests;
            client_body_temp_path \(state)/body; proxy_temp_path \(state)/proxy; fastcgi_temp_path \(state)/fastcgi;
            uwsgi_temp_path \(state)/uwsgi; scgi_temp_path \(state)/scgi;
            server {
                listen 127.0.0.2:\(port); listen 127.0.0.3:\(port);
                root \(state)/root; index index.html; absolute_redirect off;
                \(locations)
            }
        }
        """
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }
}
