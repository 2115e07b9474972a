import Glibc

/// A program started by us, with pipes to its input and from its output.
final class ChildProcess {
  private let process: pid_t
  private let input: Int32
  private let output: UnsafeMutablePointer<FILE>
  private var hasEnded = false

  init?(_ command: [String]) {
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
    // One that has ended may still be written to.
    signal(SIGPIPE, SIG_IGN)
  }

  deinit { _ = end() }

  func write(_ text: String) { _ = Glibc.write(input, text, text.utf8.count) }

  /// The next line of its output.
  func line() -> String? {
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, Int32(line.count), output) != nil else { return nil }
    return String(
      decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Ends its input, or the program itself, and waits; its status and the most memory it held.
  func end(byForce: Bool = false) -> (isGood: Bool, peakMemory: Int) {
    guard !hasEnded else { return (false, 0) }
    hasEnded = true
    if byForce { kill(process, SIGKILL) }
    close(input)
    fclose(output)
    var status: Int32 = 0
    var usage = rusage()
    wait4(process, &status, 0, &usage)
    return (status == 0, usage.ru_maxrss * 1024)
  }
}
