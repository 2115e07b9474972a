#if Pictures
  internal import CPictures
#endif

/// Makes points of the bytes of a picture file.
struct PictureDecoder {
  private let bytes: [UInt8]
  private let kind: PictureKind

  /// - Throws: `PictureFault` for what is no picture, or one of a kind that is not decoded.
  init(_ bytes: [UInt8]) throws(PictureFault) {
    guard let kind = PictureKind(bytes) else {
      if bytes.isEmpty { throw PictureFault("it is empty") }
      if let foreign = ForeignPicture.of(bytes) { throw PictureFault("it is \(foreign.name)") }
      throw PictureFault(
        SeparatedText.isText(Array(bytes.prefix(1_024)))
          ? "it is a text, not a picture" : "it is no picture of a known kind")
    }
    (self.bytes, self.kind) = (bytes, kind)
  }

  /// Height and width, the right way up, without decoding.
  ///
  /// - Throws: `PictureFault`.
  func size() throws(PictureFault) -> (height: Int, width: Int) {
    let (width, height) =
      switch kind {
      case .jpeg, .png: try compressedSize()
      case .bmp: try BMPReader(bytes).size
      case .pnm: try PNMReader(bytes).size
      }
    try PicturePixels.check(width: width, height: height)
    return orientation >= 5 ? (width, height) : (height, width)
  }

  /// The points, the right way up, what is transparent over white.
  ///
  /// - Throws: `PictureFault`.
  func pixels() throws(PictureFault) -> PicturePixels {
    var result =
      switch kind {
      case .jpeg, .png: try compressedPixels()
      case .bmp: try BMPReader(bytes).pixels()
      case .pnm: try PNMReader(bytes).pixels()
      }
    result.turn(orientation)
    try PictureFault.proceed()
    return result
  }

  private var orientation: Int {
    switch kind {
    case .jpeg: EXIFOrientation.ofJPEG(bytes)
    case .png: EXIFOrientation.ofPNG(bytes)
    case .bmp, .pnm: 1
    }
  }

  #if Pictures
    private func compressedHeader() throws(PictureFault) -> nn_picture {
      guard kind == .jpeg ? nn_jpeg_is_there() : nn_png_is_there() else {
        throw PictureFault(
          kind == .jpeg
            ? "it is a JPEG, and libjpeg-turbo is not installed: `apt-get install libturbojpeg0`"
            : "it is a PNG, and libpng is not installed: `apt-get install libpng16-16`")
      }
      var picture = nn_picture()
      guard
        kind == .jpeg
          ? nn_jpeg_header(bytes, bytes.count, &picture)
          : nn_png_header(bytes, bytes.count, &picture)
      else { throw Self.fault(picture) }
      return picture
    }

    private func compressedSize() throws(PictureFault) -> (Int, Int) {
      let picture = try compressedHeader()
      return (picture.width, picture.height)
    }

    private func compressedPixels() throws(PictureFault) -> PicturePixels {
      var picture = try compressedHeader()
      let (width, height, channels) = (picture.width, picture.height, picture.channels)
      try PicturePixels.check(width: width, height: height)
      do throws(EngineError) {
        // A large JPEG is decoded beside the picture that is wanted.
        let copies = kind == .jpeg ? 2 : 1
        try Allowance.admit(width * height * picture.room * copies, for: "a picture")
      } catch {
        throw PictureFault("there is no memory for its \(height)x\(width) points")
      }
      var isDone = false
      picture.goes_on = { !Allowance.isHalted }
      let pixels = [UInt8](unsafeUninitializedCapacity: width * height * picture.room) {
        to, filled in
        isDone =
          kind == .jpeg
          ? nn_jpeg_read(bytes, bytes.count, &picture, to.baseAddress)
          : nn_png_read(bytes, bytes.count, &picture, to.baseAddress)
        filled = isDone ? width * height * channels : 0
      }
      try PictureFault.proceed()
      guard isDone else { throw Self.fault(picture) }
      return PicturePixels(width: width, height: height, channels: channels, bytes: pixels)
    }

    private static func fault(_ picture: nn_picture) -> PictureFault {
      withUnsafeBytes(of: picture.problem) { bytes in
        PictureFault("it is damaged: " + String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
      }
    }
  #else
    private var notBuiltIn: PictureFault {
      PictureFault("it is a \(kind == .jpeg ? "JPEG" : "PNG"), which this build does not read")
    }

    private func compressedSize() throws(PictureFault) -> (Int, Int) { throw notBuiltIn }
    private func compressedPixels() throws(PictureFault) -> PicturePixels { throw notBuiltIn }
  #endif
}
