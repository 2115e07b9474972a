import Glibc
import NNEngine

/// What the machine asks of the session it runs in.
protocol MachineDelegate: FunctionContext {
  /// Runs a command; `arguments` stand in the order of `site.arguments`.
  func perform(_ site: CommandSite, _ arguments: [CommandArgument], blocks: [FunctionBox]) throws
    -> Value
  /// Shows a value: a command's result, a bare expression at the prompt.
  func show(_ value: Value, at range: SourceRange) throws
  /// A part of the session by name: `model`, `data`, a model's name.
  func liveValue(_ name: String) throws -> Value
  /// Whether the user wants the script to stop; asked every thousand rounds or calls.
  var shouldStop: Bool { get }
  /// What an error of the engine is in the script's terms; `nil` lets it pass as it is.
  func facts(of error: any Error) -> ValueError?
}

/// An argument of a command as worked out.
enum CommandArgument {
  case value(Value)
  /// A bare word that is no variable.
  case word(String)
  /// A condition, with both sides where it is one comparison.
  case condition(Value, sides: [Value])
}

/// Runs compiled programs over one set of globals.
///
/// All registers lie on one stack, globals at its bottom. A call's window begins at its first
/// argument, so arguments are not copied. Registers above the running window are always initialised
/// and hold nothing that needs dropping.
final class Machine {
  /// Calls within calls of the script's functions; they do not use the native stack.
  static let callLimit = 10_000
  /// Calls of script functions by native code (`map`, a command's block) within each other: these
  /// do use the native stack.
  static let nestingLimit = 100

  struct Frame {
    var instruction: UnsafePointer<Instruction>
    var registers: UnsafeMutablePointer<Value>
    var header: UnsafePointer<CodeHeader>
  }

  unowned let delegate: any MachineDelegate
  let stack: UnsafeMutablePointer<Value>
  let stackEnd: UnsafeMutablePointer<Value>
  /// The registers below are initialised.
  private var ready: UnsafeMutablePointer<Value>
  let frames: UnsafeMutablePointer<Frame>
  var frameCount = 0
  /// Where a call from native code may put its window.
  var free: UnsafeMutablePointer<Value>
  private var nesting = 0
  private var globalCount = 0
  /// Functions may outlive the text they came from, and run while the last name for them goes.
  private var codes: [Code] = []
  /// Stands in the register of an argument that was left out.
  let missing = Cell(.none)

  init(delegate: any MachineDelegate, registers: Int = 1 << 20) {
    precondition(Self.hasReferenceFirst, "the reference of a value is its first word")
    self.delegate = delegate
    stack = .allocate(capacity: registers)
    stackEnd = stack + registers
    ready = stack
    free = stack
    frames = .allocate(capacity: Self.callLimit + 1)
  }

  deinit {
    stack.deinitialize(count: ready - stack)
    stack.deallocate()
    frames.deallocate()
  }

  // MARK: From the session

  /// Compiles and runs a checked text.
  ///
  /// - Throws: a `Diagnostic` for a mistake of the script; what a command throws beyond that passes
  ///   through. Globals keep what they had before the failing statement.
  func run(_ program: Program) throws {
    guard nesting == 0 else {
      throw Diagnostic(.unsupported, "a text cannot be run inside another", at: nil)
    }
    let code = try Compiler.compile(program)
    globalCount = max(globalCount, program.globalCount)
    keep(code)
    try reserve(stack + code.header.pointee.registerCount)
    free = stack + globalCount
    try enter(code.header, window: stack, at: code.header.pointee.entry, keeping: globalCount)
    clear(stack + globalCount, code.header.pointee.registerCount - globalCount)
  }

  /// Calls a function with values in the order of its parameters.
  func call(_ function: FunctionBox, _ arguments: [Value]) throws -> Value {
    guard case .script = function.body else { return try callEntry(function, arguments) }
    let window = free
    try reserve(window + arguments.count + 1)
    for (index, argument) in arguments.enumerated() { window[index] = argument }
    defer { clear(window, arguments.count + 1) }
    let (header, entry) = try bind(function, window: window, count: arguments.count, names: [])
    try reserve(window + header.pointee.registerCount)
    if header.pointee.selfRegister >= 0 {
      window[header.pointee.selfRegister] = .function(function)
    }
    try enter(header, window: window, at: entry, keeping: 0)
    let result = window[0]
    window[0] = .none
    return result
  }

  /// The value of a global variable.
  func global(_ slot: Int) -> Value { stack + slot < ready ? stack[slot] : .none }

  /// Brings a copy of the global variables, by slot, up to date.
  ///
  /// Most have not changed since: their bytes are compared, and no reference is counted. What they
  /// refer to cannot change behind a copy's back.
  func copyGlobals(to copy: inout [Value]) {
    // An unchanged copy stays shared with those who hold it.
    let isSame = copy.withUnsafeBufferPointer {
      guard let start = $0.baseAddress, $0.count == globalCount else { return globalCount == 0 }
      return memcmp(stack, start, globalCount * MemoryLayout<Value>.stride) == 0
    }
    guard !isSame else { return }
    for _ in 0..<max(0, globalCount - copy.count) { copy.append(.none) }
    copy.withUnsafeMutableBufferPointer { copy in
      guard let start = copy.baseAddress else { return }
      for slot in 0..<globalCount
      where memcmp(stack + slot, start + slot, MemoryLayout<Value>.size) != 0 {
        copy[slot] = stack[slot]
      }
    }
  }

  /// Gives the global variables the values of a copy.
  func setGlobals(from copy: [Value]) {
    for slot in 0..<globalCount { stack[slot] = slot < copy.count ? copy[slot] : .none }
  }

  /// Gives a global variable a value from outside.
  func setGlobal(_ slot: Int, _ value: Value) throws {
    try reserve(stack + slot + 1)
    globalCount = max(globalCount, slot + 1)
    if nesting == 0 { free = max(free, stack + globalCount) }
    stack[slot] = value
  }

  // MARK: Entering and leaving

  /// Runs code in a window until it returns to native code. The result stands in `window[0]`.
  private func enter(
    _ header: UnsafePointer<CodeHeader>, window: UnsafeMutablePointer<Value>,
    at entry: UnsafePointer<Instruction>, keeping kept: Int
  ) throws {
    guard nesting < Self.nestingLimit else { throw Self.tooDeep }
    let outerFree = free
    let outerFrames = frameCount
    nesting += 1
    defer {
      nesting -= 1
      frameCount = outerFrames
      free = outerFree
    }
    do {
      try execute(header, window, entry)
    } catch {
      // The frames of the call that failed lie between the window and what it last used.
      clear(window + kept, max(free - window, header.pointee.registerCount) - kept)
      throw error
    }
  }

  /// Makes registers up to an end usable.
  @inline(never) func reserve(_ end: UnsafeMutablePointer<Value>) throws {
    guard end <= stackEnd else { throw Self.tooDeep }
    guard end > ready else { return }
    let target = min(stackEnd, max(end, ready + 1024))
    ready.initialize(repeating: .none, count: target - ready)
    ready = target
  }

  /// Whether registers up to an end are usable.
  @inline(__always) func isReady(_ end: UnsafeMutablePointer<Value>) -> Bool { end <= ready }

  /// Counts what the registers hold.
  func addMemory(to count: inout MemoryCount) {
    var register = stack
    while register < ready {
      count.add(register)
      register += 1
    }
  }

  /// Drops what registers hold.
  @inline(__always) func clear(_ start: UnsafeMutablePointer<Value>, _ count: Int) {
    var register = start
    let end = start + max(count, 0)
    while register < end {
      if !register.pointee.isPlain { register.pointee = .none }
      register += 1
    }
  }

  static var tooDeep: ValueError {
    ValueError(
      code: .recursionTooDeep, message: "functions call each other too deep",
      label: "the call that was one too many",
      help: ["a function that calls itself needs a case in which it does not"])
  }

  /// Keeps code alive as long as the machine.
  func keep(_ code: Code) {
    codes.append(code)
    for case .function(let template, _) in code.sites {
      if let inner = template.code, !inner.isKept { keep(inner) }
    }
    for case .command(_, _, let blocks) in code.sites {
      for (template, _) in blocks {
        if let inner = template.code, !inner.isKept { keep(inner) }
      }
    }
    code.isKept = true
  }

  /// Every thousand rounds and calls.
  @inline(never) func checkpoint() throws {
    if delegate.shouldStop { throw Self.stopped }
    do throws(EngineError) {
      try Allowance.proceed()
      try Allowance.settle()
    } catch .interrupted {
      throw Self.stopped
    }
  }

  private static var stopped: ValueError {
    ValueError(code: .interrupted, message: "interrupted", label: "stopped here")
  }
}
