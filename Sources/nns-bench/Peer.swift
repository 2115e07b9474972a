import Glibc

/// Another interpreter, run as a program that measures itself and prints seconds and answer.
struct Peer {
  let name: String
  let command: String
  let suffix: String
  let frame: (String) -> String

  static var python: Peer {
    let command = Surroundings.environment("NNS_PYTHON") ?? "python3"
    return Peer(name: "python", command: command, suffix: ".py") { source in
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
    let command = Surroundings.environment("NNS_LUA") ?? "lua5.4"
    return Peer(name: "lua", command: command, suffix: ".lua") { source in
      """
      \(source)
      local start = os.clock()
      local answer = run()
      print(os.clock() - start, answer)

      """
    }
  }

  /// `nil` where the interpreter, or a library of it, is not there.
  func run(_ source: String) -> Sample? {
    var template = Array("/tmp/nns-bench-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return nil }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    let text = Array(frame(source).utf8)
    let written = write(descriptor, text, text.count)
    close(descriptor)
    guard written == text.count, let program = ResidentProgram([command, path], saysReady: false)
    else { return nil }
    return program.sample()
  }
}
