/// A formula worked out in 64 bits, row by row: what functions of scripts compute with, and the
/// yardstick for derivatives and compiled code.
///
/// A row is worked out term after term, each in a loop of its own over the row's numbers.
public struct ExactProgram: Sendable {
  /// What a variable is: a number for everything, or numbers in rows.
  public enum Input {
    case number(Double)
    case rows(UnsafePointer<Double>)
  }

  /// The formula it was made of.
  public let formula: Formula
  /// Whether a row is looked at as a whole; else how numbers are cut into rows does not matter.
  public let seesRows: Bool
  private let nodes: [Formula.Node]
  private let extents: [Formula.Extent]
  private let result: Formula.Term?
  private let vectorCount: Int

  /// Prepares a formula, which should be `compacted` or `stabilised`: all its terms are worked out.
  public init(_ formula: Formula) {
    self.formula = formula
    seesRows = formula.hasReductions
    nodes = formula.nodes
    extents = formula.nodes.indices.map { formula.extent($0) }
    result = formula.results.first
    vectorCount = extents.count { $0 == .element }
  }

  /// Memory for every term of one row, for programs that run often: then a run allocates nothing.
  public final class Space {
    fileprivate let numbers: Buffer<Double>
    fileprivate let places: UnsafeMutablePointer<UnsafeMutablePointer<Double>>
    fileprivate let width: Int

    /// Makes room for rows of up to so many numbers.
    public init(_ program: ExactProgram, width: Int) {
      self.width = program.seesRows ? width : min(width, ExactProgram.mostAtOnce)
      numbers = Buffer(count: program.numberCount(self.width))
      places = .allocate(capacity: program.nodes.count + 1)
    }

    deinit { places.deallocate() }
  }

  /// How many numbers are worked out at once where rows stand for nothing: then all terms stay in
  /// cache.
  private static let mostAtOnce = 256

  /// The first result for rows of numbers: `width` a row, or one where it is a number a row.
  ///
  /// Where the thread's `Allowance` ends the work, the rest is left out: ask it afterwards.
  ///
  /// - Parameter space: what was made for rows of this width.
  public func run(
    rows: Int, width: Int, _ inputs: [Input], into output: UnsafeMutablePointer<Double>,
    space: Space? = nil
  ) {
    guard let result else { return }
    let total = rows * width
    let width = seesRows ? width : max(1, min(total, Self.mostAtOnce))
    let rows = seesRows ? rows : (total + width - 1) / width
    withPlaces(width, space) { places in
      for term in 0..<nodes.count {
        guard case .variable(let index) = nodes[term] else { continue }
        if case .number(let value) = index < inputs.count ? inputs[index] : .number(0) {
          places[term].update(repeating: value, count: extents[term] == .element ? width : 1)
        }
      }
      let isVector = extents[result] == .element
      let isOwn = if case .variable = nodes[result] { false } else { true }
      for row in 0..<rows {
        if row & 0xFF == 0, Allowance.isHalted { return }
        let count = min(width, total - row * width)
        for term in 0..<nodes.count {
          // A row is read where it stands, never written.
          if case .variable(let index) = nodes[term], index < inputs.count,
            case .rows(let start) = inputs[index]
          {
            places[term] = UnsafeMutablePointer(mutating: start) + row * width
          }
        }
        if isVector, isOwn { places[result] = output + row * width }
        work(places, width: count, from: row == 0 ? .uniform : .sample)
        if isVector {
          if !isOwn { (output + row * width).update(from: places[result], count: count) }
        } else if seesRows {
          output[row] = places[result][0]
        } else {
          (output + row * width).update(repeating: places[result][0], count: count)
        }
      }
    }
  }

  /// The values of all terms for one row; see `Formula.evaluate`.
  public func values(_ given: [[Double]], width: Int) -> [[Double]] {
    withPlaces(width, nil) { places in
      for (term, node) in nodes.enumerated() {
        guard case .variable(let index) = node else { continue }
        let numbers = index < given.count ? given[index] : [0]
        for place in 0..<(extents[term] == .element ? width : 1) {
          places[term][place] = numbers[numbers.count == 1 ? 0 : place]
        }
      }
      work(places, width: width, from: .uniform)
      return nodes.indices.map { term in
        let count = extents[term] == .element ? width : 1
        return Array(UnsafeBufferPointer(start: places[term], count: count))
      }
    }
  }

  /// Memory for every term: a row's numbers, or one.
  private func withPlaces<Result>(
    _ width: Int, _ space: Space?,
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<Double>>) -> Result
  ) -> Result {
    if let space {
      precondition(width <= space.width, "as wide as planned")
      place(space.places, from: space.numbers.start, width)
      return body(space.places)
    }
    return withUnsafeTemporaryAllocation(
      of: Double.self, capacity: numberCount(width)
    ) { memory in
      withUnsafeTemporaryAllocation(
        of: UnsafeMutablePointer<Double>.self, capacity: nodes.count + 1
      ) { places in
        guard let first = memory.baseAddress, let start = places.baseAddress else {
          preconditionFailure("there is room for one more")
        }
        place(start, from: first, width)
        return body(start)
      }
    }
  }

  /// How many numbers all terms of a row have, and one more.
  private func numberCount(_ width: Int) -> Int {
    vectorCount * width + nodes.count - vectorCount + 1
  }

  private func place(
    _ places: UnsafeMutablePointer<UnsafeMutablePointer<Double>>,
    from first: UnsafeMutablePointer<Double>, _ width: Int
  ) {
    var next = first
    for term in 0..<extents.count {
      places.advanced(by: term).initialize(to: next)
      next += extents[term] == .element ? width : 1
    }
  }

  /// Works out all terms of an extent or a larger one but variables; smaller ones stand there from
  /// before.
  private func work(
    _ places: UnsafeMutablePointer<UnsafeMutablePointer<Double>>, width: Int,
    from least: Formula.Extent
  ) {
    for term in 0..<nodes.count where extents[term] >= least {
      let out = places[term]
      let isVector = extents[term] == .element
      let count = isVector ? width : 1
      func isLong(_ a: Formula.Term) -> Bool { isVector && extents[a] == .element }
      func start(_ a: Formula.Term, _ piece: Range<Int>) -> UnsafeMutablePointer<Double> {
        places[a] + (isLong(a) ? piece.lowerBound : 0)
      }
      switch nodes[term] {
      case .constant(let value): out[0] = value
      case .variable: break
      case .size: out[0] = Double(width)
      case .unary(let function, let a):
        inPieces(count) { function.apply(start(a, $0), out + $0.lowerBound, $0.count) }
      case .binary(let operation, let a, let b):
        inPieces(count) {
          operation.apply(
            start(a, $0), isLong(a), start(b, $0), isLong(b), out + $0.lowerBound, $0.count)
        }
      case .select(let condition, let a, let b):
        inPieces(count) {
          choose(
            start(condition, $0), isLong(condition), start(a, $0), isLong(a), start(b, $0),
            isLong(b), out + $0.lowerBound, $0.count)
        }
      case .reduce(let reduction, let a):
        let all = UnsafeBufferPointer(
          start: places[a], count: extents[a] == .element ? width : 1)
        out[0] =
          switch reduction {
          case .sum: all.reduce(0, +)
          case .mean: all.reduce(0, +) / Double(width)
          case .max, .offset: all.max() ?? .nan
          case .min: all.min() ?? .nan
          }
      }
    }
  }
}

/// Works on a term's numbers; on many in pieces, of which the last are left out where the work of the
/// thread is to end.
@inline(__always)
private func inPieces(_ count: Int, _ body: (Range<Int>) -> Void) {
  let most = 1 << 16
  if count <= most { return body(0..<count) }
  Allowance.piecewiseUntilHalted(count, by: most, body)
}

/// One of two numbers for each place, by a truth; a side that is one number is the same for all.
private func choose(
  _ condition: UnsafePointer<Double>, _ isLong: Bool, _ x: UnsafePointer<Double>, _ isLongX: Bool,
  _ y: UnsafePointer<Double>, _ isLongY: Bool, _ out: UnsafeMutablePointer<Double>, _ count: Int
) {
  guard isLong else {
    let (side, isLongSide) = condition[0] != 0 ? (x, isLongX) : (y, isLongY)
    for index in 0..<count { out[index] = side[isLongSide ? index : 0] }
    return
  }
  switch (isLongX, isLongY) {
  case (true, true):
    for index in 0..<count { out[index] = condition[index] != 0 ? x[index] : y[index] }
  case (true, false):
    let b = y[0]
    for index in 0..<count { out[index] = condition[index] != 0 ? x[index] : b }
  case (false, true):
    let a = x[0]
    for index in 0..<count { out[index] = condition[index] != 0 ? a : y[index] }
  case (false, false):
    let (a, b) = (x[0], y[0])
    for index in 0..<count { out[index] = condition[index] != 0 ? a : b }
  }
}

extension Formula.Unary {
  /// The function of each number.
  fileprivate func apply(
    _ x: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    switch self {
    case .negate: for index in 0..<count { out[index] = -x[index] }
    case .abs: for index in 0..<count { out[index] = x[index].magnitude }
    case .sqrt: for index in 0..<count { out[index] = x[index].squareRoot() }
    default: for index in 0..<count { out[index] = value(x[index]) }
    }
  }
}

extension Formula.Binary {
  /// The operator on each pair; a side that is one number is the same for all.
  fileprivate func apply(
    _ x: UnsafePointer<Double>, _ isLongX: Bool, _ y: UnsafePointer<Double>, _ isLongY: Bool,
    _ out: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    // Each operation has a loop of its own, which becomes vector code.
    @inline(__always) func loop(_ operation: (Double, Double) -> Double) {
      switch (isLongX, isLongY) {
      case (true, true): for index in 0..<count { out[index] = operation(x[index], y[index]) }
      case (true, false):
        let b = y[0]
        for index in 0..<count { out[index] = operation(x[index], b) }
      case (false, true):
        let a = x[0]
        for index in 0..<count { out[index] = operation(a, y[index]) }
      case (false, false): for index in 0..<count { out[index] = operation(x[0], y[0]) }
      }
    }
    switch self {
    case .add: loop { $0 + $1 }
    case .subtract: loop { $0 - $1 }
    case .multiply: loop { $0 * $1 }
    case .divide: loop { $0 / $1 }
    case .power where !isLongY && y[0] == 2: loop { x, _ in x * x }
    case .least: loop { $0 < $1 ? $0 : $0.isNaN ? $0 : $1 }
    case .greatest: loop { $0 > $1 ? $0 : $0.isNaN ? $0 : $1 }
    case .less: loop { $0 < $1 ? 1 : 0 }
    case .equal: loop { $0 == $1 ? 1 : 0 }
    default: loop { value($0, $1) }
    }
  }
}
