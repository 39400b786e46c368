import Fetch
import Foundation
import TestSupport
import Testing

/// Against the real `openssl s_server`, with a certificate that nobody signed.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "no openssl"))
struct TLSTests {
    @Test func certificatesAreVerified() async throws {
        let server = try TLSServer()
        defer { server.stop() }
        let request = FetchRequest(url: "https://localhost:\(server.port)/", maxBodyBytes: 1 << 20)
        let outcome = await Fetcher(.test()).fetch(request)
        #expect(outcome.failure?.reason == .tlsFailed, "\(outcome)")
        #expect(!outcome.isTransient)

        var configuration = FetchConfiguration.test()
        configuration.certificateFile = server.certificate
        let fetcher = Fetcher(configuration)
        #expect(await fetcher.fetch(request).response?.status == 200)
        // The certificate is for localhost alone.
        let other = FetchRequest(url: "https://127.0.0.1:\(server.port)/", maxBodyBytes: 1 << 20)
        #expect(await fetcher.fetch(other).failure?.reason == .tlsFailed)
    }

    /// Over HTTP/2 many requests share one connection.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx"), "no nginx"))
    func http2IsSpokenWhereItIsOffered() async throws {
        let server = try HTTP2Server()
        defer { server.stop() }
        var configuration = FetchConfiguration.test()
        configuration.certificateFile = server.certificate
        let fetcher = Fetcher(configuration)
        let url = "https://localhost:\(server.port)/"
        let statuses = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<24 {
                group.addTask {
                    await fetcher.fetch(FetchRequest(url: url + String(number), maxBodyBytes: 99)).response?
                        .status
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 24))
        let lines = try server.log()
        #expect(lines.count == 24)
        #expect(lines.allSatisfy { $0.hasPrefix("HTTP/2.0 ") })
        #expect(Set(lines).count == 1, "one connection: \(Set(lines))")
    }

    @Test func serverWithoutTLSFailsTheHandshake() async throws {
        let server = try RawServer { peer in
            peer.send("HTTP/1.1 400 Bad Request\r\n\r\nplain\n")
            _ = peer.readRequest()
        }
        defer { server.stop() }
        let url = server.url().replacingOccurrences(of: "http:", with: "https:")
        let outcome = await Fetcher(.test()).fetch(FetchRequest(url: url, maxBodyBytes: 9))
        #expect(outcome.failure?.reason == .tlsFailed, "\(outcome)")
    }
}

/// A program that serves with a certificate for localhost that nobody else signed.
private struct ServerWithCertificate {
    let port: Int
    let certificate: String
    let folder: TemporaryFolder
    private let server = Process()

    /// Makes the certificate and starts the program; `arguments` are given the port and the folder, where the key lies in
    /// `key.pem`.
    init(_ path: String, _ arguments: (_ port: Int, _ folder: TemporaryFolder) throws -> [String]) throws {
        folder = try TemporaryFolder("wit-tls")
        certificate = folder.file("certificate.pem")
        // A port that was free a moment ago.
        let probe = try RawServer(nil)
        port = probe.port
        probe.stop()
        let make = Process()
        try Self.start(
            make, "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                folder.file("key.pem"), "-out", certificate,
            ])
        make.waitUntilExit()
        try Self.start(server, path, try arguments(port, folder))
        // It says nothing when it listens; a client's first tries may come too early.
        for _ in 0..<100 where !Self.listens(port) { usleep(50_000) }
    }

    func stop() {
        // A child of a dispatch thread starts with SIGTERM blocked.
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
    }

    private static func start(_ process: Process, _ path: String, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    private static func listens(_ port: Int) -> Bool {
        let client = Client.connect(port, isBlocking: true)
        defer { close(client.socket) }
        return client.isConnected
    }
}

private struct TLSServer {
    private let server: ServerWithCertificate
    var port: Int { server.port }
    var certificate: String { server.certificate }

    init() throws {
        server = try ServerWithCertificate("/usr/bin/openssl") { port, folder in
            [
                "s_server", "-www", "-quiet", "-accept", "127.0.0.1:\(port)", "-cert",
                folder.file("certificate.pem"), "-key", folder.file("key.pem"),
            ]
        }
    }

    func stop() { server.stop() }
}

/// nginx with TLS and HTTP/2.
private struct HTTP2Server {
    private let server: ServerWithCertificate
    var port: Int { server.port }
    var certificate: String { server.certificate }

    init() throws {
        server = try ServerWithCertificate("/usr/sbin/nginx") { port, folder in
            try folder.write("nginx.conf", Array(Self.configuration(folder, port).utf8))
            return ["-c", folder.file("nginx.conf"), "-p", folder.path, "-e", folder.file("error.log")]
        }
    }

    /// Protocol and connection of every request.
    func log() throws -> [String] {
        // nginx writes a line when the last byte is sent, which may be after it was received.
        usleep(200_000)
        let text = try String(contentsOfFile: server.folder.file("access.log"), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    func stop() { server.stop() }

    private static func configuration(_ folder: TemporaryFolder, _ port: Int) -> String {
        let state = folder.path
        return """
            daemon off; master_process off; pid \(state)/pid; error_log \(state)/error.log;
            events { worker_connections 128; }
            http {
                log_format used '$server_protocol $connection'; access_log \(state)/access.log used;
                client_body_temp_path \(state)/b; proxy_temp_path \(state)/p; fastcgi_temp_path \(state)/f;
                uwsgi_temp_path \(state)/u; scgi_temp_path \(state)/s;
                server {
                    listen 127.0.0.1:\(port) ssl http2;
                    ssl_certificate \(state)/certificate.pem; ssl_certificate_key \(state)/key.pem;
                    location / { return 200 ok; }
                }
            }
            """
    }
}
