// swift-tools-version: 6.1
import PackageDescription

// Swift 6 language mode comes with the tools version; warnings are errors in our own targets.
let strict: [SwiftSetting] = [.unsafeFlags(["-warnings-as-errors"])]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tomlKit = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

/// Tests import what is public and what is for the package; nothing is built twice for them.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "frond",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "frond", targets: ["frond"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // Dependencies point one way; docs/architecture.md draws the picture.
        .executableTarget(name: "frond", dependencies: ["Commands"], swiftSettings: strict),
        .target(
            name: "Commands",
            dependencies: [
                "SiteBuilder", "DevServer", "PythonRuntime", "ReferenceRuntime", "Verification", "WasmBinary", "Wheels",
                "Templates", "Support", argumentParser,
            ],
            swiftSettings: strict),
        .target(
            name: "SiteBuilder",
            dependencies: [
                "GlueGenerator", "Wheels", "WasmLinker", "WasmBinary", "Support", "Templates", "CBrotli", "CZlib",
            ],
            swiftSettings: strict),
        .target(
            name: "Verification",
            dependencies: ["DevServer", "GlueGenerator", "ReferenceRuntime", "SiteBuilder", "Support", "WasmBinary"],
            swiftSettings: strict),
        .target(name: "DevServer", dependencies: ["Support", hummingbird], swiftSettings: strict),
        .target(
            name: "PythonRuntime", dependencies: ["ContextShim", "Support"],
            resources: [.copy("Recipe")], swiftSettings: strict),
        .target(name: "ContextShim", dependencies: ["Support"], resources: [.copy("src")], swiftSettings: strict),
        .target(
            name: "GlueGenerator", dependencies: ["WasmBinary", "Support", "Templates"], swiftSettings: strict),
        .target(name: "Wheels", dependencies: ["Support", "CZlib", crypto], swiftSettings: strict),
        .target(name: "WasmLinker", dependencies: ["WasmBinary"], swiftSettings: strict),
        .target(name: "WasmBinary", swiftSettings: strict),
        .target(
            name: "Support", dependencies: [crypto, subprocess, systemPackage, tomlKit], swiftSettings: strict),
        .target(
            name: "Templates", path: "Templates",
            resources: [
                .copy("glue"), .copy("kernel"), .copy("site"), .copy("python"), .copy("trace"), .copy("verify"),
                .copy("report"),
                .copy("host-abi.json"),
            ], swiftSettings: strict),
        .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlienc libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(
            name: "TestSupport", dependencies: ["Support"], path: "Tests/TestSupport", swiftSettings: strict),
        tests("CommandsTests", ["Commands", "SiteBuilder", "Wheels", "Support"]),
        tests(
            "ContextShimTests", ["ContextShim", "Support", "TestSupport"],
            exclude: ["build-native.sh", "greenlet-native.sh", "native", "wasm"]),
        tests("DevServerTests", ["DevServer", "Support"]),
        tests(
            "EndToEnd",
            ["DevServer", "GlueGenerator", "Support", "Templates", "TestSupport", "Verification", "WasmBinary"],
            exclude: [
                "Apps", "chat.mjs", "herbarium.mjs", "jobs.mjs", "notes.mjs", "polls.mjs", "servers.mjs", "sockets.mjs",
                "visitor.mjs", "web.mjs",
            ]),
        tests(
            "GlueGeneratorTests", ["GlueGenerator", "WasmBinary", "Support", "Templates", "TestSupport"],
            exclude: ["Snapshots"]),
        tests("GlueTests", ["TestSupport"], exclude: ["programs", "build-programs.sh", "JavaScript"]),
        tests("KernelTests", ["TestSupport"], exclude: ["JavaScript"]),
        tests("PythonRuntimeTests", ["PythonRuntime", "Support"]),
        tests(
            "SiteBuilderTests", ["SiteBuilder", "Support", "Templates", "TestSupport", "CBrotli", "CZlib"],
            exclude: ["JavaScript", "Snapshots"]),
        tests("SupportTests", ["Support"]),
        tests("WasmBinaryTests", ["WasmBinary"]),
        tests("WasmLinkerTests", ["TestSupport", "WasmBinary", "WasmLinker"], exclude: ["Fixtures"]),
        tests("WheelsTests", ["Wheels", "Support", "CZlib", crypto]),

        // The oracle. Without optimisation an interpreter is a hundred times slower, so debug builds optimise it too.
        .target(
            name: "ReferenceRuntime", dependencies: ["WasmBinary"], path: "Tests/ReferenceRuntime",
            swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        tests("ReferenceRuntimeTests", ["ReferenceRuntime", "WasmBinary"], exclude: ["out-of-scope.json"]),
        .executableTarget(
            name: "reference-run", dependencies: ["ReferenceRuntime", "WasmBinary"], path: "Tests/ReferenceRunner",
            swiftSettings: strict),
        .executableTarget(
            name: "interpreter-benchmark", dependencies: ["ReferenceRuntime", "WasmBinary", argumentParser],
            path: "Tests/Benchmarks/interpreter", exclude: ["programs.c", "programs.wasm"], swiftSettings: strict),
        .executableTarget(
            name: "link-files", dependencies: ["WasmBinary", "WasmLinker", "Wheels"], path: "Tests/Benchmarks/linker",
            exclude: ["run.mjs"], swiftSettings: strict),
    ]
)
