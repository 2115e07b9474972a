internal import CKernels

/// A picture as points of 8 bits a number, row by row from the top.
struct PicturePixels {
  var width: Int
  var height: Int
  /// 1 for grey; 3 for red, green, blue.
  var channels: Int
  var bytes: [UInt8]
}

/// Why a picture cannot be used, in words for people.
struct PictureFault: Error {
  var reason: String
  /// What to type to make a picture of it that can be used.
  var hint: String?
  /// Why all work is to end, where that is the reason.
  var cause: (any Error)?

  init(_ reason: String, hint: String? = nil, cause: (any Error)? = nil) {
    (self.reason, self.hint, self.cause) = (reason, hint, cause)
  }

  /// Asks whether the work is to go on, also where a thread only helps with it.
  ///
  /// - Throws: `PictureFault` with its cause where it is not.
  static func proceed() throws(PictureFault) {
    if Allowance.isHalted { throw PictureFault("", cause: EngineError.interrupted) }
  }
}

extension PicturePixels {
  /// The most points a picture may have: a small file can claim billions.
  static let mostPoints = 100_000_000

  /// - Throws: `PictureFault` for more points than are read.
  static func check(width: Int, height: Int) throws(PictureFault) {
    guard width > 0, height > 0 else { throw PictureFault("it has no points") }
    guard height <= mostPoints / width else {
      throw PictureFault("it has \(height)x\(width) points, more than 100 million")
    }
  }

  /// The picture the right way up, whichever way the camera was held.
  ///
  /// - Parameter orientation: the number of EXIF, 1 to 8.
  mutating func turn(_ orientation: Int) {
    guard (2...8).contains(orientation) else { return }
    let (w, h, c) = (width, height, channels)
    // Where the first point of the result comes from, and how far a step right and down leads.
    let last = (right: (w - 1) * c, bottom: (h - 1) * w * c)
    let (first, right, down): (Int, Int, Int) =
      switch orientation {
      case 2: (last.right, -c, w * c)
      case 3: (last.bottom + last.right, -c, -w * c)
      case 4: (last.bottom, c, -w * c)
      case 5: (0, w * c, c)
      case 6: (last.bottom, -w * c, c)
      case 7: (last.bottom + last.right, -w * c, -c)
      default: (last.right, w * c, -c)
      }
    if orientation >= 5 { swap(&width, &height) }
    let (newWidth, newHeight) = (width, height)
    bytes = bytes.withUnsafeBufferPointer { from in
      [UInt8](unsafeUninitializedCapacity: from.count) { to, filled in
        for y in 0..<newHeight where !Allowance.isHalted {
          var place = first + y * down
          for _ in 0..<newWidth {
            for channel in 0..<c { to[filled + channel] = from[place + channel] }
            filled += c
            place += right
          }
        }
      }
    }
  }

  /// The picture in another size.
  ///
  /// - Throws: `PictureFault` where there is no memory.
  func fitted(height: Int, width: Int, _ fit: PictureForm.Fit) throws(PictureFault) -> Self {
    guard height != self.height || width != self.width else { return self }
    let (own, wanted) = (
      (width: Double(self.width), height: Double(self.height)),
      (width: Double(width), height: Double(height))
    )
    let ratios = (wanted.width / own.width, wanted.height / own.height)
    switch fit {
    case .stretch:
      return try resized(from: (0, 0, own.width, own.height), width: width, height: height)
    case .crop:
      let ratio = max(ratios.0, ratios.1)
      let box = (width: wanted.width / ratio, height: wanted.height / ratio)
      return try resized(
        from: ((own.width - box.width) / 2, (own.height - box.height) / 2, box.width, box.height),
        width: width, height: height)
    case .pad:
      let ratio = min(ratios.0, ratios.1)
      let inner = (
        width: min(width, max(1, Int((own.width * ratio).rounded(.toNearestOrEven)))),
        height: min(height, max(1, Int((own.height * ratio).rounded(.toNearestOrEven))))
      )
      let small = try resized(
        from: (0, 0, own.width, own.height), width: inner.width, height: inner.height)
      var result = PicturePixels(
        width: width, height: height, channels: channels,
        bytes: Array(repeating: 0, count: width * height * channels))
      let left = Int((Double(width - inner.width) / 2).rounded(.toNearestOrEven))
      let top = Int((Double(height - inner.height) / 2).rounded(.toNearestOrEven))
      let rowLength = inner.width * channels
      for row in 0..<inner.height {
        let start = ((top + row) * width + left) * channels
        result.bytes.replaceSubrange(
          start..<start + rowLength, with: small.bytes[row * rowLength..<(row + 1) * rowLength])
      }
      return result
    }
  }

  private func resized(
    from box: (left: Double, top: Double, width: Double, height: Double), width: Int, height: Int
  ) throws(PictureFault) -> Self {
    var isDone = false
    let made = [UInt8](unsafeUninitializedCapacity: width * height * channels) { to, filled in
      bytes.withUnsafeBufferPointer { from in
        guard let source = from.baseAddress, let target = to.baseAddress else { return }
        isDone = nn_resize_picture(
          source, self.width, self.height, channels, box.left, box.top, box.width, box.height,
          target, width, height)
      }
      filled = isDone ? width * height * channels : 0
    }
    try PictureFault.proceed()
    guard isDone else { throw PictureFault("there is no memory for it") }
    return PicturePixels(width: width, height: height, channels: channels, bytes: made)
  }

  /// The picture with other numbers a point.
  mutating func take(_ wanted: PictureForm.Channels) {
    guard wanted.count != channels else { return }
    let points = width * height
    bytes = [UInt8](unsafeUninitializedCapacity: points * wanted.count) { to, filled in
      bytes.withUnsafeBufferPointer { from in
        guard let source = from.baseAddress, let target = to.baseAddress else { return }
        if wanted == .grey {
          for point in 0..<points { target[point] = Self.grey(source + 3 * point) }
        } else {
          for point in 0..<points {
            (target + 3 * point).update(repeating: source[point], count: 3)
          }
        }
      }
      filled = points * wanted.count
    }
    channels = wanted.count
  }

  /// How bright red, green and blue are together, after ITU-R 601.
  static func grey(_ point: UnsafePointer<UInt8>) -> UInt8 {
    let (red, green, blue) = (Int(point[0]), Int(point[1]), Int(point[2]))
    return UInt8((red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16)
  }
}
