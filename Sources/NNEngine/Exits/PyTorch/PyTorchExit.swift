/// A module of PyTorch that anyone can read, and its weights beside it: `iris.py` and
/// `iris_weights.safetensors`, under the names that `torch.nn` gives them.
struct PyTorchExit: Exit {
  let ending = ".py"
  let summary = "a module of PyTorch, preprocessing included"

  func companion(of path: String) -> String? {
    "\(path.dropLast(ending.count))_weights.safetensors"
  }

  func files(
    of model: FinishedModel, path: String, options: ExitOptions
  ) throws(EngineError) -> [ExitFile] {
    try Allowance.admit(16 * model.network.parameterCount, for: "the PyTorch module")
    var writer = PyTorchWriter(model)
    try writer.write(isRaw: options.isRaw)
    let weights = companion(of: path) ?? path
    let name = weights.split(separator: "/").last.map(String.init) ?? weights
    let file = Safetensors(tensors: writer.tensors, metadata: ["format": "pt"])
    return [
      ExitFile(weights, file.encoded()),
      ExitFile(path, Array(text(model, writer, weights: name, options).utf8)),
    ]
  }

  private func text(
    _ model: FinishedModel, _ writer: PyTorchWriter, weights: String, _ options: ExitOptions
  ) -> String {
    let module = weights.dropLast("_weights.safetensors".count)
    var text = """
      \"\"\"A network that nnscript \(model.version) has written, for PyTorch.

          from \(module) import load
          model = load()
          model.predict(\(exampleRows(model, options)))
      \"\"\"

      import os

      """
    let hasDates = model.schema.columns.contains {
      if case .date = $0.kind { true } else { false }
    }
    if hasDates, options.isRaw { text += "from datetime import datetime, timezone\n" }
    text += """

      import torch
      import torch.nn.functional as F
      from safetensors.torch import load_file
      from torch import nn


      """
    if !options.isRaw || model.cells.isEmpty {
      text += "INPUTS = \(model.network.inputShape.count)\n"
    }
    if model.decides {
      text += "CLASSES = \(Self.list(model.schema.classNames))\n"
    }
    for (name, value) in writer.constants { text += Self.wrapped("\(name) = \(value)", "    ") }
    if options.isRaw, !model.cells.isEmpty { text += cellFunctions(model, hasDates) }
    text += "\n\nclass Model(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    text += writer.members.map { "        \($0)\n" }.joined()
    func function(_ head: String, _ about: String, _ lines: [String], _ result: String) -> String {
      let body = (lines + ["return \(result)"]).map {
        Self.wrapped("        " + $0, "            ")
      }
      return "\n    def \(head):\n        \"\"\"\(about)\"\"\"\n" + body.joined()
    }
    text += function(
      "forward(self, x)", "The network: what `encode` gives, in the outputs of the last layer.",
      writer.lines[.forward] ?? [], writer.produced)
    text += function(
      "encode(self, rows)", encodingLine(model, options),
      encodingLines(model, writer, options), options.isRaw ? writer.encoded : "rows")
    text += function(
      "answer(self, outputs)", answerLine(model),
      writer.lines[.answer] ?? [], writer.answered)
    text += """

          def predict(self, rows):
              \"\"\"What `answer` says of rows.\"\"\"
              self.eval()
              with torch.no_grad():
                  return self.answer(self(self.encode(rows)))


      def load():
          \"\"\"The model with its weights, which stand beside this file.\"\"\"
          model = Model()
          folder = os.path.dirname(os.path.abspath(__file__))
          model.load_state_dict(load_file(os.path.join(folder, \(Self.text(weights)))))
          return model.eval()

      """
    return text
  }

  private func exampleRows(_ model: FinishedModel, _ options: ExitOptions) -> String {
    guard options.isRaw, !model.cells.isEmpty else { return "rows" }
    return "[{\(Self.text(model.schema.columns[0].name)): …, …}]"
  }

  private func encodingLine(_ model: FinishedModel, _ options: ExitOptions) -> String {
    guard options.isRaw else { return "Rows as the network is given them, encoded and scaled." }
    guard model.cells.isEmpty else { return "Records with a value for each column, as numbers." }
    return "Numbers as they stand in the table, \(model.network.inputShape), scaled."
  }

  private func answerLine(_ model: FinishedModel) -> String {
    guard model.decides else { return "Outputs in the targets' own units." }
    return model.schema.givesScores
      ? "A score for each of CLASSES." : "A probability for each of CLASSES."
  }

  // MARK: Rows

  private func encodingLines(
    _ model: FinishedModel, _ writer: PyTorchWriter, _ options: ExitOptions
  ) -> [String] {
    guard options.isRaw else {
      let sizes = ([-1] + model.network.inputShape.sizes).map(String.init)
      return [
        "rows = torch.as_tensor(rows, dtype=torch.float32)"
          + ".reshape(\(sizes.joined(separator: ", ")))"
      ]
    }
    var lines: [String] = []
    if model.cells.isEmpty {
      lines.append("rows = torch.as_tensor(rows, dtype=torch.float64).reshape(-1, INPUTS)")
    }
    for (column, cell) in zip(model.schema.columns, model.cells) {
      let key = Self.text(column.name)
      let code =
        switch column.kind {
        case .number: "number"
        case .truth: "truth"
        case .date: "days"
        case .category: "lambda cell: category(\(key), cell)"
        }
      lines.append("\(writer.name(of: cell)) = column(rows, \(key), \(code))")
    }
    return lines + (writer.lines[.encode] ?? [])
  }

  /// Functions that make numbers of cells.
  private func cellFunctions(_ model: FinishedModel, _ hasDates: Bool) -> String {
    let missing = Self.list(MissingTexts.examples(model.schema.missingValues))
    var text = "\nMISSING = \(missing)\n"
    var categories: [String] = []
    for column in model.schema.columns {
      guard case .category(let names, let rest) = column.kind else { continue }
      let none = (try? column.code(of: .missing)) ?? -1
      let other = rest.hasOther ? names.count : -1
      categories.append(
        "    \(Self.text(column.name)): (\(Self.list(names)), \(other), \(Int(none))),\n")
    }
    text += """


      def is_missing(cell):
          return cell is None or cell != cell or cell in MISSING


      def number(cell):
          return float("nan") if is_missing(cell) else float(cell)


      def column(rows, name, code):
          return torch.tensor([[code(row[name])] for row in rows], dtype=torch.float64)

      """
    let hasTruths = model.schema.columns.contains { $0.kind == .truth }
    if hasTruths {
      text += """


        def truth(cell):
            words = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
            return words[cell.lower()] if str(cell).lower() in words else number(cell)

        """
    }
    if hasDates {
      text += """


        def days(cell):
            \"\"\"A date as days since 1970-01-01.\"\"\"
            if is_missing(cell):
                return float("nan")
            moment = datetime.fromisoformat(cell) if isinstance(cell, str) else cell
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=timezone.utc)
            return moment.timestamp() / 86400

        """
    }
    if !categories.isEmpty {
      text += """


        # Of each column its categories, and the numbers of any other and of a missing one.
        CATEGORIES = {
        \(categories.joined())}


        def category(name, cell):
            names, other, missing = CATEGORIES[name]
            if cell in names:
                return names.index(cell)
            return missing if is_missing(cell) else other

        """
    }
    return text
  }

  // MARK: Text

  /// A text as a literal.
  static func text(_ text: String) -> String { JSONValue.string(text).text() }

  private static func list(_ texts: [String]) -> String {
    "[" + texts.map(text).joined(separator: ", ") + "]"
  }

  /// A statement in lines that editors show; lists go on in the next line.
  private static func wrapped(_ line: String, _ indent: String) -> String {
    guard line.count > 100, line.contains(", ") else { return line + "\n" }
    var (text, width) = ("", 0)
    var depth = 0
    for piece in line.split(separator: ", ", omittingEmptySubsequences: false) {
      if !text.isEmpty {
        if depth > 0, width + piece.count > 96 {
          text += ",\n" + indent
          width = indent.count
        } else {
          text += ", "
        }
      }
      text += piece
      width += piece.count + 2
      for character in piece {
        if "([{".contains(character) { depth += 1 }
        if ")]}".contains(character) { depth -= 1 }
      }
    }
    return text + "\n"
  }
}
