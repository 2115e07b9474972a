import Testing

@testable import NNEngine

struct BatchRowsTests {
  static let factors = [0, 1, 7]

  @Test(arguments: factors, [false, true])
  func columnsInPiecesAreTheWhole(_ factors: Int, isOrdered: Bool) {
    let width = 7
    var preprocessing = Preprocessing(inputShape: [width])
    if factors > 0 {
      preprocessing.inputScaling = Preprocessing.Scaling(
        center: (0..<factors).map { Double($0) - 3 }, scale: (0..<factors).map { 0.5 + Double($0) })
    }
    let numbers = (0..<5 * width).map { UInt8($0 * 5) }
    let order: [Int32] = [4, 0, 2]
    for inputs in [
      Examples.Inputs.bytes(numbers), .floats(numbers.map { Float($0) }),
      .doubles(numbers.map { Double($0) }),
    ] {
      let batch = BatchRows(
        inputSize: width, width: 1, maxRows: 3, loss: nil, preprocessing: preprocessing)
      batch.inputs.start.update(repeating: .nan, count: 3 * width)
      let examples = Examples(count: 5, inputShape: [width], inputs: inputs, targets: .none)
      examples.withSource { source in
        batch.source = source
        order.withUnsafeBufferPointer { order in
          batch.order = isOrdered ? order.baseAddress : nil
          for columns in [0..<2, 2..<3, 3..<7] { batch.gatherInputs(0..<3, columns: columns) }
        }
      }
      let expected = (isOrdered ? order.map { Int($0) } : [0, 1, 2]).flatMap { row in
        (0..<width).map { column in
          let number = Float(numbers[row * width + column])
          guard factors > 0 else { return number }
          let factor = factors == 1 ? 0 : column
          return (number - (Float(factor) - 3)) * (0.5 + Float(factor))
        }
      }
      #expect(batch.inputs.array == expected)
    }
  }

  /// A second apart at 1.7e9, where 32 bits count in steps of 128.
  @Test func numbersAreScaledBeforeTheyAreRounded() {
    var preprocessing = Preprocessing(inputShape: [1])
    let values = (0..<9).map { 1_700_000_000 + Double($0) }
    preprocessing.inputScaling = .fitted(to: values, width: 1, by: .standard)
    let whole = (0..<9).map { Float(16_777_216 + 2 * $0) }
    for (inputs, scaling) in [
      (Examples.Inputs.exact(values), preprocessing.inputScaling),
      (.exact(whole.map(Double.init)), .fitted(to: whole, width: 1, by: .standard)),
      (.bytes(.init(240..<249)), .fitted(to: .init(240..<249), width: 1, by: .standard)),
    ] {
      preprocessing.inputScaling = scaling
      let batch = BatchRows(
        inputSize: 1, width: 1, maxRows: 9, loss: nil, preprocessing: preprocessing)
      let examples = Examples(count: 9, inputShape: [1], inputs: inputs, targets: .none)
      examples.withSource { source in
        batch.source = source
        batch.gatherInputs(0..<9)
      }
      let expected = (0..<9).map { Float((Double($0) - 4) / (60.0 / 9).squareRoot()) }
      #expect(batch.inputs.array == expected)
    }
    if case .floats = Examples.Inputs.exact(values) { Issue.record("32 bits lose seconds") }
  }
}
