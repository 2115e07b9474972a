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

  /// The numbers of a step, by their places: 24 bits each, from 0 to below 1.
  struct Numbers {
    private let low: UInt32
    private let high: UInt32

    fileprivate init(_ key: UInt64) {
      (low, high) = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    }

    subscript(place: Int) -> Double {
      Double(Chance.mix(Chance.mix(UInt32(truncatingIfNeeded: place) ^ low) &+ high) >> 8) * 0x1p-24
    }
  }

  func numbers(step: UInt64) -> Numbers {
    let key = RandomStream.mix(key &+ step)
    return Numbers(stream > 0 ? RandomStream.mix(key &+ UInt64(stream)) : key)
  }

  func fill(_ numbers: UnsafeMutablePointer<Double>, count: Int, step: UInt64) {
    let own = self.numbers(step: step)
    for place in 0..<count { numbers[place] = own[place] }
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
