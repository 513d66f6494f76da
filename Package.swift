// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

/// A library of ours: `Shared/<name>`, as the target `Gatehouse<name>` (a consumer of the model may have a target `Kafka` of its own).
func shared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: "Gatehouse\(name)", dependencies: dependencies, path: "Shared/\(name)", swiftSettings: settings)
}

/// A C library of the distribution, with its one wrapper in `Shared`.
func system(_ name: String, pkgConfig: String? = nil, apt: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Shared/\(name)", pkgConfig: pkgConfig, providers: apt.map { [.apt([$0])] })
}

let platform: [Target.Dependency] = [
    "GatehouseJSON", "GatehouseModel", "GatehouseEventLoop", "GatehouseHTTP", "GatehouseCrypto", "GatehousePostgres",
    "GatehouseKafka",
]
let service: [Target.Dependency] = platform + ["GatehousePlatform", "GatehouseWeb"]

func executable(_ name: String, migrations: [String], data: [String] = []) -> Target {
    .executableTarget(
        name: name, dependencies: service, path: "Services/\(name)",
        resources: (migrations.map { "Migrations/\($0).sql" } + ["openapi.json"] + data).map { .embedInCode($0) },
        swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)Tests",
        resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "gatehouse",
    products: [
        .executable(name: "registry", targets: ["Registry"]),
        .executable(name: "token", targets: ["Token"]),
        .executable(name: "policy", targets: ["Policy"]),
        .executable(name: "audit", targets: ["Audit"]),
        .library(name: "GatehouseModel", targets: ["GatehouseModel", "GatehouseJSON"]),
    ],
    targets: [
        system("CLinux"),
        system("CLibPQ", pkgConfig: "libpq", apt: "libpq-dev"),
        system("CRDKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
        system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        system("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),

        shared("JSON"),
        shared("Model", ["GatehouseJSON"]),
        shared("EventLoop", ["CLinux"]),
        shared("HTTP", ["CMicroHTTPD", "GatehouseEventLoop"]),
        shared("Crypto", ["COpenSSL", "GatehouseJSON"]),
        shared("Postgres", ["CLibPQ", "GatehouseEventLoop"]),
        shared("Kafka", ["CRDKafka", "GatehouseEventLoop"]),
        shared("Platform", platform),
        .target(
            name: "GatehouseWeb", dependencies: ["GatehouseModel", "GatehouseHTTP", "GatehouseCrypto"],
            path: "Shared/Web", resources: ["style.css", "icon.svg"].map { .embedInCode("Assets/\($0)") },
            swiftSettings: settings),

        executable("Registry", migrations: ["0001-registry", "0002-idempotency", "0003-keys"]),
        executable("Token", migrations: ["0001-token", "0002-assertions", "0003-grants", "0004-sessions"]),
        executable(
            "Policy", migrations: ["0001-policy", "0002-objects", "0003-idempotency", "0004-listed"],
            data: ["catalogue", "roles", "domains"].map { "Catalogue/default-\($0).json" }),
        executable("Audit", migrations: ["0001-audit", "0002-publication"]),
        .executableTarget(
            name: "SampleAPI", dependencies: service, path: "deploy/local/sample-api", swiftSettings: settings),

        .executableTarget(
            name: "Hello", dependencies: ["GatehouseHTTP", "GatehouseEventLoop"], path: "Tests/Benchmarks/Hello",
            exclude: ["hello.c", "run"], swiftSettings: settings),
        .executableTarget(
            name: "Decisions", dependencies: ["GatehouseModel"], path: "Tests/Benchmarks/Decisions", exclude: ["run"],
            swiftSettings: settings),
        .executableTarget(
            name: "Parts", dependencies: ["GatehouseCrypto", "GatehouseEventLoop", "GatehousePostgres"],
            path: "Tests/Benchmarks/Parts", swiftSettings: settings),
        .target(
            name: "TestSupport",
            dependencies: service, path: "Tests/TestSupport", swiftSettings: settings),
        tests("JSON", ["GatehouseJSON"]),
        tests("Model", ["GatehouseModel", "GatehouseJSON"], resources: [.copy("Tables")]),
        tests("EventLoop", ["GatehouseEventLoop"]),
        tests("HTTP", ["GatehouseHTTP", "GatehouseEventLoop"]),
        tests("Crypto", ["GatehouseCrypto", "GatehouseJSON"], resources: [.copy("Vectors")]),
        tests("Postgres", ["GatehousePostgres", "GatehouseEventLoop"]),
        tests("Kafka", ["GatehouseKafka", "GatehouseEventLoop"]),
        tests("Platform", service),
        tests("Web", ["GatehouseWeb", "GatehouseModel", "GatehouseHTTP", "GatehouseEventLoop"]),
        tests("Registry", service + ["Registry"]),
        tests("Token", service + ["Token"]),
        tests("Policy", service + ["Policy"]),
        tests("Audit", service + ["Audit"]),
        .testTarget(
            name: "ServicesTests", dependencies: service + ["Registry", "Token", "Policy", "Audit", "TestSupport"],
            path: "Tests/ServicesTests", exclude: ["routes.txt"], swiftSettings: settings),
    ])
