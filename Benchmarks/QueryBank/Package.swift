// swift-tools-version: 6.2
import PackageDescription

// Built on its own, so that the default build of `wit` does not carry it.
let package = Package(
    name: "query-bank-benchmark",
    dependencies: [.package(name: "wit", path: "../..")],
    targets: [
        .executableTarget(
            name: "QueryBankBenchmark", dependencies: [.product(name: "QueryBank", package: "wit")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
