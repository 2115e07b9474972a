import NNEngine

/// How far the training has come, for checks that tell a fault by what became of the loss.
extension Patient {
  /// The training loss of each epoch that the weights have seen.
  var losses: [Double] {
    learner.model.history.filter { $0.number <= learner.model.state.epoch }.compactMap { epoch in
      epoch.figures.first { $0.name == "loss" }?.value
    }
  }

  /// Whether the weights are those of a training and not of the start.
  var hasTrained: Bool { learner.model.state.epoch > 0 }

  /// The share of the untrained network's loss that is left; 1 where that loss is not above 0.
  var lossLeft: Double {
    beginning.loss > 0 ? examination.loss / beginning.loss : 1
  }

  /// The node that another is about, seen through layers that pass on what they are given: dropout,
  /// `flatten`, batch normalisation.
  func source(of index: Int) -> Int? {
    let nodes = learner.network.nodes
    var place = nodes[index].inputs.first ?? Network.input
    while nodes.indices.contains(place), let passing = nodes[place].layer.passing,
      passing != .resamples, nodes[place].layer.kind != "layernorm"
    {
      place = nodes[place].inputs.first ?? Network.input
    }
    return nodes.indices.contains(place) ? place : nil
  }
}

/// The least and the greatest value of each column of a table.
struct ColumnRange {
  var least: Float
  var greatest: Float

  /// Whether all values are the same but for rounding.
  var isConstant: Bool {
    greatest - least <= 1e-6 * max(abs(least), abs(greatest))
  }

  /// - Parameter table: `[rows, …]`, what follows the rows as one axis.
  static func all(of table: Tensor) -> [ColumnRange] {
    let rows = max(1, table.shape[0])
    let width = table.shape.count / rows
    var ranges = (0..<width).map {
      ColumnRange(least: table.elements[$0], greatest: table.elements[$0])
    }
    for row in 1..<max(1, table.shape[0]) {
      for column in 0..<width {
        let value = table.elements[row * width + column]
        ranges[column].least = min(ranges[column].least, value)
        ranges[column].greatest = max(ranges[column].greatest, value)
      }
    }
    return ranges
  }
}
