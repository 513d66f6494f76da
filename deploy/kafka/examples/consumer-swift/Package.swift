// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "consumer-swift",
    dependencies: [.package(name: "gatehouse", path: "../../../..")],
    targets: [
        .executableTarget(
            name: "consumer", dependencies: [.product(name: "GatehouseModel", package: "gatehouse")], path: "Sources")
    ])
