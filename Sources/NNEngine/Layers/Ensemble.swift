internal import CKernels

/// Several networks that learn each for itself and answer together.
///
/// While training each row goes to one of the members, chosen by chance anew in each step; else the
/// output is the mean of all. Members that learnt apart make other mistakes, and a mean makes fewer
/// than each. A layer behind the ensemble is shared by its members.
///
/// - Shapes: every `x`, `y`: any, the same.
/// - Gradient: while training `dx = dy` for the member whose row it was, else 0.
/// - Source: Hansen and Salamon, *Neural network ensembles*, IEEE Transactions on Pattern Analysis
///   12, 1990.
public struct Ensemble: EvenJoin {
  /// The name scripts see, after the block that ends in it.
  public let kind = "ensemble"

  /// Makes the join.
  public init() {}

  /// See `Layer.lower`.
  public func lower(
    _ inputs: [Operations.Ref], _ parameters: LayerParameters, into operations: inout Operations
  ) -> Operations.Ref {
    let members = Double(inputs.count)
    guard operations.isTraining else {
      return operations.formula(inputs) {
        $0.dropFirst().reduce($0[0], +) * Formula.Part(1 / members)
      }
    }
    let rank = operations.shape(inputs[0]).rank
    let chance = operations.uniform(Shape(Array(repeating: 1, count: rank)))
    return operations.formula(inputs + [chance]) { operands in
      let place = operands[inputs.count]
      // From the last on: the first whose share of chance is not exceeded.
      var chosen = operands[inputs.count - 1]
      for member in (0..<inputs.count - 1).reversed() {
        chosen = .choose(
          place.isLess(than: Formula.Part(Double(member + 1) / members)), operands[member], chosen)
      }
      return chosen
    }
  }

  /// See `Layer.makePass`.
  public func makePass(_ site: LayerSite) -> any LayerPass { EnsemblePass(site) }
}

private final class EnsemblePass: LayerPass {
  private let site: LayerSite
  private let size: Int
  private let members: Int

  init(_ site: LayerSite) {
    self.site = site
    size = site.outputShape.count
    members = site.inputs.count
  }

  /// Whose a row is in a step. It depends on both alone, so the way back asks again.
  private func member(_ row: Int, _ chance: Chance.Numbers) -> Int {
    // Compared as the operations do it: a product may be rounded up to the next member's.
    let number = chance[row]
    var member = 0
    while member < members - 1, number >= Double(member + 1) / Double(members) { member += 1 }
    return member
  }

  private func chance(_ work: RowWork) -> Chance.Numbers {
    Chance(key: site.chanceKey, stream: 0).numbers(step: work.step)
  }

  func forward(_ work: RowWork) {
    if site.isTraining {
      let chance = chance(work)
      for row in work.rows {
        let x = site.inputs[member(row, chance)].x
        (site.y + row * size).update(from: x + row * size, count: size)
      }
    } else {
      let (first, count) = (work.rows.lowerBound * size, work.rows.count * size)
      (site.y + first).update(from: site.x + first, count: count)
      for index in 1..<members { nn_add(site.inputs[index].x + first, site.y + first, count) }
      nn_scale(site.y + first, count, 1 / Float(members))
    }
  }

  func backward(_ work: RowWork) {
    guard let dy = site.dy else { return }
    let chance = chance(work)
    for index in 0..<members {
      guard let dx = site.inputs[index].dx else { continue }
      for row in work.rows {
        let to = dx + row * size
        if !site.isTraining {
          for place in 0..<size { to[place] = dy[row * size + place] / Float(members) }
        } else if member(row, chance) == index {
          to.update(from: dy + row * size, count: size)
        } else {
          to.update(repeating: 0, count: size)
        }
      }
    }
  }
}
