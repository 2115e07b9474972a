/// A program that gets ready once and then answers each line of its input with a line
/// `seconds answer`, so that libraries are loaded and compilers warm before anything is timed.
/// Its input's end is its own.
final class ResidentProgram {
  private let process: ChildProcess

  init?(_ command: [String], saysReady: Bool = true, isTold: Bool = true) {
    guard let process = ChildProcess(command) else { return nil }
    self.process = process
    guard saysReady else { return }
    guard let line = process.line(), line.hasPrefix("ready ") else { return nil }
    if isTold { print("  with \(line.dropFirst("ready ".count))") }
  }

  /// Asks for one piece of work.
  func sample() -> Sample? {
    process.write("go\n")
    let numbers = process.line()?.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard let numbers, numbers.count == 2 else { return nil }
    return Sample(seconds: numbers[0], answer: numbers[1])
  }
}

/// Runs a program from its start to its exit.
func runToTheEnd(_ command: [String]) -> Sample? {
  let start = Clock.wall.seconds
  guard let process = ChildProcess(command) else { return nil }
  var answer = 0.0
  while let line = process.line() {
    if let number = line.split(whereSeparator: \.isWhitespace).compactMap({ Double($0) }).last {
      answer = number
    }
  }
  let (isGood, peakMemory) = process.end()
  guard isGood else { return nil }
  return Sample(seconds: Clock.wall.seconds - start, answer: answer, peakMemory: peakMemory)
}
