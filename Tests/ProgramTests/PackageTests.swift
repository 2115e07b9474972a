import Foundation
import Testing

/// Tests that build packages: minutes, so only `scripts/test` asks for them.
private let buildsPackages = ProcessInfo.processInfo.environment["NNS_PACKAGE_TESTS"] != nil

@Suite struct PackageTests {
  /// A stranger's package that depends on this one by version, from a clone, with the README's
  /// program in it.
  @Test(.enabled(if: buildsPackages, "run by scripts/test"))
  func aPackageThatDependsOnThisOneTrains() throws {
    let folder = try TemporaryFolder()
    let example = try #require(try Readme().first("swift"))
    let main = example.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(main.count <= 10)
    try folder.write(
      """
      // swift-tools-version: 6.1
      import PackageDescription
      let package = Package(
        name: "stranger",
        dependencies: [.package(url: "file://\(folder.path)/nnscript", from: "0.1.0")],
        targets: [
          .executableTarget(
            name: "stranger", dependencies: [.product(name: "NNScript", package: "nnscript")],
            path: ".", exclude: ["nnscript", "setup"], sources: ["main.swift"])
        ])
      """, to: "Package.swift")
    try folder.write(example, to: "main.swift")
    try folder.write(
      """
      set -eu
      git clone -q '\(repository)' nnscript
      git -C nnscript tag 0.1.0
      swift build -q
      """, to: "setup")
    let built = try Execution.run(["sh", "setup"], in: folder.path)
    #expect(built.status == 0, "\(built.output)\(built.errors)")
    let run = try Execution.run([folder.path + "/.build/debug/stranger"], in: folder.path)
    #expect(run.status == 0)
    #expect(run.errors.isEmpty)
    // The one line is the host's own; the library is silent.
    #expect(run.output == "[0, 1, 1, 0]\n")
  }

  /// Without the package's trait nothing of readline is in the program, and lines can still be typed.
  @Test(.enabled(if: buildsPackages, "run by scripts/test"))
  func theProgramBuildsWithoutReadline() throws {
    let folder = try TemporaryFolder()
    let scratch = folder.path + "/build"
    let built = try Execution.run(
      [
        "swift", "build", "-q", "--package-path", repository, "--scratch-path", scratch,
        "--disable-default-traits", "--product", "nns",
      ])
    #expect(built.status == 0, "\(built.output)\(built.errors)")
    let nns = scratch + "/debug/nns"
    let linked = try Execution.run(["ldd", nns])
    #expect(linked.output.contains("libc.so") && !linked.output.contains("readline"))
    let version = try Execution.run([nns, "--version"])
    #expect(version.output.contains("without GNU readline"))
    let terminal = try Terminal(["--no-init"], program: nns)
    try terminal.wait(forLine: "nns>")
    terminal.enter("for i in 1..2 {")
    try terminal.wait(forLine: "{..>")
    terminal.enter("print 20 + i\r}")
    try terminal.wait(for: "21\n22\nnns>")
    // The line right behind Ctrl-C is not what is given up.
    terminal.type("let lost = 1\u{3}")
    terminal.enter("6 * 7")
    try terminal.wait(for: "42\nnns>")
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
  }

  /// The C library, as a stranger uses it: the README's programs in C and Python, and the tests of
  /// the Python package.
  @Test(.enabled(if: buildsPackages, "run by scripts/test"))
  func theLibraryServesCAndPython() throws {
    let folder = try TemporaryFolder()
    let built = try Execution.run(
      ["\(repository)/scripts/library", folder.path],
      environment: ["NNS_COMPILED": Execution.nns.folder])
    #expect(built.status == 0, "\(built.output)\(built.errors)")
    let library = folder.path + "/lib/libnnscript.so"

    // Exactly the header's names.
    let header = try textOfFile(folder.path + "/include/nnscript.h")
    let types = header.matches(of: /typedef void (nns_[a-z]+)\(/).map { String($0.1) }
    let declared = Set(header.matches(of: /(nns_[a-z0-9_]+)\(/).map { String($0.1) })
      .subtracting(types)
    let symbols = try Execution.run(["nm", "-D", "--defined-only", library])
    let exported = symbols.output.split(separator: "\n").compactMap {
      $0.split(separator: " ").last.map(String.init)
    }
    #expect(declared.count > 25 && Set(exported) == declared)
    let needed = try Execution.run(["ldd", library]).output
    #expect(!needed.contains("swift") && !needed.contains("readline"))

    let example = try #require(try Readme().first("c"))
    #expect(example.split(separator: "\n").count <= 15)
    try folder.write(example, to: "example.c")
    try folder.write(
      "#include <nnscript.h>\nint main() { return nns_abi() != NNS_ABI; }\n", to: "e.cpp")
    let link = ["-I\(folder.path)/include", "-L\(folder.path)/lib", "-lnnscript"]
    let strict = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
    let path = ["LD_LIBRARY_PATH": folder.path + "/lib"]
    for command in [["gcc", "-std=c99"], ["clang", "-std=c99"], ["g++", "-std=c++17"]] {
      let source = command[0] == "g++" ? "e.cpp" : "example.c"
      let compiled = try Execution.run(
        command + strict + [source, "-o", "example"] + link, in: folder.path)
      #expect(compiled.status == 0, "\(command) \(compiled.errors)")
      let run = try Execution.run([folder.path + "/example"], environment: path)
      #expect(run.status == 0 && run.errors.isEmpty)
      #expect(run.output == (source == "e.cpp" ? "" : "0\n1\n1\n0\n"))
    }

    let python = "\(repository)/.build/peers/bin/python"
    guard access(python, X_OK) == 0 else { return }
    let program = try #require(try Readme().first("python"))
    #expect(program.split(separator: "\n").count <= 10)
    let environment = path.merging(["PYTHONPATH": "\(repository)/python"]) { $1 }
    let run = try Execution.run([python, "-c", program], environment: environment)
    #expect(run.output == "[0 1 1 0]\n", "\(run.errors)")
    let tests = try Execution.run(
      [python, "-m", "unittest", "discover", "-s", "\(repository)/python/tests"],
      environment: environment)
    #expect(tests.status == 0, "\(tests.errors)")
  }

  /// The libraries need no terminal: what a program that embeds them links does not name readline.
  @Test func noLibraryNamesReadline() throws {
    let manifest = try textOfFile(repository + "/Package.swift")
    #expect(manifest.contains(".when(traits: [\"Readline\"])"))
    for folder in ["NNEngine", "NNScript", "CKernels"] {
      let found = try Execution.run(
        ["grep", "-rlE", "CReadline|readline/|CSignals", "\(repository)/Sources/\(folder)"])
      #expect(found.output.isEmpty, "\(found.output)")
    }
  }

  /// Every shell block of the README, with the output it shows.
  @Test(.enabled(if: buildsPackages, "run by scripts/test"))
  func theReadmeShowsWhatHappens() throws {
    let folder = try TemporaryFolder()
    var count = 0
    for (command, output) in try Readme().commands {
      // The block that runs these tests cannot be run by one of them.
      if command == "scripts/test\n" { continue }
      count += 1
      if command.hasPrefix("scripts/run ") {
        // Builds, if it has to; only then does the output show nothing but the script's.
        let built = try Execution.run(["sh", "-c", command], in: repository)
        #expect(built.status == 0, "\(command)\(built.errors)")
      }
      try folder.write(command, to: "block")
      let nns = Execution.nns.folder
      let run = try Execution.run(
        ["sh", folder.path + "/block"], in: repository,
        environment: ["PATH": "\(nns):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"])
      if let output {
        // What stands under a command that fails is what it says on standard error.
        #expect((run.status == 0 ? run.output : run.errors) == output, "\(command)")
      } else {
        #expect(run.status == 0, "\(command)\(run.output)")
      }
    }
    #expect(count >= 3)
  }

  @Test func theReadmeShowsWhatItsExamplePrints() throws {
    let run = try Execution.nns(repository + "/scripts/models/iris.nn")
    let shown = try #require(try Readme().first("text"))
    #expect(run.status == 0)
    // Another kind of processor may round differently, so numbers may differ by a hundredth.
    // A digit less leaves a blank more in a table.
    let (printed, expected) = (
      pieces(of: run.output.filter { $0 != " " }), pieces(of: shown.filter { $0 != " " })
    )
    #expect(printed.count == expected.count)
    for (found, wanted) in zip(printed, expected) where found != wanted {
      let (found, wanted) = (try #require(Double(found)), try #require(Double(wanted)))
      #expect(abs(found - wanted) < 0.01)
    }
  }

  /// Numbers and what stands between them.
  private func pieces(of text: String) -> [String] {
    var pieces: [String] = []
    var wasNumber = false
    for character in text {
      let isNumber = "0123456789.".contains(character) || (wasNumber && "e-".contains(character))
      if isNumber == wasNumber, !pieces.isEmpty {
        pieces[pieces.count - 1].append(character)
      } else {
        pieces.append(String(character))
      }
      wasNumber = isNumber
    }
    return pieces
  }

  @Test func theReadmeExampleIsTheGallerysIris() throws {
    let example = try #require(try Readme().first("nns"))
    // The README shows what it prints below, so the comments about that are left out.
    let script = try textOfFile(repository + "/scripts/models/iris.nn")
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
    let code = lines.filter { !$0.hasPrefix("# prints") && !$0.hasPrefix("# notes") }
    #expect(code.joined(separator: "\n") == example)
  }
}
