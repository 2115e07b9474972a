// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "nnscript",
  products: [
    .library(name: "NNEngine", targets: ["NNEngine"]),
    .library(name: "NNScript", targets: ["NNScript"]),
    .executable(name: "nns", targets: ["nns"]),
    .executable(name: "nns-bench", targets: ["nns-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CReadline", linkerSettings: [.linkedLibrary("readline")]),
    .target(
      name: "CKernels", cSettings: [.define("_GNU_SOURCE")],
      linkerSettings: [.linkedLibrary("m")]),
    .target(name: "NNEngine", dependencies: ["CKernels", "CZlib"]),
    .target(name: "NNScript", dependencies: ["NNEngine"]),
    .executableTarget(
      name: "nns",
      dependencies: [
        "NNEngine", "NNScript", "CReadline",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "nns-bench", dependencies: ["NNScript", "NNEngine", "CKernels", "CAllocationCount"],
      exclude: ["Peers"]),
    .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
    .testTarget(
      name: "NNEngineTests", dependencies: ["NNEngine", "CKernels", "CAllocationCount"]),
    .testTarget(name: "NNScriptTests", dependencies: ["NNScript"]),
    .testTarget(name: "ProgramTests", dependencies: ["nns"]),
  ],
  swiftLanguageModes: [.v6]
)
