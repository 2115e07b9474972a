import NNEngine

/// What `show model` tells: a row a layer, those of a block set in under the word that began it.
struct ModelDescription {
  private let model: Model

  init(_ model: Model) { self.model = model }

  func text(on screen: Screen) -> String {
    guard let (table, sum) = table else { return withoutNetwork }
    return ([table.text(on: screen), sum] + learning).joined(separator: "\n")
  }

  /// The layers, and a line that sums them up; `nil` where sizes are not known.
  var table: (table: TextTable, sum: String)? {
    guard let network = model.network else { return nil }
    var rows = [["input", "", "", network.inputShape.description, ""]]
    add(0..<network.nodes.count, of: network, indent: "", to: &rows)
    var header = ["layer", "kind", "activation", "output", "parameters"]
    var sum = "\(network.learnableCount) parameters"
    // Where each weight is used once, their numbers are these.
    if network.nodes.contains(where: { $0.layer is any SharesWeights }) {
      header.append("multiplies")
      rows = rows.map { $0.count < header.count ? $0 + [""] : $0 }
      let all = network.nodes.reduce(0) { $0 + $1.multiplications }
      sum += ", \(all) multiplications an example"
    } else {
      rows = rows.map { Array($0.prefix(header.count)) }
    }
    return (TextTable(header: header, rows), sum)
  }

  private func add(
    _ range: Range<Int>, of network: Network, indent: String, to rows: inout [[String]]
  ) {
    for piece in Blueprint.pieces(of: model.builtParts, range) {
      let place = piece.upperBound - 1
      rows.append(row(network.nodes[place], indent: indent))
      guard let blocks = model.builtParts[place].blocks else { continue }
      var start = piece.lowerBound
      for (number, size) in blocks.sizes.enumerated() {
        var inner = indent + "  "
        if blocks.sizes.count > 1 {
          rows.append(["\(inner)block \(number + 1)", "", "", "", ""])
          inner += "  "
        }
        add(start..<start + size, of: network, indent: inner, to: &rows)
        start += size
      }
    }
  }

  private func row(_ node: Network.Node, indent: String) -> [String] {
    let learnable = node.parameters.filter { $0.role != .state }
    let number = learnable.reduce(0) { $0 + $1.range.count }
    let frozen = learnable.contains(where: \.isFrozen) ? " (frozen)" : ""
    return [
      indent + node.name, node.layer.kind, node.layer.activation?.name ?? "",
      node.outputShape.description, number == 0 ? "" : "\(number)\(frozen)",
      node.multiplications == 0 ? "" : "\(node.multiplications)",
    ]
  }

  private var withoutNetwork: String {
    let parts = model.blueprint.parts
    guard !parts.isEmpty else { return "no layers yet" }
    let names = model.blueprint.names
    return
      (Blueprint.lines(of: parts) { "\(names[$0]): \(parts[$0].line.text)" } + learning
      + ["sizes are known once there are data, or an `input`"]).joined(separator: "\n")
  }

  /// What it learns with, a line each.
  var learning: [String] {
    var lines: [String] = []
    if let loss = model.lossLine { lines.append(loss.text) }
    if let rule = model.rule { lines.append(rule.line.text) }
    if model.state.epoch > 0 { lines.append("trained for \(count(model.state.epoch, "epoch"))") }
    if let origin = model.origin, let version = origin.version {
      let figures = model.history.last.map { ": " + Formatting.figures($0.figures) } ?? ""
      lines.append("learnt from \(origin.data), \(count(origin.rows, "training row"))\(figures)")
      lines.append("saved by nns \(version)")
    }
    return lines
  }
}

extension Network.Node {
  /// How many products with weights it adds up for one example.
  fileprivate var multiplications: Int {
    if let layer = layer as? any SharesWeights {
      return layer.multiplications(from: inputShape, to: outputShape) ?? 1 << 50
    }
    return parameters.filter { $0.role == .weights }.reduce(0) { $0 + $1.range.count }
  }
}
