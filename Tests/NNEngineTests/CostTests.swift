import Testing

@testable import NNEngine

/// What layers declare to take decides how rows are cut, and what passes have at hand.
struct CostTests {
  /// Adds up its inputs by way of memory that is lent, and says that its rows are large.
  private struct Lent: Layer {
    let kind = "lent"
    var bytes = 4
    var multiplications = 4

    func outputShape(for input: Shape, name: String) throws(EngineError) -> Shape { [1] }

    func lower(
      _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
    ) -> Operations.Ref {
      let sum = operations.reduce(.sum, inputs[0], axes: [0])
      return operations.reshape(sum, [1])
    }

    func cost(for inputs: [Shape], output: Shape, parameters count: Int) -> Cost {
      Cost(multiplications: multiplications, bytes: bytes, scratch: inputs[0].count)
    }

    func makePass(_ site: LayerSite) -> any LayerPass { Pass(site) }

    private final class Pass: LayerPass {
      let site: LayerSite

      init(_ site: LayerSite) { self.site = site }

      func forward(_ work: RowWork) {
        let width = site.inputShape.count
        for row in work.rows {
          for column in 0..<width {
            // Left over from the row before, or from another layer.
            work.scratch[column] = (column == 0 ? 0 : work.scratch[column - 1])
            work.scratch[column] += site.x[row * width + column]
          }
          site.y[row] = work.scratch[width - 1]
        }
      }

      func backward(_ work: RowWork) {
        guard let dx = site.dx, let dy = site.dy else { return }
        let width = site.inputShape.count
        for row in work.rows {
          for column in 0..<width { dx[row * width + column] = dy[row] }
        }
      }
    }
  }

  private func network(_ layer: Lent) throws -> Network {
    try Network([(layer, LayerOptions())], inputShape: [50])
  }

  @Test func eachTileHasMemoryOfItsOwn() throws {
    let inputs = (0..<500 * 50).map { Float($0 % 17) }
    let examples = Examples(
      count: 500, inputShape: [50], inputs: .floats(inputs), targets: .none)
    let expected = (0..<500).map { row in inputs[row * 50..<(row + 1) * 50].reduce(0, +) }
    // As much work as is shared.
    for layer in [Lent(), Lent(multiplications: 1_000_000)] {
      for threads in [1, 4] {
        let found = try network(layer).predict(
          examples, preprocessing: Preprocessing(inputShape: [50]),
          workers: Workers(count: threads))
        #expect(found.elements == expected)
      }
    }
  }

  @Test func largeRowsMakeSmallTiles() throws {
    let small = try network(Lent()).cost
    #expect(Plan.rowsInTile(small, maxRows: 20) == 16)
    #expect(Plan.rowsInTile(small, maxRows: 100) == 32)
    #expect(Plan.rowsInTile(small, maxRows: 1000) == 64)
    let large = try network(Lent(bytes: 1_000_000)).cost
    #expect(Plan.rowsInTile(large, maxRows: 1000) == 12)
    let huge = try network(Lent(bytes: 1 << 30)).cost
    #expect(Plan.rowsInTile(huge, maxRows: 1000) == 6)
  }

  /// However many rows there are, what their layers give takes no more memory than allowed.
  @Test func evaluationTakesRowsInTurns() throws {
    let inputs = (0..<700 * 50).map { Float($0 % 13) }
    let examples = Examples(
      count: 700, inputShape: [50], inputs: .floats(inputs), targets: .none)
    let expected = (0..<700).map { row in inputs[row * 50..<(row + 1) * 50].reduce(0, +) }
    for bytes in [1_000_000, 10_000_000, 1 << 30] {
      let found = try network(Lent(bytes: bytes)).predict(
        examples, preprocessing: Preprocessing(inputShape: [50]), workers: Workers(count: 2))
      #expect(found.elements == expected)
    }
  }

  @Test func costsOfLayersAddUpAndScratchDoesNot() throws {
    let network = try Network(
      [(Lent(bytes: 8), LayerOptions()), (Dense(units: 3), LayerOptions())], inputShape: [50])
    #expect(
      network.cost
        == Cost(multiplications: 50 + 4 + 6 + 12, bytes: 200 + 8 + 12, scratch: 50))
  }

  /// Operations keep every value, so their memory is asked for before it is taken.
  @Test func whatRunsByOperationsIsAdmitted() throws {
    let network = try Network([(Dense(units: 1000), LayerOptions())], inputShape: [1000])
    func plan(rows: Int, more: Int) throws {
      let parameters = WorkingParameters(network, trains: true)
      try Allowance(budget: more).run {
        _ = try Plan(
          network, parameters: parameters, maxRows: rows, trains: true, loss: MeanSquaredError(),
          preprocessing: Preprocessing(inputShape: [1000]), workers: Workers(count: 1),
          byOperations: true)
      }
    }
    try plan(rows: 100, more: 1 << 30)
    let error = #expect(throws: EngineError.self) { try plan(rows: 4000, more: 100 << 20) }
    #expect("\(try #require(error))".contains("a layer `dense` at work"))
  }
}
