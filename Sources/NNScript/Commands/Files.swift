import NNEngine

// `save` and `load`: a whole model in a safetensors file, with its text and preprocessing, or in a
// form that other programs read.

extension CommandEntry {
  static var save: CommandEntry {
    CommandEntry(
      Spec(
        "save", "Saves the current model, the data, a table, or the session as a script.",
        .value(
          "what", .either([.choice(["session", "data"]), .table]), whenAbsent: "the current model",
          "`session`, `data`, or a list of records."
        ).example(
          "let runs = [{lr: 0.1, loss: 0.4}, {lr: 0.01, loss: 0.3}]\nsave runs \"runs.csv\""),
        .required(
          "path", .outputPath,
          "`.safetensors` for a model; `.onnx`, `.py` or `.c` for other programs; `.csv` or `.tsv` for a "
            + "table; `.nn` for the session."),
        .optional(
          "as", .choice(PythonLibrary.allCases.map(\.rawValue)), whenAbsent: "pytorch",
          "The library that a `.py` file is written for."
        ).example("train epochs=1\nsave \"iris.py\" as=numpy"),
        .truth(
          "raw", default: true,
          "Whether preprocessing goes along to other programs, so that they give rows as they stand in "
            + "a table."
        ).example("train epochs=1\nsave \"iris.onnx\" raw=false"),
        example: "train epochs=1\nsave \"model.safetensors\""
      ) { what, path, library, isRaw in
        { context in
          if what?.textValue == "session" {
            try context.saveSession(path)
          } else if what?.textValue == "data" {
            try context.saveData(path)
          } else if let what {
            try context.save(table: what, path)
          } else {
            try context.saveModel(path, as: library, ExitOptions(isRaw: isRaw))
          }
          return .none
        }
      },
      foresee: { _, call in
        guard let path = call.text("path"), let known = savedExtensions(call) else { return }
        guard known.contains(where: path.hasSuffix) else {
          throw wrongExtension(path, known, at: call.range(of: "path"))
        }
        let catalog = call.checker.vocabulary.catalog
        if call.isGiven("as"), exits(for: path, catalog).count < 2 {
          throw Diagnostic(
            .unsupported, "`as=` is about `.py` files", at: call.range(of: "as"),
            "not for `\(path)`", help: ["leave it out, or save as `.py`"])
        }
        if call.isGiven("raw"), exits(for: path, catalog).isEmpty {
          throw Diagnostic(
            .unsupported, "`raw=` is about models for other programs", at: call.range(of: "raw"),
            "not for `\(path)`", help: ["leave it out, or save as `.onnx`, `.py` or `.c`"])
        }
      })
  }

  static var load: CommandEntry {
    CommandEntry(
      Spec(
        "load", "Loads a saved model into the current one, with its preprocessing.",
        .required(
          "path", .inputPath,
          "A `.safetensors` file, or an `.onnx` file of any program, whose layers are read."),
        .choice(
          "from", ["nns"] + ForeignLibrary.allCases.map(\.rawValue), default: "nns", option: true,
          "Who wrote it: `pytorch` and `keras` have weights alone, which go into the layers that are "
            + "declared."
        ).example(
          "save \"iris.py\"\nload \"iris_weights.safetensors\" from=pytorch"),
        example: "train epochs=1\nsave \"model.safetensors\"\nload \"model.safetensors\""
      ) { path, library in
        { context in
          if path.hasSuffix(".onnx") {
            try context.loadONNX(path)
          } else if let library = ForeignLibrary(rawValue: library) {
            try context.loadWeights(path, from: library)
          } else {
            try context.loadModel(path)
          }
          return .none
        }
      },
      foresee: { forecast, call in
        let isOwn = (call.text("from") ?? "nns") == "nns"
        if isOwn { forecast.model = nil }
        (forecast.hasLearnt, forecast.learntTarget) = (true, nil)
        if let path = call.text("path") {
          if path.hasSuffix(".onnx"), !isOwn {
            throw Diagnostic(
              .unsupported, "`from=` is about weights alone; an ONNX file says its layers too",
              at: call.range(of: "from"), "not for `\(path)`", help: ["leave it out"])
          }
          try checkModelFile(path, at: call.range(of: "path"))
          try call.checker.checkFile(path, call)
        }
      })
  }
}

extension CommandContext {
  private func wrongExtension(_ path: String, _ known: String...) -> Diagnostic {
    NNScript.wrongExtension(path, known, at: range(of: "path"))
  }

  /// Writes the table that `data` read.
  fileprivate func saveData(_ path: String) throws {
    guard let data = session.workspace.data else {
      throw Diagnostic(
        .noData, "no data has been loaded at this point", at: site.word.range, "nothing to save",
        help: ["load some first, for example `data iris`"])
    }
    guard path.hasSuffix(".csv") || path.hasSuffix(".tsv") else {
      throw wrongExtension(path, ".csv", ".tsv")
    }
    let (bytes, options) = try session.loader.text(
      of: data, separatedByTabs: path.hasSuffix(".tsv"))
    try session.write(bytes, to: path)
    note("saved the data as `\(path)`")
    if let options { note("it reads back the same with `\(options)`") }
    printed = nil
  }

  fileprivate func save(table: Value, _ path: String) throws {
    guard path.hasSuffix(".csv") else {
      throw wrongExtension(path, ".csv")
    }
    let rows = table.listItems?.compactMap(\.recordFields) ?? []
    let names = rows.first?.map(\.name) ?? []
    var lines = [names.map(SeparatedText.field).joined(separator: ",")]
    for row in rows {
      lines.append(
        names.map { name in
          SeparatedText.field(
            row.first { $0.name == name }.map { SeparatedText.cell($0.value) } ?? "")
        }.joined(separator: ","))
    }
    try session.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
    note("saved \(count(rows.count, "row")) as `\(path)`")
    printed = nil
  }

  fileprivate func saveModel(
    _ path: String, as library: String?, _ options: ExitOptions
  ) throws {
    let exits = NNScript.exits(for: path, session.vocabulary.catalog)
    let exit = exits.first { library == nil || $0.name == library }
    guard path.hasSuffix(".safetensors") || exit != nil else {
      throw NNScript.wrongExtension(
        path, modelExtensions(session.vocabulary.catalog), at: range(of: "path"))
    }
    if session.workspace.data != nil {
      _ = try prepare("has nothing to save yet")
    } else {
      try session.buildIfPossible()
    }
    let model = session.workspace.model
    guard let network = model.network else {
      throw Diagnostic(
        .noModel, "there is no model to save yet", at: site.word.range, "no layers with sizes",
        help: ["add layers and load data first"])
    }
    guard let exit else {
      try ModelFile(model: model, network: network).write(to: path, files: session.host.files)
      note("saved the model as `\(path)`: \(count(network.learnableCount, "parameter"))")
      return
    }
    let schema = model.preprocessing ?? Preprocessing(inputShape: network.inputShape)
    let finished = try FinishedModel(
      network, schema, name: model.name, version: Release.version)
    for file in try exit.files(of: finished, path: path, options: options) {
      try session.write(file.bytes, to: file.path)
    }
    note("saved the model as `\(path)`: \(exit.summary)")
  }

  fileprivate func loadModel(_ path: String) throws {
    let found = session.readingPath(path)
    let file = try ModelFile(reading: found, files: session.host.files)
    var model = try session.buildModel(
      from: file, named: session.workspace.currentName, path: found)
    model.name = session.workspace.currentName
    session.workspace.model = model
  }

  /// Reads a model that another program has written, or `save`.
  fileprivate func loadONNX(_ path: String) throws {
    let found = session.readingPath(path)
    var (model, notes) = try session.importModel(found, named: session.workspace.currentName)
    model.name = session.workspace.currentName
    model.hasAssignedWeights = true
    let layers = model.builtParts.count
    let parameters = model.network?.parameterCount ?? 0
    session.workspace.model = model
    note("read \(count(layers, "layer")) with \(count(parameters, "parameter"))")
    for text in notes { note(text) }
    if session.workspace.data == nil {
      note("rows go in as they are: with `data`, `normalize=none` keeps them so")
    }
  }

  /// Brings weights of another library into the layers that are declared.
  fileprivate func loadWeights(_ path: String, from library: ForeignLibrary) throws {
    if session.workspace.data != nil {
      _ = try prepare("has no layers to fill yet")
    } else {
      try session.buildIfPossible()
    }
    guard let network = session.workspace.model.network else {
      throw Diagnostic(
        .noModel, "there is no model to load weights into", at: site.word.range,
        "no layers with sizes",
        help: ["declare the layers first, and `data` or `input` for the size of a row"])
    }
    let found = session.readingPath(path)
    let file = try Safetensors(decoding: session.host.files.read(found), path: found)
    let weights = try ForeignWeights(file, path: found, from: library, for: network)
    let (filled, matches) = try weights.assigned()
    session.workspace.model.network = filled
    session.workspace.model.hasAssignedWeights = true
    for match in matches {
      let change = match.change.isEmpty ? "" : ", \(match.change)"
      note("\(match.parameter) is `\(match.tensor)` [\(match.shape)]\(change)")
    }
    for remark in weights.remarks { note(remark) }
  }
}

/// `load "iris.csv"`: tables are read by `data`.
private func checkModelFile(_ path: String, at range: SourceRange) throws {
  let tables = [".csv", ".tsv", ".csv.gz", ".npy", ".npz", ".db"]
  guard tables.contains(where: path.hasSuffix) else { return }
  throw Diagnostic(
    .unsupported, "`load` reads saved models, not tables", at: range, "a table",
    help: ["write `data \"\(path)\"`"])
}

/// The extensions that files of what is saved may have; `nil` where only the run knows what it is.
private func savedExtensions(_ call: ForeseenCall) -> [String]? {
  guard call.isGiven("what") else { return modelExtensions(call.checker.vocabulary.catalog) }
  switch call.text("what") {
  case "session": return [".nn"]
  case "data": return [".csv", ".tsv"]
  default: return nil
  }
}

/// The extensions that a model can be saved with.
private func modelExtensions(_ catalog: Catalog) -> [String] {
  catalog.exits.reduce(into: [".safetensors"]) { known, exit in
    if !known.contains(exit.ending) { known.append(exit.ending) }
  }
}

/// The forms of other programs that a file's name asks for; the first is the usual one.
private func exits(for path: String, _ catalog: Catalog) -> [any Exit] {
  catalog.exits.filter { path.hasSuffix($0.ending) }
}

/// What is said of a file that is no file of the kind that is written.
func wrongExtension(_ path: String, _ known: [String], at range: SourceRange) -> Diagnostic {
  let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
  let stem = name.split(separator: ".").first.map(String.init) ?? "model"
  let ending = name.contains(".") ? ".\(name.split(separator: ".").last ?? "")" : path
  let folder = path.dropLast(name.count)
  let right = "\"\(folder)\(stem)\(known[0])\""
  return Diagnostic(
    .unsupported,
    "cannot write `\(ending)`; supported: " + known.map { "`\($0)`" }.joined(separator: ", "),
    at: range, name.contains(".") ? "unknown extension" : "no extension",
    help: ["write `\(right)`"], fixes: [Diagnostic.Fix(range, right)])
}

/// Fields of a table in a file.
enum SeparatedText {
  /// A value's text: numbers with all the digits it takes to read them back.
  static func cell(_ value: Value) -> String {
    if case .number(let number) = value { return Formatting.exact(number) }
    if case .tensor(let box) = value, box.tensor.shape.count == 1 {
      return Formatting.exact(box.tensor.elements[0])
    }
    return Formatting.text(of: value)
  }

  /// A field, in quotes where it needs them: readers cut off the blanks around a bare one.
  static func field(_ text: String) -> String {
    guard needsQuotes(text) else { return text }
    // By bytes: a mark that combines with a quote makes one character of both.
    let quote = UInt8(ascii: "\"")
    var bytes = [quote]
    for byte in text.utf8 {
      if byte == quote { bytes.append(quote) }
      bytes.append(byte)
    }
    return String(decoding: bytes + [quote], as: UTF8.self)
  }

  private static func needsQuotes(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    return scalars.first?.properties.isWhitespace == true
      || scalars.last?.properties.isWhitespace == true
      || scalars.contains {
        switch $0 {
        case ",", ";", "|", "\"", "\t"..."\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
      }
  }
}
