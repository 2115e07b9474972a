import Glibc
import Testing

@testable import NNEngine

/// What single operators, kinks and programs of formulas do, place by place.
struct FormulaTableTests {
  private static let numbers = [-2.5, -1, -0.5, 0, 0.3, 0.5, 1, 1.5, 2, 7]

  /// The value of each operator by its mathematics.
  private static func plain(_ operation: Formula.Binary, _ x: Double, _ y: Double) -> Double {
    switch operation {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .power: pow(x, y)
    case .least: min(x, y)
    case .greatest: max(x, y)
    case .less: x < y ? 1 : 0
    case .lessOrEqual: x <= y ? 1 : 0
    case .equal: x == y ? 1 : 0
    case .notEqual: x == y ? 0 : 1
    case .and: x == 0 ? 0 : y == 0 ? 0 : 1
    case .or: x == 0 && y == 0 ? 0 : 1
    }
  }

  /// Between numbers, between a number and a vector on either side, and between vectors.
  @Test(arguments: Formula.Binary.allCases)
  func operatorsGiveWhatTheyMean(_ operation: Formula.Binary) {
    for (left, right) in [
      (Formula.Extent.element, Formula.Extent.element), (.element, .uniform), (.uniform, .element),
      (.uniform, .uniform),
    ] {
      var formula = Formula([.init("a", left), .init("b", right)])
      formula.results = [formula.binary(operation, 0, 1)]
      for x in Self.numbers {
        for y in Self.numbers {
          let expected = Self.plain(operation, x, y)
          let found = formula.evaluate([[x], [y]], width: 1)[formula.results[0]][0]
          #expect(
            found == expected || found.isNaN && expected.isNaN, "\(x) \(operation.rawValue) \(y)")
        }
      }
    }
  }

  @Test func functionsGiveWhatTheyMean() {
    let plain: [(Formula.Unary, (Double) -> Double)] = [
      (.negate, { -$0 }), (.not, { $0 == 0 ? 1 : 0 }), (.abs, { $0 < 0 ? -$0 : $0 }),
      (.sign, { $0 == 0 ? 0 : $0 / abs($0) }), (.sqrt, { pow($0, 0.5) }), (.exp, { pow(M_E, $0) }),
      (.log, { log2($0) / log2(M_E) }), (.sin, { cos($0 - .pi / 2) }),
      (.cos, { sin($0 + .pi / 2) }),
      (.tan, { sin($0) / cos($0) }), (.asin, { atan2($0, (1 - $0 * $0).squareRoot()) }),
      (.acos, { atan2((1 - $0 * $0).squareRoot(), $0) }), (.atan, { atan2($0, 1) }),
      (.sinh, { (exp($0) - exp(-$0)) / 2 }), (.cosh, { (exp($0) + exp(-$0)) / 2 }),
      (.tanh, { 1 - 2 / (exp(2 * $0) + 1) }), (.sigmoid, { exp($0) / (exp($0) + 1) }),
      (.softplus, { log(1 + exp($0)) }), (.erf, { 1 - erfc($0) }),
      (.floor, { $0 - fmod(fmod($0, 1) + 1, 1) }), (.ceil, { -(-$0 - fmod(fmod(-$0, 1) + 1, 1)) }),
      (.round, { rint($0) }),
    ]
    #expect(Set(plain.map(\.0)) == Set(Formula.Unary.allCases))
    for (function, value) in plain {
      var formula = Formula([.init("x", .element)])
      formula.results = [formula.unary(function, 0)]
      for x in Self.numbers {
        let found = formula.evaluate([[x]], width: 1)[formula.results[0]][0]
        let expected = value(x)
        let isSame =
          found == expected || found.isNaN && expected.isNaN
          || abs(found - expected) <= 1e-12 * max(1, abs(expected))
        #expect(isSame, "\(function.rawValue)(\(x)): \(found)")
      }
    }
  }

  /// Whatever is not kept for the way back is not read on it.
  @Test func aGradientReadsOnlyWhatIsKept() throws {
    var formulas = (0..<150).map { FormulaTests.formula(UInt64($0)) }
    func add(_ make: (inout Formula) -> Formula.Term) {
      var formula = Formula([.init("x", .element)])
      formula.results = [make(&formula)]
      formulas.append(formula)
    }
    for function in Formula.Unary.allCases where function != .not {
      add { $0.unary(function, 0) }
      add { $0.binary(.multiply, 0, $0.unary(function, 0)) }
      add { $0.binary(.multiply, $0.unary(function, 0), 0) }
    }
    for operation in Formula.Binary.allCases where !operation.isTruth {
      for number in [0.5, 2, 3] {
        add { $0.binary(operation, 0, $0.number(number)) }
        add { $0.binary(operation, $0.number(number), 0) }
      }
      add { $0.binary(operation, 0, $0.unary(.tanh, 0)) }
      add { $0.binary(operation, $0.reduce(.sum, 0), 0) }
    }
    add { $0.select($0.binary(.less, 0, $0.number(0.25)), $0.number(3), 0) }
    add { $0.select($0.binary(.less, $0.number(0.25), 0), 0, $0.number(3)) }
    var (kept, left) = (0, 0)
    for formula in formulas {
      guard
        let activation = try? EquationActivation(
          Equation(name: "f", definition: "", formula: formula))
      else { continue }
      if activation.keepsInput { kept += 1 } else { left += 1 }
      let (rows, width) = (3, 4)
      let x = (0..<rows * width).map { 0.1 + Float(($0 * 5) % 12) / 15 }
      func gradient(_ given: [Float]) -> [Float] {
        var (y, given) = ([Float](repeating: 0, count: x.count), given)
        var dy = (0..<x.count).map { 0.5 + Float($0 % 5) }
        x.withUnsafeBufferPointer { x in
          y.withUnsafeMutableBufferPointer { y in
            activation.forward(
              ActivationRows(
                x: x.baseAddress!, bias: nil, y: y.baseAddress!, count: rows, width: width))
          }
        }
        y.withUnsafeMutableBufferPointer { y in
          given.withUnsafeMutableBufferPointer { x in
            dy.withUnsafeMutableBufferPointer { dy in
              activation.backward(
                ActivationRows(
                  x: x.baseAddress!, bias: nil, y: y.baseAddress!, count: rows, width: width),
                dy: dy.baseAddress!, dx: dy.baseAddress!)
            }
          }
        }
        return dy
      }
      let exact = gradient(x)
      let other = gradient(
        activation.keepsInput ? x : [Float](repeating: .nan, count: x.count))
      #expect(exact.map(\.bitPattern) == other.map(\.bitPattern), "\(formula.nodes)")
    }
    #expect(kept > 50 && left > 10)
  }

  /// A formula's total over rows is the sum of its values: of a number for every element, of one a
  /// sample, and of one for everything.
  @Test func totalsCountEveryRowOnce() throws {
    var element = Formula([.init("x", .element)])
    element.results = [element.binary(.multiply, 0, element.number(2))]
    var sample = Formula([.init("x", .element)])
    sample.results = [sample.reduce(.sum, 0)]
    var both = Formula([.init("x", .element)])
    both.results = [both.binary(.subtract, 0, both.reduce(.mean, 0))]
    var squares = Formula([.init("x", .element)])
    squares.results = [
      squares.binary(
        .multiply, squares.reduce(.max, 0), squares.binary(.add, 0, squares.number(1)))
    ]
    for formula in [element, sample, both, squares] {
      for (rows, width) in [(1, 1), (5, 1), (4, 3), (7, 130), (300, 2)] {
        var x = (0..<rows * width).map { Float(($0 * 7) % 23) / 4 - 2 }
        let prepared = formula.stabilised()
        let program = VectorProgram(
          prepared, inputs: [0: 0], results: [(prepared.results[0], .total(0))])
        var total = 0.0
        x.withUnsafeMutableBufferPointer { x in
          program.run(rows: rows, width: width, totals: &total) { _ in x.baseAddress! }
        }
        let expected = (0..<rows).map { row in
          formula.evaluate(
            [x[row * width..<(row + 1) * width].map(Double.init)], width: width)[
              formula.results[0]
            ].reduce(0, +)
        }.reduce(0, +)
        #expect(abs(total - expected) <= 1e-4 * max(1, abs(expected)) + 1e-3)
      }
    }
  }

  // MARK: Faults

  private func fault(
    of sample: [Double], _ make: (inout Formula) -> Formula.Term
  ) -> Formula.Fault? {
    var formula = Formula([.init("x", .element)])
    formula.results = [make(&formula)]
    let values = formula.evaluate([sample], width: sample.count)
    return formula.fault(in: values, width: sample.count)
  }

  /// `if x > 0 then (if x > 1 then log(x - 1) else log(x - 0.5)) else 0`: for each element only the
  /// side that is taken counts.
  @Test func theSideThatIsNotTakenCannotFail() {
    func make(_ f: inout Formula) -> Formula.Term {
      func log(_ offset: Double) -> Formula.Term {
        let shift = f.number(offset)
        return f.unary(.log, f.binary(.subtract, 0, shift))
      }
      let (inner, outer) = (
        f.binary(.less, f.number(1), 0), f.binary(.less, f.number(0), 0)
      )
      let (high, low) = (log(1), log(0.5))
      return f.select(outer, f.select(inner, high, low), f.number(0))
    }
    for sample in [[-4.0, 0.7], [0.7, -4], [3, -4], [-4, 3], [-4, 0], [1.5], [0.7, 2, -1]] {
      #expect(fault(of: sample, make) == nil, "\(sample)")
    }
    for (sample, text) in [
      ([-4, 0.5], "log(0)"), ([0.5, -4], "log(0)"), ([3, 0.25], "log(-0.25)"),
      ([0.25, 3], "log(-0.25)"), ([2, 2, 0.5], "log(0)"), ([-1, -1, 0.25, 2], "log(-0.25)"),
    ] as [([Double], String)] {
      #expect(fault(of: sample, make)?.text == text, "\(sample)")
    }
  }

  /// A sum that is lost is lost where its first element was, or is too large itself.
  @Test func theFirstTermToGoWrongIsNamed() {
    func sum(_ f: inout Formula) -> Formula.Term { f.reduce(.sum, f.unary(.log, 0)) }
    #expect(fault(of: [1, 2], sum) == nil)
    #expect(fault(of: [1, 0], sum)?.text == "log(0)")
    #expect(fault(of: [-3, 1], sum)?.text == "log(-3)")
    #expect(fault(of: [1, 0], sum)?.isOverflow == false)
    let large = fault(of: [1.5e308, 1.5e308]) { $0.reduce(.sum, 0) }
    #expect(large?.isOverflow == true && large?.text.hasPrefix("sum") == true)
    let power = fault(of: [800]) { $0.binary(.add, $0.unary(.exp, 0), $0.number(1)) }
    #expect(power?.isOverflow == true && power?.text == "exp(800)")
  }

  // MARK: Kinks

  /// Wherever a function bends or jumps, near it no difference is held against the derivative; away
  /// from it every point counts.
  @Test func pointsNearAKinkAreLeftOutAndNoOthers() {
    let makers: [(inout Formula, Formula.Term) -> Formula.Term] = [
      { $0.unary(.abs, $1) }, { $0.unary(.sign, $1) }, { $0.unary(.floor, $1) },
      { $0.unary(.ceil, $1) }, { $0.unary(.round, $1) },
      { $0.binary(.greatest, $1, $0.number(0)) }, { $0.binary(.least, $1, $0.number(0)) },
      { $0.select($0.binary(.less, $1, $0.number(0)), $0.number(1), $0.number(2)) },
      { $0.select($0.binary(.lessOrEqual, $1, $0.number(0)), $0.number(1), $0.number(2)) },
      // Of numbers so near to each other that two are nearly equal now and then.
      { $0.reduce(.max, $0.binary(.multiply, $1, $0.number(0.05))) },
      { $0.reduce(.min, $0.binary(.multiply, $1, $0.number(0.05))) },
    ]
    for (index, make) in makers.enumerated() {
      var left = 0
      for shift in 0..<20 {
        var formula = Formula([.init("x", .element)])
        let moved = formula.binary(.add, 0, formula.number(Double(shift) / 9.5 - 1))
        formula.results = [formula.binary(.add, make(&formula, moved), 0)]
        switch DerivativeCheck(formula, by: 0, .anyNumber).outcome {
        case .agrees(_, let points):
          #expect(points > 200)
          left += 300 - points
        default: Issue.record("function \(index), \(shift)")
        }
      }
      #expect(left > 0, "function \(index)")
    }
    var smooth = Formula([.init("x", .element)])
    smooth.results = [smooth.binary(.multiply, 0, 0)]
    guard case .agrees(_, 300) = DerivativeCheck(smooth, by: 0, .anyNumber).outcome else {
      Issue.record("60 samples of 5 numbers are compared")
      return
    }
  }

  @Test func kinksAreFoundAtTheirPlaces() {
    for (shift, place) in [(1.0, -1.0), (0, 0), (-1, 1), (2.5, -2.5), (-9.9, 9.9)] {
      for isMirrored in [false, true] {
        var formula = Formula([.init("x", .element)])
        let x = isMirrored ? formula.unary(.negate, 0) : 0
        let offset = formula.number(isMirrored ? -shift : shift)
        formula.results = [formula.unary(.abs, formula.binary(.add, x, offset))]
        let found = formula.kinks(by: 0)
        #expect(found.map(\.places) == [[place]] && found.map(\.isJump) == [false])
        #expect(found.first?.places.first?.sign != .minus || place < 0)
      }
    }
    var step = Formula([.init("x", .element)])
    step.results = [step.unary(.sign, step.binary(.subtract, 0, step.number(1)))]
    #expect(step.kinks(by: 0).map(\.places) == [[1]] && step.kinks(by: 0).map(\.isJump) == [true])
    // A place that two choices ask for is one kink; another beside it is told too.
    var twice = Formula([.init("x", .element)])
    let sign = twice.unary(.abs, 0)
    let most = twice.binary(.greatest, 0, twice.number(0))
    let other = twice.unary(.abs, twice.binary(.subtract, 0, twice.number(2)))
    twice.results = [twice.binary(.add, twice.binary(.add, sign, most), other)]
    #expect(twice.kinks(by: 0).flatMap(\.places).sorted() == [0, 2])
    // Both sides go on into each other: x·|x| has the slope 0 there.
    var none = Formula([.init("x", .element)])
    none.results = [none.binary(.multiply, 0, none.unary(.abs, 0))]
    #expect(none.kinks(by: 0).isEmpty)
  }

  // MARK: Losses

  /// Where targets 0 and 1 cost the same: (y - p + c)² is so at p = c + 1/2.
  @Test(arguments: [
    (0.0, 0.5), (0.3, 0.8), (-0.3, 0.2), (-0.7, -0.2), (0.7, 1.2), (-0.5, 0), (3, 3.5), (-3, -2.5),
    // Beyond what is looked at there is none.
    (9, 0.5), (-9, 0.5),
  ])
  func theBoundaryIsWhereBothTargetsCostTheSame(_ shift: Double, _ expected: Double) throws {
    var formula = Formula([.init("y", .element), .init("p", .element)])
    let distance = formula.binary(.subtract, 0, 1)
    formula.results = [
      formula.binary(
        .power, formula.binary(.add, distance, formula.number(shift)), formula.number(2))
    ]
    let loss = try EquationLoss(Equation(name: "f", definition: "", formula: formula))
    #expect(abs(Double(loss.boundary) - expected) < 1e-5)
  }

  /// A loss of probabilities has no value elsewhere: 0.05 · log p and 0.02 · log(1 - p) are the same
  /// where p = (1 - p)^0.4.
  @Test func theBoundaryOfALossOfProbabilitiesLiesBetween0And1() throws {
    var formula = Formula([.init("y", .element), .init("p", .element)])
    let one = formula.number(1)
    let (yes, no) = (
      formula.unary(.log, 1), formula.unary(.log, formula.binary(.subtract, one, 1))
    )
    let first = formula.binary(
      .multiply, formula.number(-0.05), formula.binary(.multiply, 0, yes))
    let rest = formula.binary(.multiply, formula.binary(.subtract, one, 0), no)
    let second = formula.binary(.multiply, formula.number(-0.02), rest)
    formula.results = [formula.binary(.add, first, second)]
    let loss = try EquationLoss(Equation(name: "f", definition: "", formula: formula))
    let p = Double(loss.boundary)
    #expect(p > 0.6 && p < 0.7 && abs(p - pow(1 - p, 0.4)) < 1e-5)
  }
}
