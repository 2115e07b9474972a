internal import CNNScript
import Glibc
import NNEngine
import NNScript
import Synchronization

/// What a `nns_session` of C stands for: a session, its host, and the texts lent to the caller.
final class Handle: Host {
  /// The caller's callbacks.
  private struct Callbacks {
    var context: UnsafeMutableRawPointer?
    var write: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int) -> Void)?
    var diagnose: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int) -> Void)?
    var event: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int) -> Void)?
  }

  private(set) var session: Session!
  let rooted: RootedFiles
  let screen: Screen
  private let callbacks: Callbacks
  private let timeLimit: Duration?
  private let outputLimit: Int
  private let isBusy = Atomic(false)
  private let isCancelRequested = Atomic(false)
  private var deadline: ContinuousClock.Instant?
  private var outputLeft = Int.max
  /// Which limit of the host's the call at work has reached.
  private var reachedLimit: String?
  private var pace = BatchPace()
  /// Errors and warnings of the last call that ran or checked something.
  private var diagnostics: [Diagnostic] = []
  private var problem: String?
  /// Texts that were handed out, until the next call.
  private var lent: [UnsafeMutableRawPointer] = []

  var files: any FileAccess { rooted }

  /// - Throws: `EngineError` for a folder that does not exist, or a limit that is none.
  init(_ config: nns_config) throws {
    func path(_ text: UnsafePointer<CChar>?) -> String? { text.map { String(cString: $0) } }
    guard config.time_limit >= 0, config.time_limit.isFinite, config.threads >= 0, config.width >= 0
    else { throw EngineError.invalid("a limit is below 0") }
    callbacks = Callbacks(
      context: config.context, write: config.write, diagnose: config.diagnose, event: config.event)
    let data = path(config.data_folder)
    let folders = [path(config.read_root), data].compactMap { $0 }
    rooted = try RootedFiles(
      reading: folders, writing: path(config.write_root), from: path(config.folder))
    screen = Screen(width: config.width == 0 ? 80 : Int(config.width))
    timeLimit = config.time_limit == 0 ? nil : .seconds(config.time_limit)
    outputLimit = config.output_limit == 0 ? .max : Int(clamping: config.output_limit)
    var options = Session.Options()
    options.threads = config.threads == 0 ? nil : Int(config.threads)
    options.dataFolders = [data].compactMap { $0 }
    options.readsEnvironment = false
    options.memory = config.memory_limit == 0 ? nil : Int(clamping: config.memory_limit)
    var catalog = Catalog.standard
    if config.uses_libraries == 0 { catalog.formats.removeAll(where: \.opensLibraries) }
    session = Session(host: self, options: options, vocabulary: Vocabulary(catalog))
  }

  deinit { giveBackTexts() }

  /// Lets the session go, which holds its host.
  func close() { session = nil }

  // MARK: Calls

  /// Does the work of one call, unless another is at work.
  func work(_ body: (Session) throws -> Int) -> nns_status {
    guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    else { return nns_status(NNS_BUSY) }
    defer { isBusy.store(false, ordering: .releasing) }
    isCancelRequested.store(false, ordering: .relaxed)
    giveBackTexts()
    do {
      return nns_status(try body(session))
    } catch {
      return status(of: error)
    }
  }

  /// The same for work whose errors and warnings are kept, within the host's limits.
  func run(_ body: (Session) throws -> Int) -> nns_status {
    work { session in
      (diagnostics, problem, reachedLimit) = ([], nil, nil)
      deadline = timeLimit.map { ContinuousClock.now + $0 }
      outputLeft = outputLimit
      pace = BatchPace()
      defer { deadline = nil }
      return try body(session)
    }
  }

  /// Stores a flag, and nothing else: signal handlers come here.
  func cancel() { isCancelRequested.store(true, ordering: .relaxed) }

  var isCancelled: Bool {
    if isCancelRequested.load(ordering: .relaxed) || reachedLimit != nil { return true }
    if let deadline, ContinuousClock.now >= deadline {
      reachedLimit = "the time limit"
      return true
    }
    return false
  }

  private func status(of error: any Error) -> nns_status {
    if let error = error as? Refusal {
      problem = error.text
      return nns_status(error.status)
    }
    if let error = error as? ScriptError {
      if error.isInterruption {
        problem = reachedLimit.map { "stopped at \($0)" }
        if diagnostics.isEmpty { diagnostics = error.diagnostics }
        return nns_status(reachedLimit == nil ? NNS_CANCELLED : NNS_LIMIT)
      }
      if diagnostics.isEmpty { diagnostics = error.diagnostics }
      return nns_status(NNS_FAILED)
    }
    if let error = error as? EngineError {
      if case .interrupted = error {
        return nns_status(reachedLimit == nil ? NNS_CANCELLED : NNS_LIMIT)
      }
      let found = session.diagnostic(of: error)
      problem = ([found.message] + found.help).joined(separator: "; ")
      return nns_status(NNS_FAILED)
    }
    problem = "\(error)"
    return nns_status(NNS_FAILED)
  }

  /// What went wrong last, as text for people.
  var errorText: String {
    let rendered =
      diagnostics.isEmpty
      ? "" : DiagnosticRenderer(width: screen.width).render(diagnostics, in: session.sources)
    return [problem, rendered.isEmpty ? nil : rendered].compactMap { $0 }.joined(separator: "\n")
  }

  var diagnosticsJSON: String {
    JSONValue.array(diagnostics.map { $0.json(in: session.sources) }).text()
  }

  func take(_ found: [Diagnostic]) {
    diagnostics = found
    for diagnostic in found {
      hand(diagnostic.json(in: session.sources).text(), callbacks.diagnose)
    }
  }

  // MARK: What happens

  func receive(_ event: Event) {
    guard pace.admits(event) else { return }
    switch event {
    case .output(let text, _, _):
      let line = text + "\n"
      guard line.utf8.count <= outputLeft else {
        reachedLimit = "the output limit"
        return
      }
      outputLeft -= line.utf8.count
      hand(line, callbacks.write)
    case .diagnostic(let diagnostic):
      diagnostics.append(diagnostic)
      hand(diagnostic.json(in: session.sources).text(), callbacks.diagnose)
    default:
      guard callbacks.event != nil else { return }
      hand(event.json(in: session.sources).text(), callbacks.event)
    }
  }

  private func hand(
    _ text: String,
    _ callback: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int) -> Void)?
  ) {
    guard let callback else { return }
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        callback(callbacks.context, $0.baseAddress, $0.count)
      }
    }
  }

  // MARK: Lending

  /// Bytes that stay until the next call, with a 0 behind them.
  func lend(_ bytes: [UInt8]) -> UnsafeMutableRawPointer {
    let place = UnsafeMutableRawPointer.allocate(byteCount: bytes.count + 1, alignment: 16)
    UnsafeMutableRawBufferPointer(start: place, count: bytes.count).copyBytes(from: bytes)
    place.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
    lent.append(place)
    return place
  }

  /// The same of a text.
  func lend(_ text: String) -> UnsafePointer<CChar> {
    UnsafePointer(lend(Array(text.utf8)).assumingMemoryBound(to: CChar.self))
  }

  private func giveBackTexts() {
    for place in lent { place.deallocate() }
    lent = []
  }
}

/// Why a call does nothing.
struct Refusal: Error {
  var status: Int
  var text: String

  init(_ status: Int, _ text: String) { (self.status, self.text) = (status, text) }
}

extension Handle {
  /// The handle behind a pointer of C.
  static func of(_ session: OpaquePointer?) -> Handle? {
    session.map { Unmanaged<Handle>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
  }
}

/// A text of C.
///
/// - Throws: `Refusal` for none, or one that is no UTF-8.
func text(_ start: UnsafePointer<CChar>?, _ length: Int = -1) throws -> String {
  guard let start else { throw Refusal(NNS_MISUSE, "a text is NULL") }
  let count = length < 0 ? strlen(start) : length
  let bytes = UnsafeBufferPointer(start: start, count: count)
  let text = bytes.withMemoryRebound(to: UInt8.self) { String(validating: $0, as: UTF8.self) }
  guard let text else { throw Refusal(NNS_MISUSE, "a text is no UTF-8") }
  return text
}
