import CNNScript
import NNLibrary
import Testing

/// A session as a program in C has it, with what its callbacks took.
final class Caller {
  let session: OpaquePointer
  private(set) var written = ""
  private(set) var diagnosed: [String] = []
  private(set) var events: [String] = []
  /// Called with each event.
  var onEvent: ((String) -> Void)?

  init(_ change: (inout nns_config) -> Void = { _ in }) throws {
    var config = nns_config()
    config.size = MemoryLayout<nns_config>.size
    let box = Box()
    config.context = Unmanaged.passUnretained(box).toOpaque()
    config.write = { Box.of($0)?.caller?.written += Box.text($1, $2) }
    config.diagnose = { Box.of($0)?.caller?.diagnosed.append(Box.text($1, $2)) }
    config.event = { context, start, count in
      let caller = Box.of(context)?.caller
      caller?.events.append(Box.text(start, count))
      caller?.onEvent?(Box.text(start, count))
    }
    change(&config)
    var found: OpaquePointer?
    try #require(nns_open(&config, &found) == NNS_OK)
    session = try #require(found)
    self.box = box
    box.caller = self
  }

  deinit { nns_close(session) }

  /// What the callbacks are handed.
  private final class Box {
    weak var caller: Caller?

    static func of(_ context: UnsafeMutableRawPointer?) -> Box? {
      context.map { Unmanaged<Box>.fromOpaque($0).takeUnretainedValue() }
    }

    static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
      String(
        decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }
  private let box: Box

  @discardableResult
  func run(_ text: String) -> Int {
    text.withCString { Int(nns_run(session, $0, text.utf8.count)) }
  }

  var error: String { nns_error(session).map { String(cString: $0) } ?? "" }

  /// A value as JSON.
  func json(_ name: String?) -> String? {
    var text: UnsafePointer<CChar>?
    var count = 0
    guard nns_get_json(session, name, &text, &count) == NNS_OK, let text else { return nil }
    return String(cString: text)
  }
}

/// A network that has learnt exclusive or.
let exclusiveOr = """
  data [[0, 0], [0, 1], [1, 0], [1, 1]] target=[0, 1, 1, 0]
  layer dense 8 tanh
  layer dense 1 sigmoid
  train epochs=500 lr=0.05
  """
