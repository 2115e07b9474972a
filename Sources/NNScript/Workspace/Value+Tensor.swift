import NNEngine

extension Value {
  /// The value as a tensor: a tensor, a number, or a rectangular list of numbers; else `nil`.
  var asTensor: Tensor? {
    switch self {
    case .tensor(let box): box.tensor
    case .number, .list: try? Operators.tensor(self, argument: nil)
    default: nil
    }
  }

  /// The same in 64 bits, as data are read.
  public var asNumbers: Numbers? {
    switch self {
    case .tensor, .number, .list: try? Operators.numbers(self)
    default: nil
    }
  }
}
