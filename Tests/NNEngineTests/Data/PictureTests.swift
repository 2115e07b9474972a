import Testing

@testable import NNEngine

/// Pictures as files: what their points are, which way up, in which size.
///
/// The files and the numbers they are compared with were made with Pillow 13 and libjpeg-turbo 2.1:
/// `ImageOps.exif_transpose`, `Image.resize(…, BILINEAR)`, `ImageOps.fit` and `ImageOps.pad` with the
/// same filter, `Image.alpha_composite` over white.
struct PictureTests {
  static let folder = galleryFolder + "/../../../Tests/Scripts/pictures"

  static func bytes(_ name: String) throws -> [UInt8] {
    try DiskFiles().read("\(folder)/\(name)")
  }

  /// The decoder of PPM and PGM, which the others are compared with, against a file written out.
  @Test func plainPicturesAreReadAsTheyStand() throws {
    func points(_ text: String, _ rest: [UInt8] = []) throws -> PicturePixels {
      try PictureDecoder(Array(text.utf8) + rest).pixels()
    }
    let colour = try points("P3 # two points\n2 1\n255\n1 2 3  250 251 252\n")
    #expect(colour.bytes == [1, 2, 3, 250, 251, 252] && colour.channels == 3)
    let grey = try points("P2 2 2 15 0 1 2 15")
    #expect(grey.bytes == [0, 17, 34, 255] && grey.channels == 1)
    let bits = try [points("P1 3 1 1 0 1"), points("P4 3 1\n", [0b1010_0000])]
    #expect(bits.allSatisfy { $0.bytes == [0, 255, 0] })
    let deep = try points("P5 1 1 65535\n", [0x80, 0x80])
    #expect(deep.bytes == [128])
  }

  @Test(
    arguments: [
      "rgb.png", "grey.png", "alpha.png", "grey_alpha.png", "palette.png", "bits.png", "deep.png",
      "interlaced.png", "colour.jpg", "progressive.jpg", "grey.jpg", "four_inks.jpg", "colour.bmp",
      "grey.bmp", "bits.bmp", "alpha.bmp",
    ])
  func pointsAreThoseOfPillow(_ name: String) throws {
    let stem = name.replacing(".", with: "_")
    let isGrey = DiskFiles().kind(of: "\(Self.folder)/forms/\(stem).pgm") != .missing
    let expected = try PictureDecoder(
      Self.bytes("forms/\(stem).\(isGrey ? "pgm" : "ppm")")
    ).pixels()
    let decoder = try PictureDecoder(Self.bytes("forms/\(name)"))
    let found = try decoder.pixels()
    #expect(found.width == 13 && found.height == 9 && found.channels == expected.channels)
    #expect(Self.difference(found, expected) <= 1)
    let size = try decoder.size()
    #expect(size.height == 9 && size.width == 13)
  }

  @Test(arguments: 1...8) func picturesStandTheRightWayUp(_ orientation: Int) throws {
    let decoder = try PictureDecoder(Self.bytes("turned/\(orientation).png"))
    let expected = try PictureDecoder(Self.bytes("turned/\(orientation).ppm")).pixels()
    let found = try decoder.pixels()
    #expect(found.width == expected.width && found.bytes == expected.bytes)
    let size = try decoder.size()
    #expect(size.height == expected.height && size.width == expected.width)
  }

  @Test(arguments: ["8x8", "5x30", "40x50", "1x1"]) func sizesAreThoseOfPillow(_ size: String)
    throws
  {
    let sides = size.split(separator: "x").compactMap { Int($0) }
    for fit in PictureForm.Fit.allCases {
      for end in ["ppm", "pgm"] where end == "ppm" || fit == .stretch {
        let source = try PictureDecoder(Self.bytes("sizes/source.\(end)")).pixels()
        let expected = try PictureDecoder(
          Self.bytes("sizes/\(fit.rawValue)_\(size).\(end)")
        ).pixels()
        let found = try source.fitted(height: sides[0], width: sides[1], fit)
        #expect(found.width == expected.width && found.height == expected.height)
        #expect(Self.difference(found, expected) <= 1, "\(fit) \(end)")
      }
    }
  }

  @Test func aPictureThatKeepsItsSizeKeepsItsPoints() throws {
    let source = try PictureDecoder(Self.bytes("sizes/source.ppm")).pixels()
    for fit in PictureForm.Fit.allCases {
      let same = try source.fitted(height: 23, width: 37, fit)
      #expect(same.bytes == source.bytes)
    }
  }

  /// Whatever is cut off or changed gives points or a reason, and nothing else.
  @Test(arguments: ["forms/rgb.png", "forms/colour.jpg", "forms/colour.bmp", "forms/palette.png"])
  func damageIsFound(_ name: String) throws {
    let whole = try Self.bytes(name)
    for count in stride(from: 0, to: whole.count - 12, by: 7) {
      #expect(throws: PictureFault.self, "\(count) bytes of \(name)") {
        try PictureDecoder(Array(whole[..<count])).pixels()
      }
    }
    var random = TestRandom(state: 7)
    for _ in 0..<200 {
      var bytes = whole
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] ^= UInt8.random(in: 1...255, using: &random)
      if let pixels = try? PictureDecoder(bytes).pixels() {
        #expect(pixels.bytes.count == pixels.width * pixels.height * pixels.channels)
      }
    }
  }

  /// A grey JPEG without any detail: two bits for each block of 8x8 points.
  private static func plainJPEG(height: Int, width: Int) -> [UInt8] {
    func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
    let oneCode: [UInt8] = [1] + Array(repeating: 0, count: 16)
    let blocks = ((height + 7) / 8) * ((width + 7) / 8)
    return [0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0] + Array(repeating: 1, count: 64)
      + [0xFF, 0xC0, 0, 11, 8] + two(height) + two(width) + [1, 1, 0x11, 0]
      + [0xFF, 0xC4, 0, 20, 0] + oneCode + [0xFF, 0xC4, 0, 20, 0x10] + oneCode
      + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0] + Array(repeating: 0, count: (blocks + 3) / 4)
      + [0xFF, 0xD9]
  }

  /// Small ones are decoded at once, large ones in a thread of their own.
  @Test(arguments: [(40, 30), (3_000, 2_500)])
  func largePicturesAreReadLikeSmallOnes(height: Int, width: Int) throws {
    let bytes = Self.plainJPEG(height: height, width: width)
    for isAllowed in [true, false] {
      let found =
        try isAllowed
        ? Allowance().run { try PictureDecoder(bytes).pixels() } : PictureDecoder(bytes).pixels()
      #expect(found.height == height && found.width == width && found.channels == 1)
      #expect(found.bytes.count == height * width && found.bytes.allSatisfy { $0 == 128 })
    }
    let cut = Array(bytes.prefix(bytes.count - bytes.count / 3))
    #expect(throws: PictureFault.self) { try PictureDecoder(cut).pixels() }
  }

  @Test func aLargePictureIsGivenUp() throws {
    let bytes = Self.plainJPEG(height: 9_000, width: 9_000)
    var isAsked = false
    let allowance = Allowance(isCancelled: {
      isAsked = true
      return true
    })
    #expect(throws: (any Error).self) {
      try allowance.run { try PictureDecoder(bytes).pixels() }
    }
    #expect(isAsked)
  }

  @Test func moreThanAHundredMillionPointsAreRefusedBeforeTheyTakeMemory() throws {
    let fault = #expect(throws: PictureFault.self) {
      try PictureDecoder(Self.bytes("damaged/block/huge.png")).pixels()
    }
    #expect(fault?.reason == "it has 20000x20000 points, more than 100 million")
    #expect(throws: PictureFault.self) {
      try PictureDecoder(Array("P6 99999999999 99999999999 255\n".utf8)).pixels()
    }
  }

  @Test func otherKindsAreKnownByTheirContent() throws {
    let kinds: [([UInt8], String)] = [
      (Array("GIF89a".utf8), "'x y.jpg[0]' 'x y.png'"),
      (Array("RIFF1234WEBPVP8 ".utf8), "dwebp 'x y.jpg' -o 'x y.png'"),
      ([0x49, 0x49, 0x2a, 0, 8], "convert 'x y.jpg' 'x y.png'"),
      ([0, 0, 0, 24] + Array("ftypheic".utf8), "heif-convert"),
      ([0, 0, 0, 24] + Array("ftypavif".utf8), "avifdec"),
      (Array("<?xml version='1.0'?><svg width='1'/>".utf8), "rsvg-convert"),
    ]
    for (bytes, line) in kinds {
      let kind = try #require(ForeignPicture.of(bytes))
      #expect(kind.command(for: "a/x y.jpg").contains(line))
    }
  }

  private static func difference(_ one: PicturePixels, _ other: PicturePixels) -> Int {
    zip(one.bytes, other.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }
}
