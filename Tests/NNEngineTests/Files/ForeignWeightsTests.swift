import Testing

@testable import NNEngine

/// Weights of PyTorch and Keras find their layers.
@Suite struct ForeignWeightsTests {
  private static func picture() throws -> Network {
    try Network(
      [
        (Convolution(filters: 4, window: Window([3, 3])), LayerOptions()),
        (BatchNormalization(), LayerOptions()),
        (MaxPooling(window: Window([2, 2], stride: [2, 2], padding: .valid)), LayerOptions()),
        (Dense(units: 5, activation: Tanh()), LayerOptions()),
        (Dense(units: 5), LayerOptions()),
      ], inputShape: [4, 4, 2], seed: 8)
  }

  /// The weights as PyTorch has them: a network written by the exit, then read back.
  private static func file(_ network: Network, _ rename: (String) -> String) throws -> Safetensors {
    let schema = Preprocessing(inputShape: network.inputShape)
    let model = try FinishedModel(network, schema, name: "model", version: "1")
    let files = try PythonExit(library: .pytorch).files(
      of: model, path: "m.py", options: ExitOptions())
    let written = try Safetensors(decoding: files[0].bytes, path: "m_weights.safetensors")
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in written.tensors { tensors[rename(name)] = tensor }
    return Safetensors(tensors: tensors)
  }

  /// The same with the numbers of the dense layer behind a picture where PyTorch's flatten has them.
  private static func flattenedByPyTorch(_ file: Safetensors, _ name: String) throws -> Safetensors
  {
    var file = file
    let ours = try #require(file.tensors[name])
    // [units, height, width, channels] → [units, channels, height, width].
    file.tensors[name] = Tensor(
      shape: ours.shape,
      elements: try Tensor(shape: [5, 2, 2, 4], elements: ours.elements).permuted([0, 3, 1, 2])
        .elements
    )
    return file
  }

  private func loaded(
    _ file: Safetensors, _ network: Network, from library: ForeignLibrary = .pytorch
  ) throws -> (network: Network, matches: [ForeignWeights.Match]) {
    try ForeignWeights(file, path: "w.safetensors", from: library, for: network).assigned()
  }

  @Test(arguments: [
    ["conv1": "conv1", "batchnorm1": "batchnorm1", "dense1": "dense1", "dense2": "dense2"],
    [
      "conv1": "model.conv1", "batchnorm1": "model.batchnorm1", "dense1": "model.dense1",
      "dense2": "model.dense2",
    ],
    ["conv1": "features.0", "batchnorm1": "bn", "dense1": "fc1", "dense2": "fc2"],
  ]) func namesAreFound(_ names: [String: String]) throws {
    let network = try Self.picture()
    func rename(_ name: String) -> String {
      let parts = name.split(separator: ".").map(String.init)
      return "\(names[parts[0]] ?? "").\(parts[1])"
    }
    var file = try Self.file(network, rename)
    file = try Self.flattenedByPyTorch(file, rename("dense1.weight"))
    file.tensors[rename("batchnorm1.num_batches_tracked")] = Tensor(shape: [1], elements: [7])
    var other = network
    for index in other.values.indices { other.values[index] = Float(index % 7) + 1 }
    let result = try loaded(file, other)
    #expect(result.network.values == network.values)
    #expect(result.matches.count == 10)
    #expect(result.matches[0].change == "transposed")
    #expect(result.matches.contains { $0.change == "transposed, channels last" })
  }

  @Test func kerasHasTheSameAxes() throws {
    let network = try Network(
      [
        (DepthwiseConvolution(window: Window([3, 3])), LayerOptions()),
        (
          TransposedConvolution(filters: 3, window: Window([2, 2], stride: [2, 2])), LayerOptions()
        ),
        (Dense(units: 4), LayerOptions()),
      ], inputShape: [4, 4, 2], seed: 8)
    var tensors: [String: Tensor] = [:]
    for node in network.nodes {
      for slot in node.parameters {
        let own = try network.value(layer: node.name, parameter: slot.name)
        let isTurned = slot.name == "weights" && !(node.layer is Dense)
        let name = slot.name == "weights" ? "kernel" : "bias"
        tensors["\(node.name)/\(name):0"] = isTurned ? try own.permuted([0, 1, 3, 2]) : own
      }
    }
    var other = network
    for index in other.values.indices { other.values[index] = 0.5 }
    let result = try loaded(Safetensors(tensors: tensors), other, from: .keras)
    #expect(result.network.values == network.values)
  }

  /// What does not fit is named, and nothing is guessed.
  @Test func whatDoesNotFitIsNamed() throws {
    let network = try Self.picture()
    let file = try Self.flattenedByPyTorch(try Self.file(network) { $0 }, "dense1.weight")
    func problem(_ change: (inout Safetensors) -> Void) -> String {
      var file = file
      change(&file)
      do {
        _ = try loaded(file, network)
        return "none"
      } catch EngineError.badFile(_, let problem, let detail, let help) {
        return [problem, detail, help].compactMap { $0 }.joined(separator: " | ")
      } catch { return "\(error)" }
    }
    #expect(problem { _ in } == "none")
    let wide = problem {
      $0.tensors["dense2.weight"] = Tensor(
        shape: [5, 6], elements: [Float](repeating: 0, count: 30))
    }
    #expect(
      wide
        == "`dense2.weight` is 5x6, `dense2.weights` needs 5x5 | declare the layer with the sizes "
        + "that the file has")
    var broken = file
    broken.tensors["dense1.weight"] = file.tensors["dense1.weight"].map { weights in
      Tensor(shape: weights.shape, elements: [.nan] + weights.elements.dropFirst())
    }
    let unfinished = problem { $0 = broken }
    #expect(unfinished.contains("no finite number"))
    let without = problem { $0.tensors["dense1.bias"] = nil }
    #expect(without.contains("it has no weights for `dense1`"))
    let extra = problem {
      $0.tensors["extra.weight"] = Tensor(shape: [2, 2], elements: [1, 2, 3, 4])
    }
    #expect(extra.contains("no layer of the model has the shapes of `extra`"))
  }

  /// Two modules of the same shapes whose names say nothing about their order.
  @Test func anOrderIsNotGuessed() throws {
    let network = try Network(
      [(Dense(units: 3), LayerOptions()), (Dense(units: 3), LayerOptions())], inputShape: [3],
      seed: 2)
    let file = try Self.file(network) {
      $0.replacing("dense1", with: "second").replacing("dense2", with: "first")
    }
    #expect(throws: EngineError.self) { try loaded(file, network) }
    let numbered = try Self.file(network) {
      $0.replacing("dense1", with: "fc2").replacing("dense2", with: "fc10")
    }
    #expect(try loaded(numbered, network).network.values == network.values)
  }
}
