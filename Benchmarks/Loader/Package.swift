// swift-tools-version: 6.2
import PackageDescription

// Built on its own, so that the default build of `wit` does not carry it.
let package = Package(
    name: "loader-benchmark",
    dependencies: [.package(name: "wit", path: "../..")],
    targets: [
        .executableTarget(
            name: "LoaderBenchmark",
            dependencies: [
                .product(name: "Loader", package: "wit"), .product(name: "Tokenizer", package: "wit"),
                .product(name: "Decode", package: "wit"),
            ],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")])
    ],
    swiftLanguageModes: [.v6]
)
