import Glibc

/// A program that gets ready once and then answers each line of its input with a line
/// `seconds answer`, so that libraries are loaded and compilers warm before anything is timed.
/// Its input's end is its own.
final class ResidentProgram {
  /// What it says about itself when it is ready: its library's version.
  private(set) var introduction = ""
  private let process: pid_t
  private let input: Int32
  private let output: UnsafeMutablePointer<FILE>

  init?(_ command: [String], saysReady: Bool = true) {
    var (toChild, fromChild): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else { return nil }
    // Programs started later must not hold our ends, or this one's input never ends.
    for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    if Surroundings.environment("NNS_BENCH_VERBOSE") == nil {
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let failure = posix_spawnp(&process, command[0], &actions, nil, &arguments, environ)
    close(toChild[0])
    close(fromChild[1])
    guard failure == 0, let output = fdopen(fromChild[0], "r") else {
      close(toChild[1])
      close(fromChild[0])
      return nil
    }
    (self.process, self.output, input) = (process, output, toChild[1])
    guard saysReady else { return }
    guard let line = line(), line.hasPrefix("ready") else { return nil }
    introduction = String(line.dropFirst("ready ".count))
    print("  with \(introduction)")
  }

  deinit {
    close(input)
    fclose(output)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }

  /// Asks for one piece of work.
  func sample() -> Sample? {
    // One that answers once and ends may be gone before it is asked.
    signal(SIGPIPE, SIG_IGN)
    _ = write(input, "go\n", 3)
    guard let line = line() else { return nil }
    let numbers = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    return numbers.count == 2 ? Sample(seconds: numbers[0], answer: numbers[1]) : nil
  }

  private func line() -> String? {
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, Int32(line.count), output) != nil else { return nil }
    return String(
      decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
