/// What a call needs of a compiled function, in plain memory: the fast path touches no object.
struct CodeHeader {
  /// Where a call begins that gave every argument.
  var fullEntry: UnsafePointer<Instruction>
  /// Where a call begins that left arguments out: their defaults come first.
  var entry: UnsafePointer<Instruction>
  var parameterCount: Int
  var registerCount: Int
  /// The register that holds the running function itself, or -1 where nothing is captured.
  var selfRegister: Int
  var constants: UnsafePointer<Value>
  var texts: UnsafePointer<Unmanaged<TextSite>>
  /// The object this is the header of.
  var code: Unmanaged<Code>
}

/// A compiled function, or the top level of a text. Its memory never moves.
final class Code {
  let name: String
  let instructions: UnsafeMutablePointer<Instruction>
  let instructionCount: Int
  let header: UnsafeMutablePointer<CodeHeader>
  let sites: [Site]
  private let constants: UnsafeMutablePointer<Value>
  private let constantCount: Int
  private let texts: UnsafeMutablePointer<Unmanaged<TextSite>>
  private let textCount: Int
  /// Where each instruction comes from.
  let positions: [Position]
  /// Whether a machine holds it already.
  var isKept = false
  /// Where a fused comparison goes on, by its number, if it turns out to have elements.
  let masks: [Int: Int]
  /// Where the definition stands.
  let range: SourceRange?
  let parameterNames: [String]
  /// The variables of functions further out that it uses, as it counts them.
  let captured: [Variable]

  /// The place of an instruction in the script, and of its operands where they can be in fault.
  struct Position {
    var range: SourceRange
    var operands: [SourceRange] = []
  }

  /// What an instruction needs beyond its operands.
  enum Site {
    case arguments([Name?])
    case names([String])
    case function(FunctionTemplate, captures: [CaptureSource])
    case items([ItemForm])
    case place(PlaceSite)
    case builtin(FunctionEntry, given: [Bool])
    case command(CommandSite, [CommandPart], blocks: [(FunctionTemplate, [CaptureSource])])
  }

  /// Where a new function finds a variable it captures.
  enum CaptureSource {
    case register(Int)
    case capture(Int)
    /// The running function itself, in its register.
    case itself(Int)
  }

  /// One item between the brackets of an index: how many registers it takes, and which.
  enum ItemForm {
    case at
    case span(hasFrom: Bool, hasTo: Bool, isHalfOpen: Bool)

    var registerCount: Int {
      switch self {
      case .at: 1
      case .span(let hasFrom, let hasTo, _): (hasFrom ? 1 : 0) + (hasTo ? 1 : 0)
      }
    }
  }

  struct PlaceSite {
    enum Root {
      case register(Int)
      case global(Int)
      case cell(Int)
      case capture(Int)
      case live(String)
    }

    enum Access {
      case index([ItemForm])
      case field(String)
    }

    var root: Root
    var path: [(access: Access, range: SourceRange)]
    var operation: BinaryOperator?
  }

  /// How a command's argument is made from registers.
  enum CommandPart {
    case value
    case word(String)
    case condition
    /// A comparison whose sides are worked out once: two registers.
    case comparison(ComparisonOperator)
  }

  init(
    name: String, instructions: [Instruction], fullEntry: Int, parameterNames: [String],
    registerCount: Int, selfRegister: Int, constants: [Value], sites: [Site], texts: [TextSite],
    positions: [Position], captured: [Variable], masks: [Int: Int],
    range: SourceRange?
  ) {
    self.name = name
    instructionCount = instructions.count
    self.instructions = .allocate(capacity: max(instructions.count, 1))
    self.instructions.initialize(from: instructions, count: instructions.count)
    constantCount = constants.count
    self.constants = .allocate(capacity: max(constants.count, 1))
    self.constants.initialize(from: constants, count: constants.count)
    self.sites = sites
    textCount = texts.count
    self.texts = .allocate(capacity: max(texts.count, 1))
    self.texts.initialize(from: texts.map { Unmanaged.passRetained($0) }, count: texts.count)
    self.positions = positions
    self.captured = captured
    self.masks = masks
    self.range = range
    self.parameterNames = parameterNames
    header = .allocate(capacity: 1)
    header.initialize(
      to: CodeHeader(
        fullEntry: self.instructions + fullEntry, entry: UnsafePointer(self.instructions),
        parameterCount: parameterNames.count, registerCount: registerCount,
        selfRegister: selfRegister, constants: self.constants, texts: self.texts,
        code: Unmanaged.passUnretained(self)))
  }

  deinit {
    instructions.deallocate()
    header.deallocate()
    constants.deinitialize(count: constantCount)
    constants.deallocate()
    for index in 0..<textCount { texts[index].release() }
    texts.deallocate()
  }

  /// The place of an instruction.
  func position(at pointer: UnsafePointer<Instruction>) -> Position {
    positions[min(max(pointer - UnsafePointer(instructions), 0), positions.count - 1)]
  }
}
