import Glibc
import NNEngine
import Testing

struct TensorTests {
  let m = Tensor(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])

  @Test func axesOfLengthOneRepeat() throws {
    let row = Tensor([10, 20, 30])
    let column = Tensor(shape: [2, 1], elements: [100, 200])
    #expect(try Tensor.combine(.add, m, row).elements == [11, 22, 33, 14, 25, 36])
    #expect(try Tensor.combine(.add, column, m).elements == [101, 102, 103, 204, 205, 206])
    let both = try Tensor.combine(.multiply, row, column)
    #expect(both == Tensor(shape: [2, 3], elements: [1000, 2000, 3000, 2000, 4000, 6000]))
    #expect(Tensor.combine(.subtract, 1, m).elements == [0, -1, -2, -3, -4, -5])
    #expect(try Tensor.combine(.greater, m, Tensor(3)).elements == [0, 0, 0, 1, 1, 1])
  }

  @Test func shapesThatDoNotFitAreRefused() {
    #expect(throws: EngineError.self) { try Tensor.combine(.add, m, Tensor([1, 2])) }
    #expect(throws: EngineError.self) { try m.matrixProduct(m) }
    #expect(throws: EngineError.self) { try m.reshaped([4, 2]) }
    #expect(throws: EngineError.self) { try m.reshaped([-1, 4]) }
    #expect(throws: EngineError.self) { try m.reduced(.sum, axis: 2) }
    #expect(throws: EngineError.self) { try m[[.at(2)]] }
    #expect(throws: EngineError.self) { try m[[.at(0), .at(0), .at(0)]] }
    #expect(throws: EngineError.self) { try Tensor.concatenate([m, m.transposed]) }
    #expect(throws: EngineError.self) { try Tensor.oneHot([0, 3], classes: 3) }
    #expect(throws: EngineError.self) { try Shape(checking: [1 << 40, 1 << 40], for: "zeros") }
    #expect(throws: EngineError.self) { try Shape(checking: [-1], for: "zeros") }
    #expect(throws: EngineError.self) { try Tensor([Float]()).reduced(.mean) }
  }

  @Test(arguments: [
    ([6], [6]), ([3, 2], [3, 2]), ([-1], [6]), ([-1, 2], [3, 2]), ([3, -1], [3, 2]),
    ([1, -1, 3], [1, 2, 3]), ([-1, 6], [1, 6]), ([2, 3, -1], [2, 3, 1]),
  ])
  func oneSizeMayBeLeftOpen(_ sizes: [Int], _ expected: [Int]) throws {
    let found = try m.reshaped(sizes)
    #expect(found.shape.sizes == expected && found.elements == m.elements)
  }

  @Test(arguments: [[7], [-1, 4], [-1, -1], [0, -1], [-2, 3], [5, 1]])
  func sizesOfAnotherNumberOfElementsAreRefused(_ sizes: [Int]) {
    #expect(throws: EngineError.self) { try m.reshaped(sizes) }
  }

  @Test func productsTakeRowsAndColumns() throws {
    let square = try m.matrixProduct(m.transposed)
    #expect(square == Tensor(shape: [2, 2], elements: [14, 32, 32, 77]))
    #expect(try m.matrixProduct(Tensor([1, 0, 1])) == Tensor([4, 10]))
    #expect(try Tensor([1, 1]).matrixProduct(m) == Tensor([5, 7, 9]))
    #expect(try Tensor([1, 2]).matrixProduct(Tensor([3, 4])) == Tensor(11))
  }

  @Test func largeProductIsTheSameForAnyNumberOfThreads() throws {
    var stream = RandomStream(seed: 1, stream: .random)
    let a = Tensor.normal([301, 127], using: &stream)
    let b = Tensor.normal([127, 203], using: &stream)
    let one = try a.matrixProduct(b, workers: Workers(count: 1))
    #expect(try a.matrixProduct(b, workers: Workers(count: 3)) == one)
  }

  @Test(arguments: [(1, 1), (8, 8), (65, 130), (7, 100)])
  func transposedTwiceIsTheSame(_ rows: Int, _ columns: Int) {
    let a = Tensor(shape: [rows, columns], elements: (0..<rows * columns).map { Float($0) })
    #expect(a.transposed.elements[rows * columns - 1] == Float(rows * columns - 1))
    #expect(a.transposed.elements[rows > 1 ? 1 : 0] == Float(rows > 1 ? columns : 0))
    #expect(a.transposed.transposed == a)
  }

  @Test func allAxesAreReversed() throws {
    let cube = Tensor(shape: [2, 3, 4], elements: (0..<24).map { Float($0) })
    #expect(cube.transposed.shape == [4, 3, 2])
    #expect(try cube.transposed[[.at(3), .at(1), .at(1)]] == cube[[.at(1), .at(1), .at(3)]])
  }

  @Test func partsAreReadAndAssigned() throws {
    #expect(try m[[.at(-1)]] == Tensor([4, 5, 6]))
    #expect(try m[[.range(nil, nil), .at(0)]] == Tensor([1, 4]))
    #expect(try m[[.at(0), .range(1, 2)]] == Tensor([2, 3]))
    #expect(try m[[.at(1), .at(1)]] == Tensor(5))
    #expect(try m[[.range(1, 0)]].shape == [0, 3])
    var copy = m
    try copy.assign(Tensor([7, 8]), at: [.range(nil, nil), .at(2)])
    #expect(copy.elements == [1, 2, 7, 4, 5, 8])
    try copy.assign(Tensor(0), at: [.at(0)])
    #expect(copy.elements == [0, 0, 0, 4, 5, 8])
    #expect(m.elements == [1, 2, 3, 4, 5, 6])
  }

  @Test func reductionsAlongEachAxis() throws {
    #expect(try m.reduced(.sum) == 21)
    #expect(try m.reduced(.sum, axis: 0) == Tensor([5, 7, 9]))
    #expect(try m.reduced(.mean, axis: 1) == Tensor([2, 5]))
    #expect(try m.reduced(.maximum, axis: -1) == Tensor([3, 6]))
    #expect(try m.reduced(.minimum, axis: 0) == Tensor([1, 2, 3]))
    #expect(try m.reduced(.greatestIndex, axis: 0) == Tensor([1, 1, 1]))
    #expect(try m.reduced(.greatestIndex) == 5)
    #expect(try m.reduced(.deviation, axis: 0) == Tensor([1.5, 1.5, 1.5]))
    #expect(abs(try m.reduced(.deviation) - 1.707825127659933) < 1e-12)
    #expect(try Tensor([1, .nan, 2]).reduced(.maximum).isNaN)
  }

  /// Every reduction along every axis of some shapes, against plain loops in 64 bits.
  @Test(arguments: [[5], [2, 3], [1, 4], [4, 1], [3, 4, 5], [2, 1, 3], [2, 3, 2, 3]])
  func reductionsAreThoseOfPlainLoops(_ sizes: [Int]) throws {
    let shape = Shape(sizes)
    // No two are equal, and the greatest is neither first nor last.
    let tensor = Tensor(
      shape: shape, elements: (0..<shape.count).map { Float(($0 * 37 + 11) % 101) / 8 - 5 })
    for axis in sizes.indices {
      let inner = sizes[(axis + 1)...].reduce(1, *)
      let length = sizes[axis]
      var rest = sizes
      rest.remove(at: axis)
      let lines = (0..<shape.count / length).map { place in
        (0..<length).map { index in
          Double(tensor.elements[place / inner * inner * length + index * inner + place % inner])
        }
      }
      func expect(_ reduction: Tensor.Reduction, _ plain: ([Double]) -> Double) throws {
        for given in [axis, axis - sizes.count] {
          let found = try tensor.reduced(reduction, axis: given)
          #expect(found.shape.sizes == rest)
          let numbers = found.elements.map { Double($0) }
          #expect(Tolerance.single.firstDifference(numbers, lines.map(plain)) == nil)
        }
      }
      func mean(_ line: [Double]) -> Double { line.reduce(0, +) / Double(line.count) }
      try expect(.sum) { $0.reduce(0, +) }
      try expect(.mean, mean)
      try expect(.maximum) { $0.max() ?? 0 }
      try expect(.minimum) { $0.min() ?? 0 }
      try expect(.greatestIndex) { Double($0.firstIndex(of: $0.max() ?? 0) ?? -1) }
      try expect(.deviation) { line in
        let center = mean(line)
        return mean(line.map { ($0 - center) * ($0 - center) }).squareRoot()
      }
    }
  }

  /// Every pair of shapes that fit, against plain loops.
  @Test func everyPairOfShapesThatFitsIsCombined() throws {
    let shapes: [[Int]] = [
      [], [1], [4], [3, 4], [1, 4], [3, 1], [1, 1], [2, 3, 4], [2, 1, 4], [1, 3, 1], [2, 3, 1],
    ]
    for left in shapes {
      for right in shapes {
        let (a, b) = (Shape(left), Shape(right))
        guard let shape = try? Tensor.broadcast(a, b) else { continue }
        let x = Tensor(shape: a, elements: (0..<a.count).map { Float($0 + 1) })
        let y = Tensor(shape: b, elements: (0..<b.count).map { Float(($0 * 5) % 7 + 2) })
        func element(_ tensor: Tensor, _ place: Int) -> Float {
          var (place, index, stride) = (place, 0, 1)
          for (axis, size) in shape.sizes.enumerated().reversed() {
            let at = place % size
            place /= size
            let own = axis - (shape.rank - tensor.shape.rank)
            guard own >= 0 else { continue }
            if tensor.shape[own] > 1 { index += at * stride }
            stride *= tensor.shape[own]
          }
          return tensor.elements[index]
        }
        func expect(_ operation: Tensor.BinaryOperation, _ plain: (Float, Float) -> Float) throws {
          let found = try Tensor.combine(operation, x, y)
          #expect(found.shape == shape)
          #expect(found.elements == (0..<shape.count).map { plain(element(x, $0), element(y, $0)) })
        }
        // One for each kind of loop.
        try expect(.subtract) { $0 - $1 }
        try expect(.remainder) { $0 - $1 * ($0 / $1).rounded(.down) }
        try expect(.power) { powf($0, $1) }
      }
    }
  }

  @Test func tensorsAreJoined() throws {
    #expect(try Tensor.concatenate([m, m]).shape == [4, 3])
    let wide = try Tensor.concatenate([m, Tensor(shape: [2, 1], elements: [7, 8])], axis: 1)
    #expect(wide.elements == [1, 2, 3, 7, 4, 5, 6, 8])
  }

  @Test func streamsOfDifferentUsesDiffer() {
    var weights = RandomStream(seed: 1, stream: .weights)
    var order = RandomStream(seed: 1, stream: .order)
    #expect(weights.next() != order.next())
    let numbers = (0..<100_000).map { _ in weights.normal() }
    let mean = numbers.reduce(0, +) / 100_000
    let variance = numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 100_000
    #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.02)
    var places = Array(0..<100)
    order.shuffle(&places)
    #expect(places != Array(0..<100) && places.sorted() == Array(0..<100))
  }
}
