import Testing

@testable import NNEngine

/// Files that no layer stands for, and damaged ones, are errors that say what is wrong.
@Suite struct ONNXReaderTests {
  private typealias Value = ONNXGraph.Value

  private func network(_ bytes: [UInt8], _ others: [String: [UInt8]] = [:]) throws
    -> ImportedNetwork
  {
    try ImportedNetwork(
      onnx: "m.onnx", files: MemoryFiles(bytes: others.merging(["m.onnx": bytes]) { $1 }))
  }

  /// A file whose graph is written by hand.
  private func file(
    _ shape: [Int] = [4], _ build: (inout ONNXGraph, Value) -> Value
  ) -> [UInt8] {
    var graph = ONNXGraph()
    let x = graph.input("x", .single, shape)
    let y = build(&graph, x)
    graph.output(y, [1])
    return graph.model("m", version: "1", [])
  }

  private func problem(_ bytes: [UInt8], _ others: [String: [UInt8]] = [:]) -> String {
    do {
      _ = try network(bytes, others)
      return "none"
    } catch EngineError.badFile(_, let problem, let detail, let help) {
      return [problem, detail, help].compactMap { $0 }.joined(separator: " | ")
    } catch { return "\(error)" }
  }

  private static func dense(_ graph: inout ONNXGraph, _ x: Value) -> Value {
    let weights = graph.constant([1, 2, 3, 4, 5, 6, 7, 8], [4, 2], .single, name: "w")
    return graph.add("MatMul", [x, weights], .single, name: "product")
  }

  @Test func whatNoLayerDoesIsNamed() {
    #expect(problem(file { Self.dense(&$0, $1) }) == "none")
    #expect(
      problem(file { graph, x in graph.add("LSTM", [x], .single, name: "lstm") })
        == "the node `lstm`, `LSTM` cannot be read: no layer here does what it does")
    #expect(
      problem(file { graph, x in graph.add("Scaler", [x], .single, name: "s", ofML: true) })
        == "the node `s`, `ai.onnx.ml.Scaler` cannot be read: no layer here does what it does | "
        + "export the network alone, for operators of ONNX itself")
    #expect(
      problem(
        file { graph, x in
          let y = Self.dense(&graph, x)
          return graph.add("Mul", [y, graph.add("Neg", [x], .single)], .single, name: "m")
        })
        == "the node `m`, `Mul` cannot be read: it brings ways together that layers here only add up "
        + "or join")
    #expect(
      problem(
        file { graph, x in
          graph.add(
            "MatMul", [x, graph.constant([1, 2, 3], [3, 1], .single)], .single, name: "p")
        })
        == "the node `p`, `MatMul` cannot be read: it multiplies 4 by 3x1 | a dense layer here reads "
        + "a whole row: flatten it first")
    #expect(
      problem(
        file { graph, x in
          graph.add("MatMul", [x, Value(name: "gone", kind: .single)], .single, name: "p")
        })
        == "the node `p`, `MatMul` cannot be read: it reads `gone`, which nothing before it gives")
    #expect(
      problem(
        file { graph, x in
          let y = Self.dense(&graph, x)
          return graph.add("Relu", [y], .single, name: "product")
        })
        == "the node `product`, `Relu` cannot be read: it gives `product`, which is there already")
    #expect(
      problem(
        file { graph, x in
          graph.add("MatMul", [x, graph.constant([1, 2, 3, 4], [4, 1])], .single, name: "p")
        })
        == "the node `p`, `MatMul` cannot be read: `model/constant` holds int64 numbers | export the "
        + "network as it was trained, not quantised")
    #expect(
      problem(
        file { graph, x in
          graph.add(
            "MatMul", [x, graph.constant([1, .nan, 3, 4], [4, 1], .single)], .single, name: "p")
        })
        == "the node `p`, `MatMul` cannot be read: `model/constant` holds a value that is no finite "
        + "number")
  }

  @Test func windowsThatOursAreNotAreNamed() {
    func pool(_ kind: String, _ attributes: [String: ONNXGraph.Attribute]) -> String {
      let usual: [String: ONNXGraph.Attribute] = [
        "kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]),
      ]
      return problem(
        file([2, 8, 8]) { graph, x in
          graph.add(
            kind, [x], .single, usual.merging(attributes) { $1 }, name: "pool")
        })
    }
    #expect(pool("MaxPool", ["pads": .ints([1, 1, 1, 1])]) == "none")
    #expect(pool("MaxPool", ["pads": .ints([0, 0, 1, 1])]) == "none")
    #expect(
      pool("MaxPool", ["pads": .ints([1, 1, 0, 0])])
        == "the node `pool`, `MaxPool` cannot be read: it reaches [1, 1] points over the edges above "
        + "and left, [0, 0] over the others | pad both sides alike")
    #expect(
      pool("MaxPool", ["pads": .ints([3, 3, 3, 3])])
        == "the node `pool`, `MaxPool` cannot be read: its padding is as large as its window")
    #expect(
      pool("MaxPool", ["ceil_mode": .int(1)])
        == "the node `pool`, `MaxPool` cannot be read: it has a window for what is left over at the "
        + "end (`ceil_mode`) | export it with `ceil_mode=False`")
    #expect(
      pool("AveragePool", ["pads": .ints([1, 1, 1, 1]), "count_include_pad": .int(1)])
        == "the node `pool`, `AveragePool` cannot be read: its means count the zeros of the padding, "
        + "which pools here do not | in PyTorch: `AvgPool2d(…, count_include_pad=False)`")
    #expect(
      pool("MaxPool", ["kernel_shape": .ints([9, 9])])
        == "the node `pool`, `MaxPool` cannot be read: it takes at least 9x9 points for its window, it "
        + "is given 8x8x2")
  }

  /// Every beginning of a file, and files with bytes changed by chance, are read or refused.
  @Test func damagedFilesAreRefused() {
    let bytes = file([1, 6, 6]) { graph, x in
      let kernel = graph.constant((0..<18).map(Double.init), [2, 1, 3, 3], .single, name: "k")
      let conv = graph.add("Conv", [x, kernel], .single, ["pads": .ints([1, 1, 1, 1])])
      let flat = graph.add("Flatten", [graph.add("Relu", [conv], .single)], .single)
      let weights = graph.constant((0..<72).map(Double.init), [72, 1], .single, name: "w")
      return graph.add("Gemm", [flat, weights], .single)
    }
    #expect(problem(bytes) == "none")
    for end in 0..<bytes.count where problem(Array(bytes[..<end])) == "none" {
      // Behind the graph stand the versions.
      #expect(end > bytes.count - 40)
    }
    var random = RandomStream(seed: 5, stream: .random)
    for _ in 0..<1_500 {
      var damaged = bytes
      for _ in 0..<1 + Int(abs(random.normal())) {
        let place = Int(abs(random.normal()) * 1e6) % damaged.count
        damaged[place] = UInt8(truncatingIfNeeded: Int(random.normal() * 1e4))
      }
      _ = problem(damaged)
    }
    #expect(problem([]) == "not an ONNX file, or damaged | it has no graph")
    #expect(
      problem([0xFF] + [UInt8](repeating: 0xFF, count: 12))
        == "not an ONNX file, or damaged | a number has more than ten bytes")
  }

  /// Numbers in a file beside are read from there, and from nowhere else.
  @Test func numbersBesideAreReadFromTheSameFolder() throws {
    func file(_ location: String, offset: String = "0", length: String = "32") -> [UInt8] {
      var tensor = ProtobufMessage()
      tensor.put(1, 4)
      tensor.put(1, 2)
      tensor.put(2, 1)
      tensor.put(8, "w")
      for (key, value) in [("location", location), ("offset", offset), ("length", length)] {
        var entry = ProtobufMessage()
        entry.put(1, key)
        entry.put(2, value)
        tensor.put(13, entry)
      }
      tensor.put(14, 1)
      var graph = ONNXGraph()
      let x = graph.input("x", .single, [4])
      let y = graph.add("MatMul", [x, Value(name: "w", kind: .single)], .single)
      graph.output(y, [2])
      // A second graph field would be refused: the constant goes into the first.
      let bytes = graph.model("m", version: "1", [])
      var reader = ProtobufReader(bytes, 0..<bytes.count)
      var whole = ProtobufMessage()
      while let (field, content) = try? reader.next() {
        guard let range = content.range else { continue }
        var part = Array(bytes[range])
        if field == 7 {
          var more = ProtobufMessage()
          more.put(5, tensor)
          part += more.bytes
        }
        whole.put(field, part)
      }
      return whole.bytes
    }
    let numbers = (0..<8).map { Float($0) }.withUnsafeBytes { Array($0) }
    let read = try network(file("w.bin"), ["w.bin": numbers])
    #expect(read.layers[0].parameters["weights"]?.elements == (0..<8).map { Float($0) })
    let outside =
      "not an ONNX file, or damaged | the numbers of `w` are in a file that does not stand beside this one"
    for place in ["../w.bin", "/w.bin", "a/w.bin", "..", ""] {
      #expect(problem(file(place), ["w.bin": numbers]) == outside)
    }
    #expect(
      problem(file("w.bin", offset: "40"), ["w.bin": numbers])
        == "not an ONNX file, or damaged | `w.bin` ends before the numbers of `w`")
    #expect(
      problem(file("w.bin", offset: "8"), ["w.bin": numbers])
        == "not an ONNX file, or damaged | `w.bin` ends within the numbers of `w`")
    #expect(
      problem(file("w.bin", length: "16"), ["w.bin": numbers]).contains("other than 8 numbers"))
  }

  @Test func numbersOf16And64BitsAreRead() throws {
    func tensor(_ type: Int, _ raw: [UInt8]) throws -> [Float]? {
      var message = ProtobufMessage()
      message.put(1, 3)
      message.put(2, type)
      message.put(9, raw)
      return try ONNXTensor(message.bytes, 0..<message.bytes.count) { _ in [] }.floats
    }
    // 1.5, -2, the least above 0.
    #expect(try tensor(10, [0x00, 0x3E, 0x00, 0xC0, 0x01, 0x00]) == [1.5, -2, 0x1p-24])
    #expect(try tensor(16, [0xC0, 0x3F, 0x00, 0xC0, 0x80, 0x3F]) == [1.5, -2, 1])
    let doubles = [0.1, -3, 1e10].withUnsafeBytes { Array($0) }
    #expect(try tensor(11, doubles) == [0.1, -3, 1e10])
    #expect(throws: ProtobufReader.Damage.self) { try tensor(11, [0, 1, 2]) }
  }
}
