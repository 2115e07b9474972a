import NNEngine

extension Check {
  /// Units of a layer that are equal and are told to change in the same way: they stay one unit.
  static var symmetricUnits: Check {
    Check(
      name: "symmetric units", summary: "Units with the same weights and the same gradients.",
      explains: [
        "dead units", "saturation", "constant layer", "vanishing gradients", "too few steps",
        "learning rate too low", "nothing learnt",
      ]
    ) { patient in
      let network = patient.learner.network
      let found = network.nodes.indices.dropLast().compactMap { index -> (Int, Int)? in
        let layer = network.nodes[index].layer
        guard let units = (layer as? Dense)?.units ?? (layer as? Convolution)?.filters, units > 1
        else {
          return nil
        }
        let alike = network.alikeUnits(of: index, patient.examination.gradients)
        // One pair may meet by chance, half of a layer does not.
        guard 2 * alike >= units else { return nil }
        // Units that became alike while the loss came down are not missed.
        let start = patient.beginning.network.alikeUnits(of: index, patient.beginning.gradients)
        return 2 * start >= units || patient.lossLeft > 0.5 ? (index, alike) : nil
      }
      guard let (index, alike) = found.first else { return [] }
      let name = network.nodes[index].name
      return [
        Finding(
          check: "symmetric units", layer: name, number: Double(alike),
          reason:
            "\(alike) of \(network.nodes[index].outputShape.sizes.last ?? 1) units of `\(name)` have the same "
            + "weights as another and get the same gradient: they stay equal and do the work of one; "
            + "weights have to start different",
          line: patient.rebuilding { _, line in line.without(["init"]) })
      ]
    }
  }
}

extension Network {
  /// How many units of a layer are like another in weights, bias and gradients.
  fileprivate func alikeUnits(of index: Int, _ gradients: [Float]) -> Int {
    let node = nodes[index]
    let units = node.outputShape.sizes.last ?? 1
    // What has to agree: for each parameter its values, then its gradients, `[…, units]`.
    var tables: [[Float]] = []
    for slot in node.parameters {
      tables.append(Array(values[slot.range]))
      tables.append(Array(gradients[slot.range]))
    }
    let margins = tables.map { 1e-3 * ($0.map { abs($0) }.max() ?? 0) }
    func areAlike(_ a: Int, _ b: Int) -> Bool {
      zip(tables, margins).allSatisfy { table, margin in
        stride(from: 0, to: table.count, by: units).allSatisfy {
          abs(table[$0 + a] - table[$0 + b]) <= margin
        }
      }
    }
    // Equal units have equal sums, so only neighbours by these are compared.
    let sums = (0..<units).map { unit in
      tables.reduce(0.0) { sum, table in
        stride(from: 0, to: table.count, by: units).reduce(sum) {
          $0 + Double(table[$1 + unit]) * Double(1 + $1 / units % 7)
        }
      }
    }
    let order = (0..<units).sorted { sums[$0] < sums[$1] }
    let pairs = zip(order, order.dropFirst()).count { areAlike($0, $1) }
    return pairs == 0 ? 0 : pairs + 1
  }
}
