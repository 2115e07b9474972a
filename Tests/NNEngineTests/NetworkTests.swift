import NNEngine
import Testing

struct NetworkTests {
  func make(_ options: LayerOptions = LayerOptions(), seed: UInt64 = 1) throws -> Network {
    try Network(
      [
        (Flatten(), LayerOptions()), (Dense(units: 3, activation: Tanh()), options),
        (Dropout(rate: 0.5), LayerOptions()), (Dense(units: 2), LayerOptions()),
      ], inputShape: [2, 2], seed: seed)
  }

  @Test func layersAreNamedByKindAndNumber() throws {
    let network = try make()
    #expect(network.nodes.map(\.name) == ["flatten1", "dense1", "dropout1", "dense2"])
    #expect(network.nodes.map(\.outputShape) == [[4], [3], [3], [2]])
    #expect(network.parameterCount == 4 * 3 + 3 + 3 * 2 + 2)
    #expect(throws: EngineError.self) { try make(LayerOptions(name: "dense2")) }
  }

  @Test func parametersAreReadAndAssignedByName() throws {
    var network = try make()
    #expect(try network.value(layer: "dense1", parameter: "weights").shape == [4, 3])
    #expect(try network.value(layer: "dense1", parameter: "bias").elements == [0, 0, 0])
    try network.assign(Tensor([1, 2]), layer: "dense2", parameter: "bias")
    #expect(try network.value(layer: "dense2", parameter: "bias") == Tensor([1, 2]))
    #expect(
      throws: EngineError.wrongParameterShape(
        layer: "dense2", parameter: "bias", expected: [2], found: [3])
    ) { try network.assign(Tensor([1, 2, 3]), layer: "dense2", parameter: "bias") }
    #expect(throws: EngineError.self) { try network.value(layer: "dense9", parameter: "bias") }
    #expect(throws: EngineError.self) { try network.value(layer: "dense1", parameter: "b") }
  }

  @Test func resetGoesBackToTheSeed() throws {
    let start = try make()
    var network = start
    network.values = network.values.map { $0 + 1 }
    #expect(network != start)
    network.reset()
    #expect(network == start)
    #expect(network != (try make(seed: 2)))
  }

  @Test func optionsGiveStartingValuesAndLeaveOutBiases() throws {
    let weights = Tensor(shape: [4, 3], elements: (0..<12).map { Float($0) })
    var network = try make(LayerOptions(bias: .values(Tensor([7, 8, 9])), weights: weights))
    network.reset()
    #expect(try network.value(layer: "dense1", parameter: "weights") == weights)
    #expect(try network.value(layer: "dense1", parameter: "bias") == Tensor([7, 8, 9]))
    #expect(try make(LayerOptions(bias: .none)).parameterCount == 4 * 3 + 3 * 2 + 2)
    #expect(throws: EngineError.self) {
      try make(LayerOptions(weights: weights.transposed))
    }
  }

  @Test func frozenParametersStayAsTheyAre() throws {
    var network = try make(LayerOptions(frozen: [.weights]))
    let start = network
    var state = TrainingState()
    let examples = Examples(
      count: 5, inputShape: [2, 2], inputs: .floats((0..<20).map { Float($0) / 10 }),
      targets: .values((0..<10).map { Double($0) }, width: 2))
    try Trainer(
      loss: MeanSquaredError(), optimizer: Adam(), preprocessing: Preprocessing(inputShape: [2, 2])
    ).train(&network, &state, on: examples)
    func same(_ layer: String, _ name: String) throws -> Bool {
      try network.value(layer: layer, parameter: name)
        == start.value(layer: layer, parameter: name)
    }
    #expect(try same("dense1", "weights"))
    #expect(try !same("dense1", "bias"))
    #expect(try !same("dense2", "weights"))
    #expect(network.trainableCount == network.parameterCount - 12)
  }

  @Test func tooLargeNetworksAreRefused() {
    #expect(throws: EngineError.self) {
      try Network(
        [(Dense(units: 65_536), LayerOptions()), (Dense(units: 65_536), LayerOptions())],
        inputShape: [65_536 * 16])
    }
  }

  @Test func startingSpreadsSuitTheLayer() {
    var stream = RandomStream(seed: 1, stream: .weights)
    for (initializer, variance) in [
      (Glorot() as any Initializer, 2.0 / 300), (He(), 2.0 / 100), (LeCun(), 1.0 / 100),
      (Normal(), 0.0025), (Uniform(), 0.0025 / 3), (Zeros(), 0),
    ] {
      let values = initializer.values(
        count: 20_000, fanIn: 100, fanOut: 200, stream: &stream)
      let found = values.map { Double($0) * Double($0) }.reduce(0, +) / 20_000
      #expect(abs(found - variance) <= 0.05 * variance, "\(initializer.name)")
    }
  }

  @Test func everyEntryIsMadeFromItsDefaults() throws {
    let catalog = Catalog.standard
    #expect(
      try catalog.activations.map { try $0.make($0.parameters.map { _ in .none }).name }
        == catalog.activations.map(\.name))
    #expect(
      try catalog.optimizers.map { try $0.make($0.parameters.map { _ in .none }).name }
        == catalog.optimizers.map(\.name))
    #expect(try catalog.losses.map { try $0.makeWithDefaults().name } == catalog.losses.map(\.name))
    #expect(
      try catalog.metrics.map { try $0.makeWithDefaults().name } == catalog.metrics.map(\.name))
    #expect(
      try catalog.initializers.map { try $0.makeWithDefaults().name }
        == catalog.initializers.map(\.name))
    let dense = try #require(catalog.layers.first { $0.name == "dense" })
    let layer = try dense.make([.integer(5), .text("tanh")])
    #expect(layer.activation?.name == "tanh")
    #expect(throws: EngineError.self) { try dense.make([.integer(5), .text("rleu")]) }
  }
}
