import Glibc
import Testing

@Suite struct ProgramTests {
  @Test func wrongUseEndsWithStatusTwoAndAHint() throws {
    for (arguments, words) in [
      (["rnu", "x.nn"], ["`rnu`", "did you mean `nns run`?"]),
      (["-e", "print 1", "--quite"], ["unknown option `--quite`", "did you mean `--quiet`?"]),
      (["nowhere.nn"], ["cannot open `nowhere.nn`: there is no such file"]),
      (["check"], ["missing expected argument"]),
      (["explain", "unknown-nmae"], ["did you mean `nns explain unknown-name`?"]),
      (["-e", "print 1", "--threads=0"], ["from 1 to 1024, not 0"]),
      (["-e", "print 1", "--error-format=xml"], ["text", "short", "json"]),
      (["/tmp"], ["`/tmp` is a folder"]),
    ] {
      let run = try Execution.run([Execution.nns] + arguments)
      #expect(run.status == 2, "\(arguments)")
      #expect(run.output.isEmpty)
      #expect(run.errors.hasPrefix("error: "))
      for word in words { #expect(run.errors.contains(word), "\(arguments): \(run.errors)") }
    }
  }

  @Test func aMisspeltScriptSuggestsItsNeighbour() throws {
    let folder = try TemporaryFolder()
    try folder.write("print 1", to: "iris.nn")
    let run = try Execution.nns("irsi.nn", in: folder.path)
    #expect(run.errors.contains("did you mean `iris.nn`?"))
  }

  @Test func resultsOfAllFormsOfAScriptAreTheSame() throws {
    let folder = try TemporaryFolder()
    try folder.write("#!/usr/bin/env nns\nprint 2^10\n", to: "power.nn")
    let runs = [
      try Execution.nns("run", "power.nn", in: folder.path),
      try Execution.nns("power.nn", in: folder.path),
      try Execution.nns("-e", "print 2^10"),
      try Execution.nns("-", input: "print 2^10\n"),
      try Execution.nns(input: "print 2^10"),
      try Execution.nns("-e", "let x = 2", "-e", "print x^10"),
    ]
    for run in runs {
      #expect(run.status == 0)
      #expect(run.output == "1024\n")
      #expect(run.errors.isEmpty)
    }
  }

  @Test func aFailingScriptEndsWithStatusOne() throws {
    let run = try Execution.nns("-e", "assert 1 > 2 \"too small\"")
    #expect(run.status == 1)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("too small"))
  }

  @Test func nothingIsRunWhenTheLastLineIsWrong() throws {
    let run = try Execution.nns("-e", "print 1\nlayer dense 4 rleu")
    #expect(run.status == 1)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("did you mean `relu`?"))
  }

  @Test func parametersAreSetListedAndRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("param epochs = 10 \"how long\"\nprint epochs\n", to: "p.nn")
    #expect(try Execution.nns("run", "p.nn", in: folder.path).output == "10\n")
    #expect(try Execution.nns("p.nn", "epochs=3", in: folder.path).output == "3\n")
    let listed = try Execution.nns("run", "p.nn", "--help", in: folder.path)
    #expect(listed.status == 0)
    #expect(listed.output.contains("epochs=10   how long"))
    let unknown = try Execution.nns("p.nn", "epoch=3", in: folder.path)
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("`epochs`"))
    let bare = try Execution.nns("p.nn", "epochs", in: folder.path)
    #expect(bare.status == 2)
  }

  @Test func checkRunsNothing() throws {
    let folder = try TemporaryFolder()
    try folder.write("print 1\n", to: "good.nn")
    try folder.write("print 1\nprnt 2\n", to: "bad.nn")
    let good = try Execution.nns("check", "good.nn", in: folder.path)
    #expect(good.status == 0)
    #expect(good.output.isEmpty)
    let bad = try Execution.nns("check", "good.nn", "bad.nn", in: folder.path)
    #expect(bad.status == 1)
    #expect(bad.errors.contains("bad.nn:2:1"))
  }

  @Test func warningsHideNoErrors() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      (0..<70_000).map { "let a\($0) = 1\n" }.joined(), to: "long.nn")
    for verb in ["check", "run"] {
      let found = try Execution.nns(verb, "long.nn", in: folder.path)
      #expect(found.status == 1)
      #expect(found.errors.contains("never used"))
      #expect(found.errors.contains("too many variables"))
    }
  }

  @Test func diagnosticsComeInThreeForms() throws {
    let short = try Execution.nns("-e", "prnt 2", "--error-format=short")
    #expect(short.errors.hasPrefix("<-e>:1:1: error[unknown-command]: "))
    let json = try Execution.nns("-e", "prnt 2", "--error-format=json")
    #expect(json.errors.hasPrefix("{"))
    #expect(json.errors.contains("\"code\":\"unknown-command\""))
    let colored = try Execution.nns("-e", "prnt 2", "--color=always")
    #expect(colored.errors.contains("\u{1B}["))
    let plain = try Execution.nns("-e", "prnt 2")
    #expect(!plain.errors.contains("\u{1B}["))
  }

  @Test func jsonWritesAnEventALine() throws {
    let run = try Execution.nns("--json", "-e", "print [1, 2]", "-e", "assert 1 == 2")
    #expect(run.status == 1)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines.first?.hasPrefix(#"{"event":"output","command":"print","text":"[1, 2]","value":"#)
        == true)
    #expect(lines.last?.hasPrefix(#"{"event":"diagnostic","diagnostic":{"#) == true)
    #expect(run.errors.isEmpty)
  }

  @Test func anOutputNobodyReadsIsNoReasonForNoise() throws {
    let script = "for i in 1..100000 { print i }"
    let cut = try Execution.run(["sh", "-c", "\(Execution.nns) -e '\(script)' | head -1"])
    #expect(cut.output == "1\n")
    #expect(cut.errors.isEmpty)
    let full = try Execution.run(["sh", "-c", "\(Execution.nns) -e 'print 1' >/dev/full"])
    #expect(full.status == 1)
    #expect(full.errors.contains("cannot write to standard output"))
  }

  @Test func lostOutputIsAFailure() throws {
    let run = { (line: String) in try Execution.run(["bash", "-c", line]) }
    let nns = Execution.nns
    let lost = try run("\(nns) -e 'print 1' >&-")
    #expect(lost.status == 1)
    #expect(lost.errors.contains("cannot write to standard output"))
    #expect(try run("\(nns) -e 'let x = 1\nprint x' > /dev/full").status == 1)
    #expect(try run("\(nns) check /dev/null >&-").status != 130)
  }

  @Test func aScriptWithoutEndIsRefused() throws {
    let result = try Execution.nns("run", "/dev/zero")
    #expect(result.status == 2)
    #expect(result.errors.contains("holds more than 64 MB"))
  }

  @Test func aFolderInPlaceOfTheUsersScriptIsNoted() throws {
    let home = try TemporaryFolder()
    for folder in ["nns", "nns/init.nn"] { try home.makeFolder(folder) }
    let result = try Execution.nns(
      "-i", "/dev/null", input: "print 1\n", environment: ["XDG_CONFIG_HOME": home.path])
    #expect(result.status == 0)
    #expect(result.output.contains("1"))
  }

  @Test func anInterruptedTrainingIsOverOnce() throws {
    let line = "data iris\nlayer dense 8 relu\nlayer dense 3\ntrain epochs=100000000"
    let result = try Execution.run([Execution.nns, "--json", "-e", line]) { process in
      usleep(1_500_000)
      kill(process, SIGINT)
    }
    #expect(result.status == 130)
    let ends = result.output.split(separator: "\n").filter { $0.contains("training_finished") }
    #expect(ends.count == 1)
  }

  @Test func usageNamesEveryOption() throws {
    let usage = try Execution.nns("--help")
    #expect(usage.status == 0)
    for option in ["--quiet", "--json", "--threads", "--error-format", "--color", "--version"] {
      #expect(usage.output.contains(option))
    }
    #expect(try Execution.nns("run", "--help").output == usage.output)
    #expect(try Execution.nns("--version").output.hasPrefix("nns "))
  }

  @Test func helpIsAboutTheLanguage() throws {
    let topic = try Execution.nns("help", "layer", "dense")
    #expect(topic.status == 0)
    #expect(topic.output.contains("layer dense"))
    let unknown = try Execution.nns("help", "tarin")
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("`train`"))
  }

  @Test func interruptedTrainingEndsWithStatus130() throws {
    // It ends by itself in a while: a training that Ctrl-C does not reach must not hold up all
    // other tests.
    let script = """
      data [[0], [1]] target=[0, 1]
      layer dense 8 relu
      train epochs=3_000_000 quiet
      print "never"
      """
    let run = try Execution.run([Execution.nns, "-e", script]) { pid in
      usleep(1_000_000)
      kill(pid, SIGINT)
      // A training that Ctrl-C does not reach must not hold up all other tests.
      for _ in 0..<300 where kill(pid, 0) == 0 { usleep(100_000) }
      kill(pid, SIGKILL)
    }
    #expect(run.status == 130)
    #expect(!run.output.contains("never"))
  }
}
