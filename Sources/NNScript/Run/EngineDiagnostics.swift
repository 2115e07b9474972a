import NNEngine

// What the engine finds wrong, in the script's terms.

extension Diagnostic {
  /// An error of the engine at a place of the script.
  init(
    _ error: EngineError, at range: SourceRange?, in session: Session? = nil,
    _ context: CommandContext? = nil
  ) {
    switch error {
    case .wrongInputShape(let layer, let expected, let found):
      self.init(
        .shapeMismatch, "`\(layer)` takes \(expected), it is given \(found)", at: range,
        "\(found) arrives here")
    case .wrongParameterShape(let layer, let parameter, let expected, let found):
      self.init(
        .shapeMismatch,
        "the \(parameter) of `\(layer)` have the shape \(expected), these are \(found)", at: range,
        "\(found) given")
    case .outputMismatch(let found, let needed):
      self.init(
        .shapeMismatch,
        "the network ends in \(count(found, "value")), the targets need \(needed)", at: range)
    case .tooLarge(let what, let number):
      self.init(
        .limitReached, "\(what) would need \(number) numbers, more than fit", at: range, "too large"
      )
    case .lossNotFinite(let epoch, let batch, let batches, _, _):
      self.init(
        .lossNotFinite,
        "the loss became NaN or infinite in epoch \(epoch), batch \(batch) of \(batches)", at: range
      )
    case .fileNotFound(let path, let folder, let present):
      let name = path.split(separator: "/").last.map(String.init) ?? path
      self.init(
        .fileNotFound, "cannot open `\(name)`: there is no such file",
        at: Diagnostic.place(of: path, range, context),
        folder.isEmpty ? "looked in the working directory" : "looked in \(folder)/")
      if let near = Suggestion.nearest(to: name, among: present) {
        help = ["the same folder holds `\(near)`"]
      }
      notes = ["paths to read start in the script's folder, then in the working directory"]
    case .setNotInstalled(let name, let how):
      self.init(
        .fileNotFound, "the data set `\(name)` is not on this machine", at: range, "not found",
        help: [how])
    case .unreadableFile(let path, let reason):
      let isWriting = context.map { ["save", "predict"].contains($0.site.word.text) } ?? false
      self.init(
        isWriting ? .unwritableFile : .unreadableFile,
        "cannot \(isWriting ? "write" : "open") `\(path)`: \(reason)",
        at: Diagnostic.place(of: path, range, context))
    case .badFile(let path, let problem, let detail, let hint):
      let name = path.split(separator: "/").last.map(String.init) ?? path
      self.init(
        path.hasSuffix(".safetensors") ? .badModelFile : .badData,
        problem.contains(name) ? problem : "`\(name)`: \(problem)",
        at: Diagnostic.place(of: path, range, context), detail ?? "")
      if let hint { help = [hint] }
    case .unknownName(let what, let name, let known):
      self.init(
        .unknownName, "there is no \(what) named `\(name)`",
        at: Diagnostic.place(of: name, range, context), "not found")
      if let near = Suggestion.nearest(to: name, among: known) {
        help = ["did you mean `\(near)`?"]
      } else if !known.isEmpty, known.count <= 24 {
        help = ["known: " + known.map { "`\($0)`" }.joined(separator: ", ")]
      }
    case .invalid(let message, let hint):
      self.init(.badData, message, at: range)
      if let hint { help = [hint] }
    }
  }

  /// The argument that holds a text, if the command has one: the smallest range that is wrong.
  private static func place(
    of text: String, _ range: SourceRange?, _ context: CommandContext?
  ) -> SourceRange? {
    context?.rangeOfArgument(holding: text) ?? range
  }
}

/// Why the layers and the targets do not fit, with the lines that made both.
struct MismatchExplanation {
  var blueprint: Blueprint
  var input: Shape
  var facts: Forecast.DataFacts
  var loss: any Loss

  func diagnostic(_ error: EngineError, at range: SourceRange) -> Diagnostic {
    guard case .outputMismatch(let found, let needed) = error else {
      return Diagnostic(error, at: range)
    }
    let what =
      switch facts.targets {
      case .classes(let number): "the labels have \(number) classes"
      case .values(let number): "the targets have \(count(number, "value"))"
      case nil: "the targets need \(needed)"
      }
    var diagnostic = Diagnostic(
      .shapeMismatch, "the network ends in \(count(found, "value")), \(what)",
      at: blueprint.parts.last?.range ?? range, "\(count(found, "value")) per example")
    if let data = facts.range, !facts.label.isEmpty {
      diagnostic.secondary.append(Diagnostic.Label(data, facts.label))
    }
    if let lossRange = blueprint.lossRange {
      diagnostic.secondary.append(
        Diagnostic.Label(lossRange, "needs \(count(needed, "value")) per example"))
    }
    let activation = blueprint.outputActivation
    let suffix = activation == "linear" ? "" : " \(activation)"
    if blueprint.parts.last?.layer.kind == "dense" {
      diagnostic.help = ["write `layer dense \(needed)\(suffix)`"]
    }
    diagnostic.notes = ["shapes per example: " + shapes]
    return diagnostic
  }

  /// `data 64 -> dense1 32 -> dense2 8`.
  private var shapes: String {
    let outputs = (try? blueprint.shapes(from: input)) ?? []
    return (["data \(input)"] + zip(blueprint.names, outputs).map { "\($0) \($1)" })
      .joined(separator: " -> ")
  }
}
