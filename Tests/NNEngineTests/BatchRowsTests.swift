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
        scale: (0..<factors).map { 0.5 + Float($0) }, shift: (0..<factors).map { 3 - Float($0) })
    }
    let numbers = (0..<5 * width).map { UInt8($0 * 5) }
    let order: [Int32] = [4, 0, 2]
    for inputs in [Examples.Inputs.bytes(numbers), .floats(numbers.map { Float($0) })] {
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
          return number * (0.5 + Float(factor)) + (3 - Float(factor))
        }
      }
      #expect(batch.inputs.array == expected)
    }
  }
}
