import Glibc
internal import CKernels

/// Random changes of pictures that are learnt from, other ones in each epoch. Rows that are measured
/// or predicted for are never changed.
///
/// What happens to a row depends on the seed, the row and the epoch alone. All that moves points
/// is one resampling; what comes from outside the picture repeats its edge.
public struct Augmentation: Sendable, Equatable {
  /// Whether half of the pictures are mirrored, left and right.
  public var flip = false
  /// How far a picture is moved, up to this share of its width and of its height.
  public var shift = 0.0
  /// How far it is turned, up to so many degrees either way.
  public var rotate = 0.0
  /// How much larger or smaller it gets, up to this share.
  public var zoom = 0.0
  /// What is added to all its numbers, up to this share of their range, either sign.
  public var brightness = 0.0
  /// What the distance of its numbers from their mean is multiplied by: 1 and up to this share more
  /// or less.
  public var contrast = 0.0
  /// How far it is moved, up to so many points.
  public var crop = 0
  /// The side of a square that is filled with the picture's mean.
  public var cutout = 0
  /// Pictures are mixed with others, and their targets alike: the parameter of the beta
  /// distribution that the shares come from; 0 for none.
  public var mixup = 0.0
  /// The deviation of what is added to each number, as a share of their range.
  public var noise = 0.0

  /// Changes nothing.
  public init() {}

  /// Whether nothing is changed.
  public var isNone: Bool { self == Augmentation() }

  /// Height, width and channels of pictures of a shape.
  ///
  /// - Throws: `EngineError.invalid` where rows are no pictures.
  static func sides(of shape: Shape) throws(EngineError) -> (height: Int, width: Int, channels: Int)
  {
    let sizes = shape.sizes
    guard sizes.count == 3 || sizes.count == 2, sizes[0] * sizes[1] > 1 else {
      throw .invalid(
        "`augment` changes pictures, and an example has the shape \(shape)",
        help: "leave it out, or say how the numbers lie: `data … shape=8x8x1`")
    }
    return (sizes[0], sizes[1], sizes.count == 3 ? sizes[2] : 1)
  }

  /// Makes sure that this can be done to pictures of a shape.
  ///
  /// - Throws: `EngineError.invalid`.
  public func check(_ shape: Shape) throws(EngineError) {
    let (height, width, _) = try Self.sides(of: shape)
    if crop >= min(height, width) {
      throw .invalid("`crop` moves pictures of \(height)x\(width) points by up to \(crop)")
    }
    if cutout >= min(height, width) {
      throw .invalid(
        "`cutout` fills \(cutout)x\(cutout) points of a picture that has \(height)x\(width)")
    }
  }

  /// A row of pictures as it would be learnt from in an epoch, not scaled.
  ///
  /// - Throws: `EngineError.invalid` where rows are no pictures.
  public func applied(
    to examples: Examples, row: Int, epoch: Int, seed: UInt64
  ) throws(EngineError) -> [Float] {
    try check(examples.inputShape)
    let augmenter = try Augmenter(self, examples, seed: seed)
    augmenter.epoch = UInt64(epoch)
    let size = examples.inputShape.count
    return examples.withSource { source in
      [Float](unsafeUninitializedCapacity: size) { to, filled in
        guard let start = to.baseAddress else { return }
        let other = Buffer<Float>(count: mixup > 0 ? size : 0)
        let none = UnsafeBufferPointer<Double>(start: nil, count: 0)
        withExtendedLifetime(other) {
          augmenter.augment(source, row: row, to: start, other: other.start, none, none)
        }
        filled = size
      }
    }
  }
}

/// Changes pictures on their way into a batch. Allocates nothing.
final class Augmenter {
  let augmentation: Augmentation
  /// The epoch, counted from 1.
  var epoch: UInt64 = 1
  /// Whether rows are mixed with others.
  var mixes: Bool { augmentation.mixup > 0 }
  private let height: Int
  private let width: Int
  private let channels: Int
  private let seed: UInt64
  private let low: Float
  private let high: Float

  /// - Throws: `EngineError.invalid` where rows are no pictures.
  init(_ augmentation: Augmentation, _ examples: Examples, seed: UInt64) throws(EngineError) {
    self.augmentation = augmentation
    (height, width, channels) = try Augmentation.sides(of: examples.inputShape)
    self.seed = RandomStream.key(seed: seed, stream: .augmentation)
    let range: ClosedRange<Double> =
      switch examples.inputs {
      case .bytes: 0...255
      case .floats(let numbers): Self.range(numbers)
      case .doubles(let numbers): Self.range(numbers)
      }
    (low, high) = (Float(range.lowerBound), Float(range.upperBound))
  }

  private static func range<Number: BinaryFloatingPoint>(
    _ numbers: [Number]
  ) -> ClosedRange<Double> {
    Double(numbers.min() ?? 0)...Double(numbers.max() ?? 1)
  }

  /// The chance of a row in this epoch.
  private func chance(_ row: Int) -> RowChance {
    RowChance(
      state: RandomStream.mix(RandomStream.mix(seed &+ epoch) ^ UInt64(bitPattern: Int64(row))))
  }

  /// Makes what is learnt from a row.
  ///
  /// - Parameters:
  ///   - other: room for another row, where rows are mixed.
  ///   - center, scale: what scales the numbers; empty where they stay.
  func augment(
    _ source: BatchSource, row: Int, to: UnsafeMutablePointer<Float>,
    other: UnsafeMutablePointer<Float>, _ center: UnsafeBufferPointer<Double>,
    _ scale: UnsafeBufferPointer<Double>
  ) {
    change(source, row, to, center, scale)
    guard let mixing = mixing(row, of: source.count) else { return }
    change(source, mixing.row, other, center, scale)
    let share = Float(mixing.share)
    for place in 0..<height * width * channels {
      to[place] = share * to[place] + (1 - share) * other[place]
    }
  }

  /// Which row another is mixed with, and its own share, at least a half; `nil` for none.
  func mixing(_ row: Int, of count: Int) -> (row: Int, share: Double)? {
    guard augmentation.mixup > 0 else { return nil }
    var chance = chance(~row)
    let other = min(count - 1, Int(chance.uniform() * Double(count)))
    let share = chance.beta(augmentation.mixup)
    return (other, max(share, 1 - share))
  }

  private func change(
    _ source: BatchSource, _ row: Int, _ to: UnsafeMutablePointer<Float>,
    _ center: UnsafeBufferPointer<Double>, _ scale: UnsafeBufferPointer<Double>
  ) {
    var change = change(row)
    let start = row * height * width * channels
    switch source.inputs {
    case .bytes(let from):
      nn_augment_bytes(
        from + start, to, height, width, channels, &change, center.baseAddress, scale.baseAddress,
        scale.count)
    case .floats(let from):
      nn_augment_floats(
        from + start, to, height, width, channels, &change, center.baseAddress, scale.baseAddress,
        scale.count)
    case .doubles(let from):
      nn_augment_doubles(
        from + start, to, height, width, channels, &change, center.baseAddress, scale.baseAddress,
        scale.count)
    }
  }

  /// What happens to a row.
  private func change(_ row: Int) -> nn_augmentation {
    let wish = augmentation
    var chance = chance(row)
    // Always as many draws in the same order, so that one option leaves the others as they are.
    let isFlipped = chance.uniform() < 0.5 && wish.flip
    let shifts = (chance.around(wish.shift), chance.around(wish.shift))
    let angle = chance.around(wish.rotate) * .pi / 180
    let zoom = 1 + chance.around(wish.zoom)
    let brightness = chance.around(wish.brightness)
    let contrast = 1 + chance.around(wish.contrast)
    let crops = (chance.whole(wish.crop), chance.whole(wish.crop))
    let cuts = (chance.uniform(), chance.uniform())

    // Back from the result: unshift, then turn and zoom around the middle, then mirror.
    let middle = (x: Double(width - 1) / 2, y: Double(height - 1) / 2)
    let right = (shifts.0 * Double(width)).rounded() + Double(crops.0)
    let down = (shifts.1 * Double(height)).rounded() + Double(crops.1)
    let isTurned = wish.rotate > 0 || wish.zoom > 0
    let (cosine, sine) = isTurned ? (cos(angle) / zoom, sin(angle) / zoom) : (1, 0)
    var m = (
      cosine, sine, middle.x - cosine * (middle.x + right) - sine * (middle.y + down),
      -sine, cosine, middle.y + sine * (middle.x + right) - cosine * (middle.y + down)
    )
    if isFlipped { (m.0, m.1, m.2) = (-m.0, -m.1, Double(width - 1) - m.2) }
    var result = nn_augmentation()
    result.matrix = (Float(m.0), Float(m.1), Float(m.2), Float(m.3), Float(m.4), Float(m.5))
    result.is_whole = !isTurned
    if wish.cutout > 0 {
      (result.cut_top, result.cut_bottom) = cut(cuts.0, of: height)
      (result.cut_left, result.cut_right) = cut(cuts.1, of: width)
    }
    let range = high - low
    result.contrast = Float(contrast)
    result.brightness = Float(brightness) * range
    result.noise = Float(wish.noise) * range
    result.noise_key = chance.next()
    (result.low, result.high) = (low, high)
    return result
  }

  /// Where a square lies whose middle is any point of the picture.
  private func cut(_ share: Double, of count: Int) -> (Int, Int) {
    let start = Int(share * Double(count)) - augmentation.cutout / 2
    return (max(0, start), min(count, start + augmentation.cutout))
  }
}

/// The chance of one row: a stream of its own.
private struct RowChance {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return RandomStream.mix(state)
  }

  /// From 0 to below 1.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// From -`most` to `most`.
  mutating func around(_ most: Double) -> Double { (2 * uniform() - 1) * most }

  /// A whole number from -`most` to `most`.
  mutating func whole(_ most: Int) -> Int { Int(uniform() * Double(2 * most + 1)) - most }

  /// A number of the beta distribution with both parameters `shape`, at most 1 (Jöhnk, 1964).
  mutating func beta(_ shape: Double) -> Double {
    while true {
      // By logarithms: small shapes lead to numbers below any.
      let (a, b) = (log(1 - uniform()) / shape, log(1 - uniform()) / shape)
      let most = max(a, b)
      guard exp(a) + exp(b) <= 1 else { continue }
      let (x, y) = (exp(a - most), exp(b - most))
      return x / (x + y)
    }
  }
}
