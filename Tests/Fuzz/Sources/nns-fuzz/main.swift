import CFuzzer
import Glibc
import NNEngine
import NNScript

// nns-fuzz seeds FOLDER      writes first inputs and words
// nns-fuzz try FILE ...      gives each file to its target, as the fuzzer would
// nns-fuzz ARGUMENTS         libFuzzer, with its arguments

/// The most of the processor's time an answer may take.
private let longest = 2.0

private func say(_ text: String) {
  let line = Array((text + "\n").utf8)
  _ = write(STDERR_FILENO, line, line.count)
}

/// Gives an input to its target, and ends the process where the answer takes too long.
private func takeOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let (target, bytes) = Target.of(UnsafeBufferPointer(start: start, count: count))
  let before = clock()
  target.take(bytes)
  let seconds = Double(clock() - before) / Double(CLOCKS_PER_SEC)
  if seconds > longest {
    say("an answer took \(seconds) s")
    abort()
  }
  return 0
}

private let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "seeds": try Seeds.write(to: arguments[2])
case "try":
  for path in arguments.dropFirst(2) {
    let bytes = try DiskFiles().read(path)
    let before = clock()
    _ = bytes.withUnsafeBufferPointer { takeOne($0.baseAddress, $0.count) }
    print(path, Double(clock() - before) / Double(CLOCKS_PER_SEC), "s")
  }
default:
  let status = fuzz_drive(
    CommandLine.argc, CommandLine.unsafeArgv, { takeOne($0, Int($1)) })
  if status == -1 { say("this build has no libFuzzer: see scripts/fuzz") }
  exit(status == -1 ? 2 : status)
}
