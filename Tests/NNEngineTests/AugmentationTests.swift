import CAllocationCount
import Testing

@testable import NNEngine

/// Pictures changed by chance while they are learnt from.
struct AugmentationTests {
  /// Pictures of 5 by 4 points whose numbers say where they stand.
  private static let pictures = Examples(
    count: 3, inputShape: [5, 4, 1],
    inputs: .bytes((0..<60).map { UInt8($0 * 4) }), targets: .classes([0, 1, 0]))

  private static func changed(
    _ row: Int = 0, epoch: Int = 1, of examples: Examples = pictures,
    _ wish: (inout Augmentation) -> Void
  ) throws -> [Float] {
    var augmentation = Augmentation()
    wish(&augmentation)
    return try augmentation.applied(to: examples, row: row, epoch: epoch, seed: 7)
  }

  private static func original(_ row: Int = 0) -> [Float] {
    pictures.inputs.numbers(row * 20..<(row + 1) * 20).map { Float($0) }
  }

  /// What a picture shows where it is moved: the nearest of its points.
  private static func moved(_ x: Int, _ y: Int, mirrored: Bool = false) -> [Float] {
    (0..<20).map { place in
      let column = min(3, max(0, place % 4 - x))
      let row = min(4, max(0, place / 4 - y))
      return original()[row * 4 + (mirrored ? 3 - column : column)]
    }
  }

  @Test func flippedPicturesAreMirroredAndHalfOfAll() throws {
    let mirrored = Self.moved(0, 0, mirrored: true)
    let found = try (1...200).map { try Self.changed(epoch: $0) { $0.flip = true } }
    #expect(found.allSatisfy { $0 == mirrored || $0 == Self.original() })
    #expect((80...120).contains(found.count { $0 == mirrored }))
  }

  @Test func movedPicturesRepeatTheirEdge() throws {
    let all = (-2...2).flatMap { y in (-2...2).map { Self.moved($0, y) } }
    let cropped = try (1...200).map { try Self.changed(epoch: $0) { $0.crop = 2 } }
    #expect(cropped.allSatisfy(all.contains))
    #expect(Set(cropped).count == 25, "every place comes")
    let shifted = try (1...100).map { try Self.changed(epoch: $0) { $0.shift = 0.25 } }
    #expect(shifted.allSatisfy { (-1...1).contains(Self.place(of: $0)?.x ?? 9) })
    #expect(Set(shifted).count == 9)
  }

  private static func place(of picture: [Float]) -> (x: Int, y: Int)? {
    for y in -2...2 {
      for x in -2...2 where moved(x, y) == picture { return (x, y) }
    }
    return nil
  }

  /// A turn and its counterpart by hand: the points of a plane stay on that plane, wherever all four
  /// that are mixed lie within the picture.
  @Test func turnedPicturesAreMixedFromTheFourPointsAround() throws {
    let size = 9
    let plane = Examples(
      count: 1, inputShape: [size, size, 1],
      inputs: .floats((0..<size * size).map { Float($0 % size) + 20 * Float($0 / size) }),
      targets: .classes([0]))
    for epoch in 1...20 {
      let found = try Self.changed(epoch: epoch, of: plane) { ($0.rotate, $0.zoom) = (30, 0.2) }
      func at(_ x: Int, _ y: Int) -> Float { found[y * size + x] }
      #expect(abs(at(4, 4) - 84) < 1e-3, "the middle stays")
      let (right, down) = (at(5, 4) - 84, at(4, 5) - 84)
      // right = c - 20 s, down = s + 20 c.
      let s = Double(down - 20 * right) / 401
      let c = Double(right + 20 * down) / 401
      let zoom = 1 / (s * s + c * c).squareRoot()
      #expect((0.79...1.21).contains(zoom) && abs(s / c) <= 0.58)
      for y in 3...5 {
        for x in 3...5 {
          let (dx, dy) = (Double(x - 4), Double(y - 4))
          let expected = 84 + (c * dx + s * dy) + 20 * (c * dy - s * dx)
          #expect(abs(Double(at(x, y)) - expected) < 1e-2)
        }
      }
    }
  }

  @Test func brightnessAndContrastStayWithinTheirShares() throws {
    let mean = Self.original().reduce(0, +) / 20
    for epoch in 1...20 {
      let lighter = try Self.changed(epoch: epoch) { $0.brightness = 0.1 }
      let step = lighter[19] - Self.original()[19]
      #expect(abs(step) <= 25.5)
      for (new, old) in zip(lighter, Self.original()) {
        #expect(abs(new - min(255, max(0, old + step))) < 1e-3)
      }
      let harder = try Self.changed(epoch: epoch) { $0.contrast = 0.5 }
      let factor = (harder[10] - mean) / (Self.original()[10] - mean)
      #expect((0.5...1.5).contains(factor))
      for (new, old) in zip(harder, Self.original()) {
        #expect(abs(new - min(255, max(0, mean + factor * (old - mean)))) < 1e-2)
      }
    }
  }

  @Test func aCutOutSquareIsTheMean() throws {
    let mean = Self.original().reduce(0, +) / 20
    for epoch in 1...20 {
      let found = try Self.changed(epoch: epoch) { $0.cutout = 3 }
      let cut = found.indices.filter { found[$0] != Self.original()[$0] }
      #expect((2...9).contains(cut.count) && cut.allSatisfy { found[$0] == mean })
    }
  }

  @Test func noiseHasTheDeviationThatWasAskedFor() throws {
    let grey = Examples(
      count: 1, inputShape: [50, 50, 1], inputs: .bytes(Array(repeating: 128, count: 2_500)),
      targets: .classes([0]))
    let found = try Self.changed(of: grey) { $0.noise = 0.05 }.map { Double($0) - 128 }
    let mean = found.reduce(0, +) / 2_500
    let deviation = (found.reduce(0) { $0 + $1 * $1 } / 2_500).squareRoot()
    #expect(abs(mean) < 1 && abs(deviation - 12.75) < 0.6)
  }

  @Test func mixedPicturesAreOfTwo() throws {
    let augmentation = {
      var wish = Augmentation()
      wish.mixup = 0.4
      return wish
    }()
    let augmenter = try Augmenter(augmentation, Self.pictures, seed: 7)
    var shares: [Double] = []
    for epoch in 1...200 {
      augmenter.epoch = UInt64(epoch)
      let mixing = try #require(augmenter.mixing(0, of: 3))
      shares.append(mixing.share)
      let found = try augmentation.applied(to: Self.pictures, row: 0, epoch: epoch, seed: 7)
      for (place, value) in found.enumerated() {
        let expected =
          mixing.share * Double(Self.original()[place])
          + (1 - mixing.share) * Double(Self.original(mixing.row)[place])
        #expect(abs(Double(value) - expected) < 1e-3)
      }
    }
    #expect(shares.allSatisfy { (0.5...1).contains($0) })
    // Half of the distribution lies within 0.066 of its ends.
    #expect((70...130).contains(shares.count { $0 > 0.934 }))
  }

  @Test func everyEpochRowAndSeedHasItsOwnChance() throws {
    let wish: (inout Augmentation) -> Void = { ($0.crop, $0.noise) = (1, 0.1) }
    let first = try Self.changed(0, wish)
    #expect(try Self.changed(0, wish) == first)
    #expect(try Self.changed(0, epoch: 2, wish) != first)
    // An option leaves the draws of others as they are.
    let both = try Self.changed { ($0.flip, $0.crop) = (false, 2) }
    let other = try Self.changed { ($0.crop, $0.brightness) = (2, 0) }
    #expect(other == both)
  }

  private static func trained(threads: Int, _ wish: (inout Augmentation) -> Void) throws -> [Float]
  {
    var random = TestRandom(state: 3)
    let bytes = (0..<90 * 36).map { _ in UInt8.random(in: 0...255, using: &random) }
    let examples = Examples(
      count: 90, inputShape: [6, 6, 1], inputs: .bytes(bytes),
      targets: .classes((0..<90).map { Int32($0 % 3) }))
    var network = try Network(
      [(Dense(units: 400, activation: ReLU()), LayerOptions()), (Dense(units: 3), LayerOptions())],
      inputShape: [6, 6, 1])
    var state = TrainingState()
    var trainer = Trainer(
      loss: CrossEntropy(), optimizer: Adam(), preprocessing: Preprocessing(inputShape: [6, 6, 1]))
    wish(&trainer.augmentation)
    _ = try trainer.train(
      &network, &state, on: examples,
      TrainingOptions(epochs: 2, batchSize: 32, workers: Workers(count: threads)))
    return network.values
  }

  @Test func anyNumberOfThreadsLearnsTheSame() throws {
    let wish: (inout Augmentation) -> Void = {
      ($0.flip, $0.rotate, $0.noise, $0.mixup) = (true, 20, 0.05, 0.2)
    }
    let one = try Self.trained(threads: 1, wish)
    #expect(one.allSatisfy { $0.isFinite })
    #expect(try Self.trained(threads: 4, wish) == one)
    let unchanged = try Self.trained(threads: 1) { _ in }
    #expect(unchanged != one)
  }

  @Test func rowsThatAreNoPicturesAreRefused() {
    var augmentation = Augmentation()
    augmentation.flip = true
    #expect(throws: EngineError.self) { try augmentation.check([4]) }
    #expect(throws: Never.self) { try augmentation.check([4, 4]) }
    augmentation.crop = 4
    #expect(throws: EngineError.self) { try augmentation.check([4, 4, 1]) }
  }
}
