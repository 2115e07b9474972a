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

/// A value lost in an equation at work.
public struct EquationFault: Sendable, Equatable {
  /// The equation's name.
  public var name: String
  /// What went wrong where.
  public var fault: Formula.Fault
  /// Among the rows that were looked at, the one it happened for, counted from 0; for a rule, the
  /// place among the weights.
  public var row: Int

  /// When a value was lost; all counted from 1.
  public enum Place: Sendable, Equatable {
    /// In a step of a training.
    case step(epoch: Int, batch: Int)
    /// Measuring the validation rows behind an epoch.
    case validation(epoch: Int, row: Int)
    /// Running a network over rows.
    case row(Int)
  }

  init(name: String, fault: Formula.Fault, row: Int) {
    self.name = name
    self.fault = fault
    self.row = row
  }

  /// Looks for the first sample whose value an equation has lost.
  ///
  /// - Parameter variables: for each variable, the first of the numbers and how many a row.
  init?(
    _ equation: Equation, rows: Int, width: Int,
    variables: [(start: UnsafePointer<Float>, width: Int)]
  ) {
    let formula = equation.formula.stabilised()
    // The engine computes in 32 bits.
    let limit = Double(Float.greatestFiniteMagnitude)
    for row in 0..<rows {
      let values = variables.map { variable in
        (0..<variable.width).map { Double(variable.start[row * variable.width + $0]) }
      }
      // What arrives broken was broken before.
      guard values.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { continue }
      let all = formula.evaluate(values, width: width)
      // A part may overflow on the way to a result that is fine.
      let isLost = formula.results.contains { all[$0].contains { !($0.magnitude <= limit) } }
      if isLost, let fault = formula.fault(in: all, width: width, limit: limit) {
        self.init(name: equation.name, fault: fault, row: row)
        return
      }
    }
    return nil
  }
}
