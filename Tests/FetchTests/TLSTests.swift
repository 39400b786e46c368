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

private final class TLSServer {
    let port: Int
    let certificate: String
    private let folder: TemporaryFolder
    private let server = Process()

    init() throws {
        folder = try TemporaryFolder("wit-tls")
        certificate = folder.file("certificate.pem")
        // A port that was free a moment ago.
        let probe = try RawServer(nil)
        port = probe.port
        probe.stop()
        let make = try TLSServer.openssl(
            Process(),
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                folder.file("key.pem"), "-out", certificate,
            ])
        make.waitUntilExit()
        _ = try TLSServer.openssl(
            server,
            [
                "s_server", "-www", "-quiet", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key",
                folder.file("key.pem"),
            ])
        // It says nothing when it listens; a client's first tries may come too early.
        for _ in 0..<100 where !TLSServer.listens(port) { usleep(50_000) }
    }

    func stop() {
        // A child of a dispatch thread starts with SIGTERM blocked.
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
    }

    private static func openssl(_ process: Process, _ arguments: [String]) throws -> Process {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func listens(_ port: Int) -> Bool {
        let client = Client.connect(port, isBlocking: true)
        defer { close(client.socket) }
        return client.isConnected
    }
}
