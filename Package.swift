// swift-tools-version: 6.2
import Foundation
import PackageDescription

let environment = ProcessInfo.processInfo.environment

/// Set by `scripts/test`, so that no warning lands.
let strictness: [SwiftSetting] =
    environment["WIT_WARNINGS_AS_ERRORS"] == "1" ? [.treatAllWarnings(as: .error)] : []

/// A user's own PyTorch, 2.6 or newer, instead of the distribution's LibTorch: the folder `torch` of its installation.
/// Its headers ask for C++20; paths outside the package are "unsafe" flags, which the default build does without.
let torchRoot = environment["TORCH_ROOT"]

let torchHeaders: [CXXSetting] =
    torchRoot.map {
        [.unsafeFlags(["-isystem", $0 + "/include", "-isystem", $0 + "/include/torch/csrc/api/include"])]
    }
    ?? []

let torchLibraries: [LinkerSetting] =
    torchRoot.map { root in
        // By path: `-L` of the distribution comes first, for other libraries' sake.
        let libraries = ["libtorch_cpu.so", "libc10.so"].flatMap { ["-Xlinker", root + "/lib/" + $0] }
        return [.unsafeFlags(libraries + ["-Xlinker", "-rpath=" + root + "/lib"])]
    } ?? [.linkedLibrary("torch_cpu"), .linkedLibrary("c10")]

let swiftSettings: [SwiftSetting] =
    [
        // `any` marks where a value is boxed, which costs on a hot path.
        .enableUpcomingFeature("ExistentialAny"),
        // A file names every module whose members it uses, so rooms cannot lean on each other unseen.
        .enableUpcomingFeature("MemberImportVisibility"),
        // An import is an implementation detail unless the file says `public import`.
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + strictness

/// A library target with the house's settings.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: notes(of: name), swiftSettings: swiftSettings)
}

/// A test target that mirrors a room.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies,
        exclude: exclude,
        swiftSettings: swiftSettings)
}

/// The design pages that lie beside a room's code.
func notes(of name: String) -> [String] {
    let folder = Context.packageDirectory + "/Sources/" + name
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
        $0.hasSuffix(".md")
    }
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
// SQLite's own functions, for the store's hot statements.
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let rooms = [
    "Digest", "QueryBank", "Decode", "Tokenizer", "Fetch", "PairStore", "Crawler", "Loader", "CLIPTrain",
]

/// A benchmark of a room's inside, which a package of its own would not see; not part of the default build.
let benchmarks: [Target] =
    environment["WIT_BENCHMARKS"] != "1"
    ? []
    : [
        .executableTarget(
            name: "PairStoreBenchmark", dependencies: ["PairStore", "QueryBank"],
            path: "Benchmarks/PairStore/Sources/PairStoreBenchmark", swiftSettings: swiftSettings),
        .systemLibrary(
            name: "CLibXML2", path: "Benchmarks/Crawler/Sources/CLibXML2", pkgConfig: "libxml-2.0",
            providers: [.apt(["libxml2-dev"])]),
        .executableTarget(
            name: "PageBenchmark", dependencies: ["Crawler", "CLibXML2"],
            path: "Benchmarks/Crawler/Sources/PageBenchmark", swiftSettings: swiftSettings),
        .executableTarget(
            name: "ArchiveBenchmark", dependencies: ["Crawler", "Fetch", "Digest"],
            path: "Benchmarks/Import/Sources/ArchiveBenchmark", swiftSettings: swiftSettings),
    ]

let package = Package(
    name: "wit",
    products: rooms.map { .library(name: $0, targets: [$0]) } + [
        .executable(name: "wit", targets: ["wit"]), .executable(name: "wit-train", targets: ["wit-train"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // C libraries of the distribution.
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
        .systemLibrary(name: "CPSL", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),
        .systemLibrary(
            name: "CLibChafa", pkgConfig: "chafa", providers: [.apt(["libchafa-dev", "libglib2.0-dev"])]),
        // Typed C over libraries that speak in macros, varargs or setjmp.
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CIDN", linkerSettings: [.linkedLibrary("icuuc")]),
        .target(name: "CCLD", linkerSettings: [.linkedLibrary("cld2")]),
        .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
        .target(name: "CPNG", linkerSettings: [.linkedLibrary("png"), .linkedLibrary("deflate")]),
        .target(name: "CGIF", linkerSettings: [.linkedLibrary("gif")]),
        .target(name: "CWebP", linkerSettings: [.linkedLibrary("webp"), .linkedLibrary("webpdemux")]),
        .target(name: "CTorch", cxxSettings: torchHeaders, linkerSettings: torchLibraries),
        .target(name: "CChafa", dependencies: ["CLibChafa"]),

        // C of our own, where a loop wants vector instructions chosen at run time.
        .target(name: "CResize"),
        // HTML: tokens and open elements, by the standard's rules.
        .target(name: "CHTML", exclude: ["reference_table.py"]),
        // The matcher's byte-level work, in portable vectors, and its Unicode table.
        .target(name: "CQueryBank", exclude: ["fold_table.py"]),
        // A call of Linux that Swift does not see.
        .target(name: "CWriteBack"),

        room("Digest", ["COpenSSL"]),
        room("QueryBank", ["Digest", "CQueryBank", "CZlib", "CBzip2"]),
        room("Decode", ["CJPEG", "CPNG", "CWebP", "CGIF", "CResize"]),
        room("Tokenizer", ["CZlib", "CHTML"]),
        room("Fetch", ["CCurl", logging]),
        room("PairStore", ["Digest", "QueryBank", "CWriteBack", "CZlib", grdb, sqlite, logging]),
        room(
            "Crawler",
            [
                "CCLD", "CHTML", "CIDN", "CPSL", "CZlib", "CZstd", "CDeflate", "Digest", "QueryBank",
                "Decode", "Fetch", "PairStore", grdb, logging,
            ]),
        room("Loader", ["Digest", "Decode", "Tokenizer", "Fetch", "PairStore", logging]),
        room("CLIPTrain", ["CTorch", "Loader", "Tokenizer", logging]),
        // What the two programs share: printing, progress, options, exit statuses.
        room("CommandKit", ["Tokenizer", "Fetch", "QueryBank", "PairStore", "Loader", arguments]),
        .executableTarget(
            name: "wit",
            dependencies: rooms.filter { $0 != "CLIPTrain" }.map { .init(stringLiteral: $0) }
                + ["CommandKit", "CChafa", arguments, logging],
            swiftSettings: swiftSettings),
        // The only program that links LibTorch; `wit` starts it.
        .executableTarget(
            name: "wit-train",
            dependencies: [
                "CommandKit", "CLIPTrain", "Loader", "Decode", "Tokenizer", "PairStore", "QueryBank",
                arguments,
            ],
            swiftSettings: swiftSettings),

        // An HTML5 parser, the oracle of the page reader's tests.
        .systemLibrary(
            name: "CGumbo", path: "Tests/CGumbo", pkgConfig: "gumbo", providers: [.apt(["libgumbo-dev"])]),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
        .target(
            name: "CFaultVFS", path: "Tests/CFaultVFS", linkerSettings: [.linkedLibrary("sqlite3")]),
        tests("Digest"),
        tests("QueryBank", ["CBzip2"]),
        tests("Decode", ["CResize", "Digest"]),
        tests("Tokenizer"),
        tests("Fetch"),
        tests("PairStore", ["Digest", "QueryBank", "CFaultVFS", grdb], exclude: ["read_with_tools.py"]),
        tests("Crawler", ["CGumbo", "CHTML", "Fetch", "PairStore", "QueryBank", "Decode", "Digest", grdb]),
        tests("Loader", ["PairStore", "QueryBank", "Decode", "Fetch", "Tokenizer", "Digest"]),
        tests("CLIPTrain", ["CTorch", "Loader", "Tokenizer"]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestSupport", "wit", "wit-train"],
            exclude: ["webdataset_keys.py"],
            swiftSettings: swiftSettings),
    ] + benchmarks,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: torchRoot == nil ? .cxx17 : .cxx20
)
