/// Random numbers that depend on their key, the step and their place alone: a backward pass asks
/// again instead of remembering, and rows can be computed in any order.
///
/// - Source: two rounds of Wellons' "lowbias32" over the number's place and the key, as the kernel
///   of dropout has them, whose numbers these are.
public struct Chance: Sendable, Hashable {
  /// Tells a layer's chance from that of others.
  public let key: UInt64
  /// Tells several uses within a layer.
  public let stream: Int

  /// The numbers of a step: 24 bits each, from 0 to below 1.
  func fill(_ numbers: UnsafeMutablePointer<Double>, count: Int, step: UInt64) {
    var key = RandomStream.mix(key &+ step)
    if stream > 0 { key = RandomStream.mix(key &+ UInt64(stream)) }
    let (low, high) = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    for place in 0..<count {
      let bits = Self.mix(Self.mix(UInt32(truncatingIfNeeded: place) ^ low) &+ high) >> 8
      numbers[place] = Double(bits) * 0x1p-24
    }
  }

  private static func mix(_ value: UInt32) -> UInt32 {
    var x = value
    x ^= x >> 16
    x &*= 0x7feb_352d
    x ^= x >> 15
    x &*= 0x846c_a68b
    x ^= x >> 16
    return x
  }
}
