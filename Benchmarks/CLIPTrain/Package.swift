// swift-tools-version: 6.2
import PackageDescription

// Built on its own, so that the default build of `wit` does not carry it.
let package = Package(
    name: "cliptrain-benchmark",
    dependencies: [.package(name: "wit", path: "../..")],
    targets: [
        .executableTarget(
            name: "CLIPTrainBenchmark",
            dependencies: [
                .product(name: "CLIPTrain", package: "wit"), .product(name: "Loader", package: "wit"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
