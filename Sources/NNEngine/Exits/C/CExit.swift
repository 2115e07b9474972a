/// One function of C99 for one row: no allocation, no file, no library but math.h.
///
///     int iris_predict(const double inputs[4], float outputs[3]);
///
/// Weights are hexadecimal numbers, so that none loses a bit; over 1 MB of them stand in a second
/// file, `iris_weights.c`.
struct CExit: Exit {
  let ending = ".c"
  let summary = "a function in C, preprocessing included"

  /// More bytes of weights than this stand in a file of their own.
  private static let mostInOneFile = 1 << 20
  /// More bytes than this do not stand on the stack.
  private static let mostOnStack = 1 << 16

  func companion(of path: String) -> String? { "\(path.dropLast(ending.count))_weights.c" }

  func files(
    of model: FinishedModel, path: String, options: ExitOptions
  ) throws(EngineError) -> [ExitFile] {
    // A number takes up to 24 bytes as text.
    try Allowance.admit(64 * model.network.parameterCount, for: "the file in C")
    let name = path.split(separator: "/").last.map { String($0.dropLast(ending.count)) } ?? ""
    let prefix = CNumber.identifier(name.isEmpty ? "model" : name)
    var writer = CWriter(model, prefix: prefix)
    let answer = try writer.write(isRaw: options.isRaw)
    let isLarge = writer.constants.reduce(0) { $0 + 4 * $1.numbers.count } > Self.mostInOneFile
    var text = CText(head(model, prefix, options))
    var weights = CText("/* The weights of \(CNumber.comment(name)).c. */\n\n")
    for constant in writer.constants {
      let declaration = Self.declaration(of: constant)
      if isLarge {
        // A declaration before each definition, as compilers ask for.
        text.add("extern \(declaration);\n")
        weights.add("extern \(declaration);\n")
        try weights.add(declaration, constant.numbers.count) { constant[$0] }
      } else {
        try text.add("static \(declaration)", constant.numbers.count) { constant[$0] }
      }
    }
    if isLarge { text.add("\n") }
    for table in writer.tables {
      let declaration = "static const int \(table.name)[\(table.numbers.count)]"
      try text.add(declaration, table.numbers.count) { "\(table.numbers[$0])" }
    }
    for helper in writer.helpers.sorted() {
      text.add(
        (Self.helpers[helper] ?? "").replacing("NAME", with: "\(prefix)_\(helper)") + "\n")
    }
    text.add(function(model, prefix, writer, answer, options))
    let main = ExitFile(path, text.bytes)
    return isLarge ? [ExitFile(companion(of: path) ?? path, weights.bytes), main] : [main]
  }

  // MARK: Parts

  private func head(_ model: FinishedModel, _ prefix: String, _ options: ExitOptions) -> String {
    let (inputs, outputs) = sizes(model, options)
    let type = options.isRaw ? "double" : "float"
    var text = """
      /* A network that nnscript \(model.version) has written, as a function of C99:
       *
       *   int \(prefix)_predict(const \(type) inputs[\(inputs)], float outputs[\(outputs)]);
       *
       * inputs, in this order:

      """
    text += inputLines(model, options).map { " *   \(CNumber.comment($0))\n" }.joined()
    text += " * outputs: "
    if model.decides {
      text += model.schema.givesScores ? "a score" : "the probability"
      text += " of each class; the result is the place of the greatest.\n"
    } else {
      let names = model.answerNames
      text +=
        names.isEmpty ? "the prediction.\n" : CNumber.comment(names.joined(separator: ", ")) + "\n"
    }
    text += " */\n#include <math.h>\n\n"
    if model.decides {
      let classes = model.schema.classNames.map(CNumber.text).joined(separator: ", ")
      text += "extern const char *const \(prefix)_classes[\(outputs)];\n"
      text += "const char *const \(prefix)_classes[\(outputs)] = {\(classes)};\n\n"
    }
    return text
  }

  private func sizes(_ model: FinishedModel, _ options: ExitOptions) -> (Int, Int) {
    let isOfCells = options.isRaw && !model.cells.isEmpty
    let inputs = isOfCells ? model.cells.count : model.network.inputShape.count
    return (inputs, model.program.shape(model.answer).count)
  }

  private func inputLines(_ model: FinishedModel, _ options: ExitOptions) -> [String] {
    guard options.isRaw else { return ["what the network is given, scaled and encoded"] }
    guard !model.cells.isEmpty else {
      let names = model.schema.inputNames
      if names.isEmpty || names.count > 200 {
        return ["the numbers of \(model.network.inputShape), row after row, unscaled"]
      }
      return names
    }
    return model.schema.columns.map { column in
      var line = column.name
      switch column.kind {
      case .number: break
      case .truth: line += ": 0 or 1"
      case .date: line += ": days since 1970-01-01"
      case .category(let names, let rest):
        line += ": " + names.enumerated().map { "\($0) \($1)" }.joined(separator: ", ")
        line += rest.hasOther ? ", \(names.count) any other" : ", -1 any other"
        if let code = try? column.code(of: .missing), code >= 0 { line += ", \(Int(code)) missing" }
        return line
      }
      return column.fill == nil ? line : line + ", NAN where missing"
    }
  }

  private func function(
    _ model: FinishedModel, _ prefix: String, _ writer: CWriter, _ answer: CWriter.Place,
    _ options: ExitOptions
  ) -> String {
    let (inputs, outputs) = sizes(model, options)
    let type = options.isRaw ? "double" : "float"
    let signature =
      "int \(prefix)_predict(const \(type) inputs[\(inputs)], float outputs[\(outputs)])"
    var text = signature + ";\n" + signature + " {\n"
    let (single, double) = (
      writer.memory[.single]?.size ?? 0, writer.memory[.double]?.size ?? 0
    )
    let isLarge = 4 * single + 8 * double > Self.mostOnStack
    if isLarge { text += "  /* Too much for a stack: one call at a time. */\n" }
    let storage = isLarge ? "static " : ""
    if single > 0 { text += "  \(storage)float f[\(single)];\n" }
    if double > 0 { text += "  \(storage)double d[\(double)];\n" }
    text += writer.lines.map { $0 + "\n" }.joined()
    text += "  for (int j = 0; j < \(outputs); j++) outputs[j] = (float) \(answer("j"));\n"
    guard model.decides else { return text + "  return 0;\n}\n" }
    text += """
        int best = 0;
        for (int j = 1; j < \(outputs); j++) {
          if (\(answer("j")) > \(answer("best"))) best = j;
        }
        return best;
      }

      """
    return text
  }

  private static func declaration(of constant: CWriter.Constant) -> String {
    let type = constant.precision == .single ? "float" : "double"
    return "const \(type) \(constant.name)[\(constant.numbers.count)]"
  }

  /// Functions that math.h does not have, in both precisions.
  private static let helpers: [String: String] = [
    "sigmoidf": "static float NAME(float x) { return 1.0f / (1.0f + expf(-x)); }\n",
    "sigmoid": "static double NAME(double x) { return 1.0 / (1.0 + exp(-x)); }\n",
    "softplusf":
      "static float NAME(float x) { return fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x))); }\n",
    "softplus": "static double NAME(double x) { return fmax(x, 0.0) + log1p(exp(-fabs(x))); }\n",
    "signf": "static float NAME(float x) { return (float) ((x > 0) - (x < 0)); }\n",
    "sign": "static double NAME(double x) { return (x > 0) - (x < 0); }\n",
  ]
}

extension CWriter.Constant {
  /// One of its numbers as C writes it.
  fileprivate subscript(index: Int) -> String {
    precision == .single
      ? CNumber.single(Float(numbers[index])) : CNumber.double(numbers[index])
  }
}

/// A file of C while it is written.
private struct CText {
  private(set) var bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func add(_ text: String) { bytes += text.utf8 }

  /// Adds an array, its numbers in lines that editors show.
  ///
  /// - Throws: `EngineError.interrupted`.
  mutating func add(
    _ declaration: String, _ count: Int, _ number: (Int) -> String
  ) throws(EngineError) {
    add("\(declaration) = {\n")
    var width = 0
    for index in 0..<count {
      if index & 0xfff == 0 { try Allowance.proceed() }
      let text = number(index).utf8
      if width + text.count > 96 {
        bytes.append(UInt8(ascii: "\n"))
        width = 0
      }
      bytes += (width == 0 ? "  " : " ").utf8
      bytes += text
      bytes.append(UInt8(ascii: ","))
      width += text.count + 2
    }
    add("\n};\n\n")
  }
}
