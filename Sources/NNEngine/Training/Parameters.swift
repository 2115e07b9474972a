/// A network's numbers while they are worked on: values, gradients and the optimiser's slots.
final class WorkingParameters: @unchecked Sendable {
  let values: Buffer<Float>
  let gradients: Buffer<Float>
  let slots: Buffer<Float>
  let slotCount: Int

  init(_ network: Network, trains: Bool, slotCount: Int = 0) {
    values = Buffer(count: network.parameterCount)
    values.load(network.values)
    gradients = Buffer(count: trains ? network.parameterCount : 0)
    slots = Buffer(count: network.parameterCount * slotCount)
    self.slotCount = slotCount
  }
}
