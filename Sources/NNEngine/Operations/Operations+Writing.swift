// How layers write their operations.

extension Operations {
  /// A formula of values, number by number: `operations.formula(x, w) { $0 * $1 }`.
  public mutating func formula(_ x: Ref, _ write: (Formula.Part) -> Formula.Part) -> Ref {
    formula([x]) { write($0[0]) }
  }

  /// A formula of two values.
  public mutating func formula(
    _ a: Ref, _ b: Ref, _ write: (Formula.Part, Formula.Part) -> Formula.Part
  ) -> Ref {
    formula([a, b]) { write($0[0], $0[1]) }
  }

  /// A formula of three values.
  public mutating func formula(
    _ a: Ref, _ b: Ref, _ c: Ref,
    _ write: (Formula.Part, Formula.Part, Formula.Part) -> Formula.Part
  ) -> Ref {
    formula([a, b, c]) { write($0[0], $0[1], $0[2]) }
  }

  /// A formula of several values.
  public mutating func formula(
    _ operands: [Ref], _ write: ([Formula.Part]) -> Formula.Part
  ) -> Ref {
    apply(.formula(FormulaOperation(Formula(count: operands.count, write))), to: operands)
  }

  /// An activation of a value.
  public mutating func activation(_ function: any Activation, _ x: Ref) -> Ref {
    function.isIdentity ? x : apply(.formula(FormulaOperation(function.formula)), to: [x])
  }

  /// One number of many along axes of a row, and over all rows if asked.
  public mutating func reduce(
    _ kind: ReductionOperation.Kind, _ x: Ref, axes: [Int], overRows: Bool = false
  ) -> Ref {
    apply(.reduction(ReductionOperation(kind, axes: axes, overRows: overRows)), to: [x])
  }

  /// Sums of products: see `ProductOperation` for the axes.
  public mutating func product(
    _ a: Ref, _ b: Ref, window: [ProductOperation.Axis] = [], shared: Int = 0
  ) -> Ref {
    apply(.product(ProductOperation(window: window, shared: shared)), to: [a, b])
  }

  /// Rows of a table by numbers that say which.
  public mutating func gather(_ table: Ref, at places: Ref) -> Ref {
    apply(.gather(GatherOperation(.given)), to: [table, places])
  }

  /// Fixed places along the first axis.
  public mutating func gather(
    _ x: Ref, at places: [Int], _ shape: Shape, fill: Double = 0
  ) -> Ref {
    apply(.gather(GatherOperation(.fixed(places, shape), fill: fill)), to: [x])
  }

  /// The same numbers with other axes, which may change places before.
  public mutating func reshape(_ x: Ref, _ shape: Shape, order: [Int]? = nil) -> Ref {
    apply(.reshape(ReshapeOperation(shape, order: order)), to: [x])
  }

  /// Two axes in each other's place.
  public mutating func transpose(_ x: Ref, _ a: Int, _ b: Int) -> Ref {
    var order = Array(0..<shape(x).rank)
    order.swapAt(a, b)
    return reshape(x, Shape(order.map { shape(x)[$0] }), order: order)
  }

  /// Values side by side along an axis.
  public mutating func concatenate(_ operands: [Ref], axis: Int) -> Ref {
    apply(.concatenation(ConcatenationOperation(axis: axis)), to: operands)
  }

  /// A program for each step of sequences; gives what each step gives.
  ///
  /// - Parameters:
  ///   - states: what the states begin with.
  ///   - sequences: what is read step by step, along the first axis.
  ///   - others: what is the same in each step.
  ///   - write: writes a step; gets its states, its part of the sequences and the others.
  public mutating func scan(
    states: [Ref], sequences: [Ref], others: [Ref],
    _ write: (inout Operations, [Ref], [Ref], [Ref]) -> (states: [Ref], result: Ref)
  ) -> Ref {
    var body = Operations(isTraining: isTraining)
    let isByRow = (states + sequences).contains { extent($0).isByRow }
    let inner = (
      states.map { body.input(Extent(isByRow: isByRow, shape($0))) },
      sequences.map {
        body.input(
          Extent(isByRow: extent($0).isByRow, Shape(Array(shape($0).sizes.dropFirst()))))
      },
      others.map { body.input(extent($0)) }
    )
    let made = write(&body, inner.0, inner.1, inner.2)
    let scan = ScanOperation(
      body, states: made.states, result: made.result, sequences: sequences.count)
    return apply(.scan(scan), to: states + sequences + others)
  }
}
