/// A function of a script as the engine works with it.
///
/// Its formula speaks of what the use gives (`x`; `y` and `p`; `w`, `g` and state) and of nothing
/// else: settings have been put in.
public struct Equation: Sendable {
  /// The name it was defined with.
  public let name: String
  /// A definition that gives it again and needs nothing else: it travels with a saved model.
  public let definition: String
  /// What it computes.
  public let formula: Formula

  /// Makes an equation.
  public init(name: String, definition: String, formula: Formula) {
    self.name = name
    self.definition = definition
    self.formula = formula
  }
}

/// A word of the engine that a script defined.
public protocol Defined {
  /// What defined it.
  var equation: Equation { get }
}

/// A value lost in an equation while training.
public struct EquationFault: Sendable, Equatable {
  /// The equation's name.
  public var name: String
  /// What went wrong where.
  public var fault: Formula.Fault

  init(name: String, fault: Formula.Fault) {
    self.name = name
    self.fault = fault
  }

  /// Looks for the first sample whose value an equation has lost.
  ///
  /// - Parameter variables: for each variable, the first of the numbers and how many a row.
  init?(
    _ equation: Equation, rows: Int, width: Int,
    variables: [(start: UnsafePointer<Float>, width: Int)]
  ) {
    let formula = equation.formula.stabilised()
    for row in 0..<rows {
      let values = variables.map { variable in
        (0..<variable.width).map { Double(variable.start[row * variable.width + $0]) }
      }
      // What arrives broken was broken before.
      guard values.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { continue }
      let all = formula.evaluate(values, width: width)
      if let fault = formula.fault(in: all, width: width) {
        self.name = equation.name
        self.fault = fault
        return
      }
    }
    return nil
  }
}
