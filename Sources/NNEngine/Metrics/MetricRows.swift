/// Some rows of outputs and raw targets, in the targets' own units.
public struct MetricRows {
  /// What the network gave.
  public var outputs: UnsafePointer<Float>
  /// Targets as numbers; `nil` where there are classes.
  public var values: UnsafePointer<Float>?
  /// Targets as class numbers.
  public var classes: UnsafePointer<Int32>?
  /// How many rows.
  public var count: Int
  /// What the outputs say and how they are judged.
  public var form: AnswerForm
  /// A row of targets, the same for all rows of a pass, that sums of targets count from: numbers
  /// far from 0 keep their digits, and equal ones add up to exactly 0. Without it, from 0.
  public var origin: UnsafePointer<Double>?
  /// What targets and outputs are told from instead of 0: one number for all columns or for each;
  /// empty for 0. Figures that only look at differences keep their digits by it.
  var center = UnsafeBufferPointer<Double>(start: nil, count: 0)

  /// Outputs in a row.
  public var width: Int { form.width }

  /// Makes rows whose targets are told from 0.
  public init(
    outputs: UnsafePointer<Float>, values: UnsafePointer<Float>?, classes: UnsafePointer<Int32>?,
    count: Int, form: AnswerForm, origin: UnsafePointer<Double>? = nil
  ) {
    self.outputs = outputs
    self.values = values
    self.classes = classes
    self.count = count
    self.form = form
    self.origin = origin
  }

  /// The origin of a column, as `values` tell it.
  func origin(_ column: Int) -> Double {
    guard let origin else { return 0 }
    let center = center.isEmpty ? 0 : center[center.count == 1 ? 0 : column]
    return Double(Float(origin[column] - center))
  }

  /// The outputs of a row.
  func outputs(_ row: Int) -> UnsafePointer<Float> { outputs + row * width }

  /// The class a row is put into.
  func decided(_ row: Int) -> Int { form.decided(outputs(row)) }

  /// The right class of a row; where targets are numbers, the one with the greatest.
  func right(_ row: Int) -> Int {
    if let classes { return Int(classes[row]) }
    return values.map { decidedClass($0 + row * width, width, form.boundary) } ?? 0
  }

  /// Whether a row has a label.
  func has(_ label: Int, _ row: Int) -> Bool {
    values.map { $0[row * width + label] > form.boundary } ?? false
  }

  /// Whether a row is said to have a label.
  func says(_ label: Int, _ row: Int) -> Bool { form.says(outputs[row * width + label]) }

  /// The probability that outputs give to a class.
  func probability(_ row: Int, of label: Int) -> Double {
    form.probability(outputs(row), of: label)
  }
}
