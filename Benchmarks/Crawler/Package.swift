// swift-tools-version: 6.2
import PackageDescription

// Built on its own, so that the default build of `wit` does not carry it.
let package = Package(
    name: "crawler-benchmark",
    dependencies: [.package(name: "wit", path: "../..")],
    targets: [
        .executableTarget(
            name: "CrawlerBenchmark",
            dependencies: ["Crawler", "Fetch", "PairStore", "QueryBank"].map {
                .product(name: $0, package: "wit")
            },
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
