import Glibc
import Testing

@testable import NNEngine
@testable import NNScript

/// Functions in C give what nns gives, compiled without a warning.
@Suite struct CTests {
  /// The largest difference, relative to the largest number of all rows, if that is above 1.
  private static let most = 1e-6

  /// A program that reads rows of numbers and prints what the function makes of them.
  private static func main(inputs: Int, outputs: Int, _ type: String = "double") -> String {
    """
    #include <stdio.h>
    int model_predict(const \(type) inputs[\(inputs)], float outputs[\(outputs)]);
    int main(void) {
      static double numbers[\(inputs)];
      static \(type) row[\(inputs)];
      static float answer[\(outputs)];
      while (fread(numbers, sizeof(double), \(inputs), stdin) == \(inputs)) {
        for (int i = 0; i < \(inputs); i++) row[i] = (\(type)) numbers[i];
        int best = model_predict(row, answer);
        printf("%d", best);
        for (int i = 0; i < \(outputs); i++) printf(" %.9g", answer[i]);
        printf("\\n");
      }
      return 0;
    }

    """
  }

  /// Compiles what a model has become and runs it for rows.
  ///
  /// - Returns: for each row the class and the numbers.
  private func run(
    _ model: FinishedModel, _ rows: [[Double]], compiler: String
  ) throws -> [(best: Int, numbers: [Double])] {
    let folder = try Peer.Folder()
    let files = try CExit().files(of: model, path: "model.c", options: ExitOptions())
    var sources = files.map(\.path) + ["main.c"]
    for file in files { try folder.write(file.bytes, to: file.path, in: "c") }
    let outputs = model.program.shape(model.answer).count
    try folder.write(
      Array(Self.main(inputs: rows[0].count, outputs: outputs).utf8), to: "main.c", in: "c")
    var bytes: [UInt8] = []
    for number in rows.joined() {
      withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
    }
    try folder.write(bytes, to: "rows", in: "c")
    sources = sources.map { "'\(folder.path)/c/\($0)'" }
    let program = "'\(folder.path)/c/program'"
    let text = try Peer.output(
      of: "\(compiler) -std=c99 -Wall -Wextra -pedantic -Werror -O1 -o \(program)"
        + " \(sources.joined(separator: " ")) -lm 2>&1 && \(program) < '\(folder.path)/c/rows'")
    return text.split(separator: "\n").map { line in
      let words = line.split(separator: " ").map { Double($0) ?? .nan }
      return (Int(words[0]), Array(words.dropFirst()))
    }
  }

  private func expect(_ found: [[Double]], _ wanted: [[Double]], _ name: String) {
    #expect(found.count == wanted.count && !wanted.isEmpty, "\(name)")
    let largest = wanted.joined().reduce(1) { max($0, abs($1)) }
    var worst = 0.0
    for (found, wanted) in zip(found, wanted) {
      #expect(found.count == wanted.count, "\(name)")
      for (a, b) in zip(found, wanted) {
        let difference = abs(a - b) / largest
        worst = difference.isFinite ? max(worst, difference) : .infinity
      }
    }
    #expect(worst <= Self.most, "\(name): \(worst)")
  }

  @Test(arguments: ExitScript.all.indices) func everyWayFromATableToAnAnswer(_ index: Int) throws {
    let script = ExitScript.all[index]
    let host = ScratchHost(script.table.map { ["table.csv": $0] } ?? [:])
    let session = Words.session(host: host)
    try session.run(script.text)
    let model = session.workspace.model
    let (network, schema) = (try #require(model.network), try #require(model.preprocessing))
    let finished = try FinishedModel(network, schema, name: "model", version: "1")
    let data = try #require(session.workspace.data)
    let count = min(data.train.count, 200)
    let examples = data.train.rows(Array(0..<count))
    var cells: [[TableCell]] = []
    for column in schema.columns.indices {
      cells.append([])
      examples.raw?.forEachCell(column) { cells[column].append($0) }
    }
    let rows = try (0..<count).map { row in
      try schema.columns.isEmpty
        ? examples.inputs.row(row, width: network.inputShape.count)
        : zip(schema.columns, cells).map { column, cells in try column.code(of: cells[row]) }
    }
    let values = try Predictor(network, preprocessing: schema).values(examples)
    let width = network.outputShape.count
    let wanted = (0..<count).map { row in
      let outputs = Array(values[row * width..<(row + 1) * width])
      return schema.chances(outputs) ?? outputs
    }
    let found = try run(finished, rows, compiler: index.isMultiple(of: 2) ? "clang" : "gcc")
    expect(found.map(\.numbers), wanted, script.name)
    guard finished.decides else { return }
    for (row, wanted) in zip(found, wanted) {
      #expect(wanted[row.best] == wanted.max(), "\(script.name)")
    }
  }

  @Test func networksOfAllLayers() throws {
    for seed in UInt64(1)...60 {
      let one = try RandomNetwork.make(seed, .small)
      var schema = one.trainer.preprocessing
      schema.classNames = []
      let model = try FinishedModel(one.network, schema, name: "random", version: "1")
      let width = one.network.outputShape.count
      let values = try Predictor(one.network, preprocessing: schema).values(one.examples)
      let wanted = (0..<one.examples.count).map { Array(values[$0 * width..<($0 + 1) * width]) }
      let rows = (0..<one.examples.count).map {
        one.examples.inputs.row($0, width: one.network.inputShape.count)
      }
      expect(try run(model, rows, compiler: "clang").map(\.numbers), wanted, one.description)
    }
  }

  @Test func layersOfAHost() throws {
    let network = try HostLayer.network()
    let schema = Preprocessing(inputShape: network.inputShape)
    let model = try FinishedModel(network, schema, name: "model", version: "1")
    let examples = HostLayer.examples
    let values = try Predictor(network, preprocessing: schema).values(examples)
    let rows = (0..<examples.count).map { examples.inputs.row($0, width: 15) }
    let wanted = (0..<examples.count).map { Array(values[2 * $0..<2 * $0 + 2]) }
    expect(try run(model, rows, compiler: "gcc").map(\.numbers), wanted, "host")
  }

  /// Weights of more than a megabyte stand in a file of their own.
  @Test func manyWeights() throws {
    let network = try Network(
      [(Dense(units: 600, activation: Tanh()), LayerOptions()), (Dense(units: 2), LayerOptions())],
      inputShape: [500], seed: 3)
    let schema = Preprocessing(inputShape: [500])
    let model = try FinishedModel(network, schema, name: "model", version: "1")
    let files = try CExit().files(of: model, path: "folder/wide.c", options: ExitOptions())
    #expect(files.map(\.path) == ["folder/wide_weights.c", "folder/wide.c"])
    let examples = Examples(
      count: 3, inputShape: [500],
      inputs: .floats((0..<1500).map { Float($0 % 17) / 17 }), targets: .none)
    let values = try Predictor(network, preprocessing: schema).values(examples)
    let rows = (0..<3).map { examples.inputs.row($0, width: 500) }
    let wanted = (0..<3).map { Array(values[2 * $0..<2 * $0 + 2]) }
    expect(try run(model, rows, compiler: "clang").map(\.numbers), wanted, "wide")
  }

  @Test func numbersKeepEveryBit() {
    #expect(CNumber.single(0.1) == "0x1.99999ap-4f")
    #expect(CNumber.single(-3) == "-3.0f")
    #expect(CNumber.single(-0.0) == "-0x0p-126f")
    #expect(CNumber.single(.leastNonzeroMagnitude) == "0x0.000002p-126f")
    #expect(CNumber.single(.infinity) == "INFINITY")
    #expect(CNumber.double(1e-320) == "0x0.00000000007e8p-1022")
    #expect(CNumber.double(0.1) == "0x1.999999999999ap-4")
    #expect(CNumber.identifier("my model-2.x") == "my_model_2_x")
    #expect(CNumber.identifier("2d") == "model_2d")
    #expect(CNumber.text("a\"b\\?é") == "\"a\\\"b\\\\\\?\\303\\251\"")
    #expect(CNumber.comment("*/ int x; /*") == "* / int x; / *")
  }
}

extension Examples.Inputs {
  fileprivate func row(_ row: Int, width: Int) -> [Double] {
    let range = row * width..<(row + 1) * width
    switch self {
    case .floats(let numbers): return numbers[range].map(Double.init)
    case .bytes(let numbers): return numbers[range].map(Double.init)
    case .doubles(let numbers): return Array(numbers[range])
    }
  }
}
