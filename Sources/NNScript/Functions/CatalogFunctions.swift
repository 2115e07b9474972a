import NNEngine

// Words of the engine as functions of numbers, worked out by the formulas that define them.

extension FunctionEntry {
  /// An activation: element by element, or along the last axis where its formula sees a sample.
  static func activation(_ spec: Spec<any Activation>, _ definitions: Definitions) -> FunctionEntry
  {
    let word = DefinedWord(spec.name, spec.parameters, definitions)
    return FunctionEntry(
      spec.name, spec.summary, ["x"] + spec.parameters.map { Parameter(setting: $0) },
      example: "print \(spec.name)([-1, 0.5, 2])", ofNumber: word.number
    ) { context, values in
      let call = FunctionCall(name: spec.name, values: values, context: context)
      let function = try word.function()
      if function.seesSamples, call[0].numberValue != nil {
        throw call.wrong(0, "a list or tensor")
      }
      return try function([call[0]] + word.settings(call, after: 1).map { .number($0) })
    }
  }

  /// A loss of targets and predictions, as training reports it: one number. Where its formula sums
  /// over a sample's classes, targets may be class numbers.
  static func loss(_ spec: Spec<any Loss>, _ definitions: Definitions) -> FunctionEntry {
    let word = DefinedWord(spec.name, spec.parameters, definitions)
    return FunctionEntry(
      spec.name, spec.summary, ["y", "p"] + spec.parameters.map { Parameter(setting: $0) },
      example: "print \(spec.name)([1, 0], [0.9, 0.2])"
    ) { context, values in
      let call = FunctionCall(name: spec.name, values: values, context: context)
      let function = try word.function()
      let pair = try Pair(call, ofSamples: function.seesSamples)
      if word.takesProbabilities(spec) { try pair.checkProbabilities(call) }
      return .number(try function.mean([pair.y, pair.p], word.settings(call, after: 2)))
    }
  }
}

/// A word's formula, read when first called, and its settings.
private final class DefinedWord {
  private let name: String
  private let settings: [ParameterInfo]
  private let definitions: Definitions
  private var read: EquationFunction?
  private var ofNumber: ((Double) -> Double)?
  /// The settings' defaults, as the formula has them.
  private var usual: [Double] = []

  init(_ name: String, _ settings: [ParameterInfo], _ definitions: Definitions) {
    self.name = name
    self.settings = settings
    self.definitions = definitions
  }

  func function() throws -> EquationFunction {
    if let read { return read }
    guard let equation = try definitions.equation(of: name) else {
      throw ValueError(
        code: .notAnEquation, message: "`\(name)` has no formula", label: "cannot be worked out")
    }
    let made = EquationFunction(equation, name: name)
    usual = equation.parameters.compactMap(\.defaultValue)
    read = made
    return made
  }

  /// The value for one number; what is not finite is left to the function, which says why.
  func number(_ x: Double) -> Double {
    if let ofNumber { return ofNumber(x) }
    let function = (try? function())?.ofNumber ?? { _ in .nan }
    ofNumber = function
    return function(x)
  }

  /// The settings of a call, checked as those of the engine's word.
  func settings(_ call: FunctionCall, after first: Int) throws -> [Double] {
    try settings.enumerated().map { index, info in
      // Most are written out; the long way is for what is wrong with them.
      if case .number(let number)? = call.values[first + index],
        case .number(let range, let isOpen) = info.kind, range.contains(number),
        !isOpen || number > range.lowerBound
      {
        return number
      }
      let value: Double? =
        switch try info.bound(call.values[first + index], argument: first + index) {
        case .number(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
      return value ?? (usual.indices.contains(index) ? usual[index] : 0)
    }
  }

  func takesProbabilities(_ spec: Spec<any Loss>) -> Bool {
    let own = (try? spec.makeWithDefaults())?.ownActivation
    return own == "softmax" || own == "sigmoid"
  }
}

/// Targets and predictions of one size.
private struct Pair {
  var y: Grid
  var p: Grid

  init(_ call: FunctionCall, ofSamples: Bool) throws {
    y = try Grid(call[0], of: call.name)
    p = try Grid(call[1], of: call.name, argument: 1)
    guard !p.elements.isEmpty else { throw call.wrong(1, "at least one number") }
    guard !ofSamples || !p.sizes.isEmpty else { throw call.wrong(1, "one number a class") }
    if ofSamples, y.sizes == Array(p.sizes.dropLast()) { try spreadClasses() }
    guard y.sizes == p.sizes else {
      throw ValueError(
        code: .shapeMismatch,
        message: "`\(call.name)` needs as many predictions as targets: \(Shape(y.sizes)) and "
          + "\(Shape(p.sizes))",
        label: "\(Shape(p.sizes))", argument: 1)
    }
  }

  /// Makes one number a class of class numbers.
  private mutating func spreadClasses() throws {
    let classes = p.sizes[p.sizes.count - 1]
    var spread = Grid(sizes: p.sizes, elements: Array(repeating: 0, count: p.elements.count))
    for (row, number) in y.elements.enumerated() {
      guard number == number.rounded(), number >= 0, number < Double(classes) else {
        throw ValueError(
          code: .outOfRange,
          message: "class \(Formatting.number(number)) is not one of \(classes), counted from 0",
          label: "not a class number", argument: 0)
      }
      spread.elements[row * classes + Int(number)] = 1
    }
    y = spread
  }

  func checkProbabilities(_ call: FunctionCall) throws {
    guard let wrong = p.elements.first(where: { !(0...1).contains($0) }) else { return }
    throw ValueError(
      code: .outOfRange,
      message: "`\(call.name)` takes probabilities from 0 to 1, not \(Formatting.number(wrong))",
      label: "not a probability", argument: 1)
  }
}
