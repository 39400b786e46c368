// swift-tools-version: 6.2
import PackageDescription

// Built on its own, so that the default build of `wit` does not carry it.
let package = Package(
    name: "decode-benchmark",
    dependencies: [.package(name: "wit", path: "../..")],
    targets: [
        .target(name: "CFloor", linkerSettings: [.linkedLibrary("jpeg")]),
        .executableTarget(
            name: "DecodeBenchmark", dependencies: ["CFloor", .product(name: "Decode", package: "wit")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
