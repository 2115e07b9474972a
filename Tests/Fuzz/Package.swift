// swift-tools-version: 6.1
import PackageDescription

// Built by scripts/fuzz with coverage; a package of its own, so that other builds do without it.
let package = Package(
  name: "nns-fuzz",
  dependencies: [.package(name: "nnscript", path: "../..")],
  targets: [
    .target(name: "CFuzzer"),
    .executableTarget(
      name: "nns-fuzz",
      dependencies: [
        "CFuzzer", .product(name: "NNScript", package: "nnscript"),
        .product(name: "NNEngine", package: "nnscript"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
