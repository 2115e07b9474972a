import NNEngine

/// What a member of `show` does.
typealias Showing = (CommandContext) throws -> String

extension CommandEntry {
  static var show: CommandEntry {
    CommandEntry(
      family: "show", "Shows the model, data, weights, history or results.",
      members: [
        .data, .model, .weights, .gradients, .history, .confusion, .classes, .mistakes, .image,
        .variables,
        .formula,
      ],
      shared: Spec("options", "None.", example: "") { () }, example: "show model",
      defaultMember: "model"
    ) { _, showing, _ in
      { context in
        let text = try showing(context)
        context.session.print(text)
        return .none
      }
    }
  }
}

extension Spec where Product == Showing {
  fileprivate static var data: Self {
    Spec(
      "data", "The columns of the data and how they are encoded, or the first rows.",
      .optionalInteger(
        "rows", 1...1_000, whenAbsent: "the columns", option: false, "How many rows to show."
      ).example("show data 5"),
      example: "show data"
    ) { rows in
      { context in
        let data = try context.needData("has nothing to show yet")
        let decided = context.session.workspace.dataAsDecided(context.catalog) ?? data
        let description = DataDescription(decided)
        if let rows { return try description.rows(rows).text(on: context.screen) }
        let table = try description.columns()?.text(on: context.screen)
        return ([decided.notes.joined(separator: "\n")] + [table].compactMap { $0 })
          .joined(separator: "\n")
      }
    }
  }

  fileprivate static var model: Self {
    Spec("model", "Layers with their shapes and numbers of parameters.", example: "show model") {
      { context in try context.modelDescription() }
    }
  }

  fileprivate static var weights: Self {
    Spec(
      "weights", "A layer's weights and bias.",
      Parameter<[String]>.names(
        "layer", of: "layer", whenAbsent: "all layers", option: false, "The layer's name: `dense1`."
      ),
      Parameter<String>.choice(
        "as", ["numbers", "map"], default: "numbers if they fit", option: true,
        "As numbers, or as a field of colours; filters of a window are pictures."
      ).example("show weights dense1 as=map"),
      example: "show weights dense1"
    ) { names, form in
      { context in
        if context.session.workspace.data != nil {
          _ = try context.prepare("has nothing to show yet")
        } else {
          try context.session.buildIfPossible()
        }
        guard let network = context.session.workspace.model.network else {
          throw Diagnostic(
            .noModel, "there are no weights yet: the input size is not known",
            at: context.site.word.range, "nothing to show",
            help: ["load data first, or say the size: `input 4`"])
        }
        try context.checkLayers(names, network)
        var lines: [String] = []
        for node in network.nodes where names.isEmpty || names.contains(node.name) {
          for slot in node.parameters {
            let tensor = try network.value(layer: node.name, parameter: slot.name)
            lines.append(
              "\(node.name).\(slot.name) \(shown(tensor, as: form, on: context.screen))")
          }
        }
        return lines.joined(separator: "\n")
      }
    }
  }

  fileprivate static var history: Self {
    Spec(
      "history", "The metrics of each epoch.",
      example: "train epochs=2\nshow history"
    ) {
      { context in
        let history = context.session.workspace.model.history
        guard !history.isEmpty else { return "no epoch has been trained yet" }
        let names = history.last?.figures.map(\.name) ?? []
        let rows = history.map { epoch in
          let figures = names.map { name in
            epoch.figures.first { $0.name == name }.map { Formatting.figure($0.value) } ?? ""
          }
          return [String(epoch.number)] + figures
            + [Formatting.text(of: .number(epoch.learningRate))]
        }
        return TextTable(
          header: ["epoch"] + names + ["lr"], rows, mostRows: NNScript.Value.mostRows
        )
        .text(on: context.screen)
      }
    }
  }

  fileprivate static var confusion: Self {
    Spec(
      "confusion",
      "The confusion matrix: actual classes down, predicted ones across; for several labels per row, "
        + "right and wrong answers per label.",
      Parameter<String>.choice(
        "on", ["test", "validation", "train"], default: "test if there is one", option: true,
        "The part of the data."),
      example: "train epochs=2\nshow confusion"
    ) { wanted in
      { context in
        let result = try MeasuredPart(context, wanted)
        guard let table = result.confusionTable else {
          throw Diagnostic(
            .unsupported, "the targets are numbers: there are no classes to confuse",
            at: context.site.range, help: ["`evaluate` gives the errors of numbers"])
        }
        return "\(result.title)\n" + table.text(on: context.screen)
      }
    }
  }

  fileprivate static var formula: Self {
    Spec(
      "formula", "What a function computes, and its derivative.",
      .value("function", .value, "A word of the vocabulary, or a function of the script."),
      example: "show formula sigmoid"
    ) { value in
      { context in try context.formula(of: value ?? .none) }
    }
  }

  fileprivate static var variables: Self {
    Spec("variables", "The variables of the script.", example: "show variables") {
      { context in
        let variables = context.session.variables
        guard !variables.isEmpty else { return "no names yet" }
        let rows = variables.map { name, value in
          [name, value.bareKindName, Formatting.line(of: value, limit: 50)]
        }
        return TextTable(header: ["name", "kind", "value"], rows).text(on: context.screen)
      }
    }
  }
}

extension CommandContext {
  /// The current model's layers with their sizes.
  ///
  /// - Throws: a diagnostic where its layers and the data do not fit.
  func modelDescription() throws -> String {
    if session.workspace.data != nil {
      _ = try prepare("has nothing to show yet")
    } else {
      try session.buildIfPossible()
    }
    return ModelDescription(session.workspace.model).text(on: screen)
  }

  /// Holds names of layers against those that have parameters.
  ///
  /// - Throws: the `unknown-name` diagnostic.
  func checkLayers(_ names: [String], _ network: Network) throws {
    let layers = network.nodes.filter { !$0.parameters.isEmpty }.map(\.name)
    for name in names where !layers.contains(name) {
      throw Diagnostic(
        .unknownName, "there is no layer with weights named `\(name)`", at: range(of: "layer"),
        "not a layer",
        help: Suggestion.nearest(to: name, among: layers).map { ["did you mean `\($0)`?"] }
          ?? ["layers: " + layers.joined(separator: ", ")])
    }
  }
}

/// A tensor as numbers where all of them fit, else as a field of colours.
private func shown(_ tensor: Tensor, as form: String, on screen: Screen) -> String {
  let fits = tensor.shape.sizes.allSatisfy { $0 <= 8 } || tensor.shape.rank < 2
  if tensor.shape.rank == 4, form != "numbers" {
    return "\(tensor.shape)\n" + FilterPictures(tensor).text(on: screen)
  }
  guard form == "map" || form != "numbers" && !fits else {
    return TensorText(tensor, width: screen.width).text
  }
  return "\(tensor.shape)\n" + HeatMap(tensor).text(on: screen)
}
