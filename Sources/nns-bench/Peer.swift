import Glibc

/// Another interpreter, run as a program that measures itself and prints seconds and answer.
struct Peer {
  let command: String
  let suffix: String
  let frame: (String) -> String

  static var python: Peer {
    Peer(command: environment("NNS_PYTHON") ?? "python3", suffix: ".py") { source in
      """
      import time
      \(source)
      start = time.process_time()
      answer = run()
      print(time.process_time() - start, answer)

      """
    }
  }

  static var lua: Peer {
    Peer(command: environment("NNS_LUA") ?? "lua5.4", suffix: ".lua") { source in
      """
      \(source)
      local start = os.clock()
      local answer = run()
      print(os.clock() - start, answer)

      """
    }
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Seconds and answer, or `nil` where the interpreter, or a library of it, is not there.
  func run(_ source: String) -> (seconds: Double, answer: Double)? {
    var template = Array("/tmp/nns-bench-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return nil }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    let text = Array(frame(source).utf8)
    let written = write(descriptor, text, text.count)
    close(descriptor)
    guard written == text.count, let pipe = popen("'\(command)' \(path) 2>/dev/null", "r") else {
      return nil
    }
    var line = [CChar](repeating: 0, count: 256)
    let isRead = fgets(&line, Int32(line.count), pipe) != nil
    guard pclose(pipe) == 0, isRead else { return nil }
    let length = line.firstIndex(of: 0) ?? line.count
    let output = String(decoding: line[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let numbers = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
  }
}
