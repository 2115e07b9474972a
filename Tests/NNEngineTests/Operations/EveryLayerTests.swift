import Testing

@testable import NNEngine

/// Every layer of the catalog, and every join, with whatever settings its entry allows: its
/// operations have the gradient of central differences, and its own pass gives what they give.
///
/// A new word is tried as soon as it stands in the catalog.
struct EveryLayerTests {
  /// A layer with settings, and shapes to try it on.
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var layer: any Layer
    var isJoin = false
  }

  static let all: [Case] =
    Catalog.standard.layers.flatMap { spec -> [Case] in
      settings(of: spec.parameters).compactMap { values in
        guard let layer = try? spec.make(values.map(\.value)) else { return nil }
        let words = values.map(\.text).filter { !$0.isEmpty }
        return Case(
          testDescription: ([spec.name] + words).joined(separator: " "), layer: layer)
      }
    } + Catalog.standard.joins.map { Case(testDescription: $0.kind, layer: $0, isJoin: true) }

  /// A value of a parameter with how it is told.
  private typealias Setting = (value: ParameterValue, text: String)

  /// All defaults, and each parameter through some of its values while the others have their first.
  private static func settings(of parameters: [ParameterInfo]) -> [[Setting]] {
    let choices = parameters.map { parameter in
      (parameter.isRequired ? [] : [Setting(.none, "")]) + values(of: parameter.kind)
    }
    guard choices.allSatisfy({ !$0.isEmpty }) else { return [] }
    let first = choices.map { $0[0] }
    return [first]
      + choices.indices.flatMap { index in
        choices[index].dropFirst().map { choice in
          var settings = first
          settings[index] = choice
          return settings
        }
      }
  }

  private static func values(of kind: ParameterKind) -> [Setting] {
    switch kind {
    case .integer(let bounds):
      [1, 3, 17, 67].filter(bounds.contains).map { (.integer($0), "\($0)") }
    case .number(let bounds, let openBelow):
      [bounds.lowerBound, 0.3, 0.9].filter {
        bounds.contains($0) && !(openBelow && $0 == bounds.lowerBound)
      }
      .map { (.number($0), "\($0)") }
    case .truth: [(.truth(true), "true"), (.truth(false), "false")]
    case .choice(let words): words.map { (.text($0), $0) }
    case .word(family: "activation"):
      Catalog.standard.activations.compactMap { spec in
        (try? spec.makeWithDefaults()).map { (.host($0), spec.name) }
      }
    // Windows, with sizes and steps that leave something over.
    case .size(_, 0): [[0], [1], [2], [1, 0]].map { (.size($0), "\($0)") }
    case .size(2, _): [[1], [2], [3], [2, 3], [3, 1]].map { (.size($0), "\($0)") }
    case .size: [[12], [3, 4], [2, 3, 2]].map { (.size($0), "\($0)") }
    case .either(let kinds): kinds.flatMap(values)
    default: []
    }
  }

  /// Shapes of one row: single numbers, vectors, pictures in grey and with channels.
  private static let shapes: [Shape] = [[1], [5], [12], [3, 4], [2, 3, 2], [5, 4, 3]]

  private func benches(
    _ one: Case, _ shapes: [Shape] = shapes, rows: [Int], isTraining: Bool
  ) -> [LayerBench] {
    shapes.flatMap { shape in
      // Pictures are many numbers: a few rows of them do.
      rows.prefix(shape.rank == 3 && rows.count > 2 ? 2 : rows.count).flatMap {
        rows -> [LayerBench] in
        let given =
          one.isJoin
          ? [[shape], [shape, shape, shape], [shape, Shape(shape.sizes.dropLast() + [7])]]
          : [[shape]]
        return given.flatMap { shapes in
          biases(one, shapes).compactMap { withoutBias in
            LayerBench(
              one.layer, shapes, rows: rows, isTraining: isTraining, withoutBias: withoutBias)
          }
        }
      }
    }
  }

  private func roles(_ layer: any Layer, _ shapes: [Shape]) -> Set<ParameterDeclaration.Role> {
    Set(layer.parameters(for: shapes[0]).map(\.role))
  }

  /// Whether to leave the bias out: both ways, if there is one.
  private func biases(_ one: Case, _ shapes: [Shape]) -> [Bool] {
    roles(one.layer, shapes).contains(.bias) ? [false, true] : [false]
  }

  @Test func everyWordIsTried() {
    let tried = Set(Self.all.map(\.layer.kind))
    let words = Catalog.standard.layers.map(\.name) + Catalog.standard.joins.map(\.kind)
    #expect(words.filter { !tried.contains($0) } == [])
  }

  @Test(arguments: all) func operationsHaveTheGradientOfCentralDifferences(_ one: Case) {
    var compared = 0
    for isTraining in [true, false] {
      for var bench in benches(one, rows: [1, 4], isTraining: isTraining) {
        let freezes = [[], [.weights, .bias]] as [Set<ParameterDeclaration.Role>]
        for frozen in freezes.prefix(roles(one.layer, bench.shapes).isEmpty ? 1 : 2) {
          bench.frozen = frozen
          let (found, measured) = bench.differences(most: 12)
          let difference = Tolerance(absolute: 1e-7, relative: 1e-5)
            .firstDifference(found, measured)
          #expect(
            difference == nil, "\(bench.shapes), \(bench.rows) rows, training \(isTraining)")
          compared += found.count
        }
      }
    }
    #expect(compared > 10)
  }

  @Test(arguments: all) func ownPassesGiveWhatOperationsGive(_ one: Case) throws {
    var compared = 0
    for isTraining in [true, false] {
      for bench in benches(one, rows: [1, 2, 7, 31], isTraining: isTraining) {
        compared += try compare(bench)
      }
    }
    #expect(compared > 10)
  }

  /// Sizes beyond those of vectors, blocks and tiles.
  @Test(arguments: all) func ownPassesGiveWhatOperationsGiveForManyNumbers(_ one: Case) throws {
    for bench in benches(one, [[131], [9, 17], [6, 5, 20]], rows: [67, 130], isTraining: true)
    where bench.isCheap {
      _ = try compare(bench)
    }
  }

  private func compare(_ bench: LayerBench) throws -> Int {
    var compared = 0
    let tiles = [1, 6, 64].filter { $0 == 1 || $0 < 2 * bench.rows }
    for (leaves, shared, frozen) in [
      (false, false, []), (true, true, []), (false, true, [.weights]), (false, false, [.bias]),
      (false, false, [.weights, .bias]),
    ] as [(Bool, Bool, Set<ParameterDeclaration.Role>)] {
      var bench = bench
      (bench.leavesActivation, bench.isShared, bench.frozen) = (leaves, shared, frozen)
      // Many numbers once are enough.
      if bench.size > 5_000, leaves || !frozen.isEmpty { continue }
      // What is not there cannot be frozen, nor be left to the loss.
      if !frozen.isEmpty, roles(bench.layer, bench.shapes).isEmpty { continue }
      if leaves, bench.layer.activation == nil { continue }
      // A layer that shares its input's numbers has no pass to run.
      if bench.layer.sharesInput(training: bench.isTraining) {
        try expectNothing(bench)
        compared += bench.size
        continue
      }
      // One that has no pass of its own runs its operations.
      guard try bench.hasOwnPass() else { return compared + bench.size }
      let expected = try bench.run(byOperations: true, tile: bench.rows)
      for tile in tiles {
        let found = try bench.run(byOperations: false, tile: tile)
        // Sums of up to some hundred products of order 1.
        let tolerance = Tolerance(absolute: 1e-4, relative: 1e-4)
        let lists = zip(
          [found.y] + found.gradients + found.state,
          [expected.y] + expected.gradients + expected.state)
        for (index, (own, right)) in lists.enumerated() {
          let difference = tolerance.firstDifference(own, right)
          #expect(
            difference == nil,
            "list \(index): \(bench.shapes), \(bench.rows) rows in \(tile)s, training \(bench.isTraining), frozen \(frozen)"
          )
          compared += own.count
        }
        #expect(found.gradients.count == expected.gradients.count)
      }
    }
    return compared
  }

  private func expectNothing(_ bench: LayerBench) throws {
    let made = try bench.run(byOperations: true, tile: bench.rows)
    #expect(made.y == bench.inputs[0].map(Double.init))
    #expect(made.gradients[0] == bench.gradient.map(Double.init))
  }
}
