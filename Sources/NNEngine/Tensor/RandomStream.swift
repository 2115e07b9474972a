import Glibc

/// What chance is used for. Each use draws from its own stream, so that a second `random` in a
/// script changes neither weights nor order.
public enum ChanceUse: UInt64, Sendable {
  case split = 1
  case weights, order, dropout, random, augmentation
}

/// Reproducible random numbers: xoshiro256++ (Blackman and Vigna), seeded by splitmix64.
///
/// A value: a copy continues where the original stands.
public struct RandomStream: RandomNumberGenerator, Sendable, Equatable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// Starts the stream of one use under a seed; `index` tells streams of one use apart, such as
  /// those of several layers.
  public init(seed: UInt64, stream: ChanceUse, index: UInt64 = 0) {
    var state = Self.key(seed: seed, stream: stream, index: index)
    func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      return RandomStream.mix(state)
    }
    (s0, s1, s2, s3) = (next(), next(), next(), next())
  }

  /// What the chance of one use under a seed begins with.
  static func key(seed: UInt64, stream: ChanceUse, index: UInt64 = 0) -> UInt64 {
    mix(mix(seed) ^ (stream.rawValue << 32 &+ index))
  }

  /// The stream's place, for a file.
  public var words: [UInt64] { [s0, s1, s2, s3] }

  /// Goes on from a place; `nil` for what no stream reaches.
  public init?(words: [UInt64]) {
    guard words.count == 4, words.contains(where: { $0 != 0 }) else { return nil }
    (s0, s1, s2, s3) = (words[0], words[1], words[2], words[3])
  }

  /// The finaliser of splitmix64: every bit of the result depends on every bit of `value`.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { x << k | x >> (64 - k) }
    let result = rotate(s0 &+ s3, 23) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = rotate(s3, 45)
    return result
  }

  /// A number from 0 to below 1.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A number of mean 0 and deviation 1 (Box and Muller; the second of each pair is not kept,
  /// which makes the position of the stream simply how often it was asked).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// A whole number from 0 to below `bound`, all equally likely.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "there is no number below 0")
    let bound = UInt64(bound)
    // Lemire's multiplication, with the rejection that removes its bias.
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Puts elements into a random order (Fisher and Yates).
  public mutating func shuffle<C: MutableCollection & RandomAccessCollection>(_ values: inout C)
  where C.Index == Int {
    guard values.count > 1 else { return }
    for last in stride(from: values.count - 1, to: 0, by: -1) {
      let other = below(last + 1)
      if other != last { values.swapAt(values.startIndex + last, values.startIndex + other) }
    }
  }
}
