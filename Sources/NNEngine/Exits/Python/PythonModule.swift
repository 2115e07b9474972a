/// The text of a module.
struct PythonModule {
  let model: FinishedModel
  let writer: PythonWriter
  /// The name of the file with the weights.
  let weights: String
  /// Whether rows are as they stand in a table.
  let isRaw: Bool

  private var library: PythonLibrary { writer.library }
  private var cells: PythonCells? {
    isRaw && !model.cells.isEmpty ? PythonCells(columns: model.schema.columns, library) : nil
  }

  var text: String {
    var text = head + imports + "\n\n"
    switch library {
    case .pytorch: break
    case .keras: text += Self.reading("weights") + "\n\n"
    case .numpy:
      text += Self.reading("weights") + "\n\nWEIGHTS = read(\(PythonText.literal(weights)))\n"
    }
    if !isRaw || model.cells.isEmpty { text += "INPUTS = \(model.network.inputShape.count)\n" }
    if model.decides { text += "CLASSES = \(PythonText.list(model.schema.classNames))\n" }
    for (name, value) in writer.constants {
      text += PythonText.wrapped("\(name) = \(value)", "    ")
    }
    let missing = MissingTexts.examples(model.schema.missingValues)
    if let cells { text += cells.text(missing: missing) }
    for helper in PythonHelper.allCases where writer.helpers.contains(helper) {
      text += "\n\n" + helper.text
    }
    switch library {
    case .pytorch: text += "\n\nclass Model(nn.Module):\n" + classBody + loading
    case .keras:
      text +=
        function("encode(rows)", encodingLine, encoding, encoded)
        + building + function("answer(outputs)", answerLine, lines(.answer), writer.answered)
        + loading
    case .numpy:
      text +=
        function("encode(rows)", encodingLine, encoding, encoded)
        + function("forward(x)", forwardLine, lines(.forward), writer.produced)
        + function("answer(outputs)", answerLine, lines(.answer), writer.answered)
        + loading
    }
    return text
  }

  // MARK: Head

  private var head: String {
    let name = String(weights.dropLast("_weights.safetensors".count))
    let rows =
      cells == nil ? "rows" : "[{\(PythonText.literal(model.schema.columns[0].name)): …, …}]"
    let (start, call) =
      switch library {
      case .pytorch: ("load", "load().predict(\(rows))")
      case .keras: ("load, predict", "predict(load(), \(rows))")
      case .numpy: ("predict", "predict(\(rows))")
      }
    var usage = "from \(name) import \(start)\n    \(call)"
    if CNumber.identifier(name) != name {
      // A name that `import` does not take.
      usage =
        "import importlib\n    own = importlib.import_module(\(PythonText.literal(name)))\n    own."
        + call.replacing("(load(", with: "(own.load(")
    }
    return """
      \"\"\"A network that nnscript \(model.version) has written, for \(library.title).

          \(usage)
      \"\"\"


      """
  }

  private var imports: String {
    var modules = ["os"]
    if library != .pytorch { modules.insert("json", at: 0) }
    if writer.helpers.contains(.erf) { modules.append("math") }
    var text = modules.sorted().map { "import \($0)\n" }.joined()
    if cells?.hasDates == true { text += "from datetime import datetime, timezone\n" }
    text += "\n"
    switch library {
    case .pytorch:
      text += """
        import torch
        import torch.nn.functional as F
        from safetensors.torch import load_file
        from torch import nn

        """
    case .keras: text += "import keras\nimport numpy as np\nfrom keras import layers, ops\n"
    case .numpy: text += "import numpy as np\n"
    }
    return text
  }

  /// The format needs no library: a header of JSON before the numbers.
  private static func reading(_ what: String) -> String {
    """
    def read(name):
        \"\"\"The \(what) of a safetensors file that stands beside this one.\"\"\"
        folder = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(folder, name), "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            numbers = np.frombuffer(file.read(), "<f4")
        arrays = {}
        for name, own in header.items():
            if name != "__metadata__":
                start, end = own["data_offsets"]
                arrays[name] = numbers[start // 4 : end // 4].reshape(own["shape"])
        return arrays

    """
  }

  // MARK: Functions

  private func lines(_ part: PythonWriter.Part) -> [String] { writer.lines[part] ?? [] }

  private func function(
    _ head: String, _ about: String, _ lines: [String], _ result: String, indent: String = ""
  ) -> String {
    let body = (lines + ["return \(result)"]).map {
      PythonText.wrapped("\(indent)    " + $0, "\(indent)        ")
    }
    return (indent.isEmpty ? "\n\n" : "\n")
      + "\(indent)def \(head):\n\(indent)    \"\"\"\(about)\"\"\"\n" + body.joined()
  }

  private let forwardLine = "The network: what `encode` gives, in the outputs of the last layer."

  private var encodingLine: String {
    guard isRaw else { return "Rows as the network is given them, encoded and scaled." }
    guard model.cells.isEmpty else { return "Records with a value for each column, as numbers." }
    return "Numbers as they stand in the table, \(model.network.inputShape), scaled."
  }

  private var answerLine: String {
    guard model.decides else { return "Outputs in the targets' own units." }
    return model.schema.givesScores
      ? "A score for each of CLASSES." : "A probability for each of CLASSES."
  }

  private var encoded: String { isRaw ? writer.encoded : "rows" }

  private var encoding: [String] {
    func array(_ precision: String, _ sizes: [String]) -> String {
      let shape = (["-1"] + sizes).joined(separator: ", ")
      return library == .pytorch
        ? "rows = torch.as_tensor(rows, dtype=torch.\(precision)).reshape(\(shape))"
        : "rows = np.asarray(rows, dtype=np.\(precision)).reshape(\(shape))"
    }
    guard isRaw else {
      return [array("float32", model.network.inputShape.sizes.map(String.init))]
    }
    let own = cells?.lines(model.cells.map(writer.name)) ?? [array("float64", ["INPUTS"])]
    return own + lines(.encode)
  }

  // MARK: The whole

  private var classBody: String {
    var text = "    def __init__(self):\n        super().__init__()\n"
    text += writer.members.map { "        \($0)\n" }.joined()
    text += function(
      "forward(self, x)", forwardLine, lines(.forward), writer.produced, indent: "    ")
    text += function("encode(self, rows)", encodingLine, encoding, encoded, indent: "    ")
    text += function(
      "answer(self, outputs)", answerLine, lines(.answer), writer.answered, indent: "    ")
    return text + """

          def predict(self, rows):
              \"\"\"What `answer` says of rows.\"\"\"
              self.eval()
              with torch.no_grad():
                  return self.answer(self(self.encode(rows)))

      """
  }

  private var building: String {
    let input = "x = keras.Input(\(model.network.inputShape.sizes.tuple))"
    return function(
      "build()", forwardLine, [input] + lines(.forward), "keras.Model(x, \(writer.produced))")
  }

  private var loading: String {
    switch library {
    case .pytorch:
      """


      def load():
          \"\"\"The model with its weights, which stand beside this file.\"\"\"
          model = Model()
          folder = os.path.dirname(os.path.abspath(__file__))
          model.load_state_dict(load_file(os.path.join(folder, \(PythonText.literal(weights)))))
          return model.eval()

      """
    case .keras:
      """


      def load():
          \"\"\"The network with its weights, which stand beside this file.\"\"\"
          model = build()
          weights = read(\(PythonText.literal(weights)))
          for variable in model.weights:
              variable.assign(weights[variable.path])
          return model


      def predict(model, rows):
          \"\"\"What `answer` says of rows.\"\"\"
          return answer(model.predict(encode(rows), verbose=0))

      """
    case .numpy:
      """


      def predict(rows):
          \"\"\"What `answer` says of rows.\"\"\"
          with np.errstate(all="ignore"):
              return answer(forward(encode(rows)))

      """
    }
  }
}
