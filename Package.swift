// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "nnscript",
  products: [
    .library(name: "NNEngine", targets: ["NNEngine"]),
    .library(name: "NNScript", targets: ["NNScript"]),
    .library(name: "nnscript", type: .static, targets: ["NNLibrary"]),
    .executable(name: "nns", targets: ["nns"]),
    .executable(name: "nns-bench", targets: ["nns-bench"]),
  ],
  traits: [
    .trait(name: "Readline", description: "Line editing at the prompt, by GNU readline (GPL)."),
    .trait(
      name: "SQLite",
      description: "Tables of SQLite databases as data; the library is opened at run time."),
    .trait(
      name: "Pictures",
      description: "JPEG and PNG pictures as data; the libraries are opened at run time."),
    .default(enabledTraits: ["Readline", "SQLite", "Pictures"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CSignals", cSettings: [.define("_GNU_SOURCE")]),
    .target(
      name: "CReadline", dependencies: ["CSignals"],
      linkerSettings: [.linkedLibrary("readline", .when(traits: ["Readline"]))]),
    .target(
      name: "CKernels", cSettings: [.define("_GNU_SOURCE")],
      linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CPictures", cSettings: [.define("_GNU_SOURCE")]),
    .target(
      name: "NNEngine",
      dependencies: [
        "CKernels", "CZlib", .target(name: "CPictures", condition: .when(traits: ["Pictures"])),
      ]),
    .target(name: "NNScript", dependencies: ["NNEngine"]),
    .systemLibrary(name: "CNNScript"),
    .target(name: "NNLibrary", dependencies: ["CNNScript", "NNScript", "NNEngine"]),
    .executableTarget(
      name: "nns",
      dependencies: [
        "NNEngine", "NNScript", "CSignals",
        .target(name: "CReadline", condition: .when(traits: ["Readline"])),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "nns-bench", dependencies: ["NNScript", "NNEngine", "CKernels", "CAllocationCount"],
      exclude: ["Peers"]),
    .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
    .target(name: "CProcessorLevel", path: "Tests/CProcessorLevel"),
    .testTarget(
      name: "NNEngineTests",
      dependencies: ["NNEngine", "CKernels", "CAllocationCount", "CProcessorLevel"]),
    .testTarget(name: "NNScriptTests", dependencies: ["NNScript"]),
    .testTarget(
      name: "NNLibraryTests", dependencies: ["NNLibrary", "CNNScript", "CAllocationCount"]),
    .target(
      name: "CTerminal", path: "Tests/CTerminal", cSettings: [.define("_GNU_SOURCE")]),
    .testTarget(name: "ProgramTests", dependencies: ["nns", "CTerminal"]),
  ],
  swiftLanguageModes: [.v6]
)
