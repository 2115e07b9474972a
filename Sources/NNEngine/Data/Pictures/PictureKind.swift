/// The kinds of picture files that are decoded, known by their first bytes.
enum PictureKind: CaseIterable {
  case jpeg, png, bmp, pnm

  /// The kind of a file that begins so.
  init?(_ start: some Collection<UInt8>) {
    let start = Array(start.prefix(20))
    switch true {
    case start.starts(with: [0xff, 0xd8, 0xff]): self = .jpeg
    case start.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]): self = .png
    case start.starts(with: "BM".utf8) && start.count > 14
      && [12, 40, 52, 56, 64, 108, 124].contains(start[14]):
      self = .bmp
    case start.count > 3 && start[0] == UInt8(ascii: "P") && (0x31...0x36).contains(start[1])
      && (start[2] <= 0x20 || start[2] == UInt8(ascii: "#")):
      self = .pnm
    default: return nil
    }
  }

  /// Whether a file's name says that it is a picture.
  static func isNamed(_ path: String) -> Bool {
    extensions.contains(FilePath.fileExtension(of: path))
      || ForeignPicture.extensions.contains(FilePath.fileExtension(of: path))
  }

  static let extensions: Set<String> = [
    "jpg", "jpeg", "jpe", "jfif", "png", "bmp", "dib", "ppm", "pgm", "pbm", "pnm",
  ]
}

/// A kind of picture that is not decoded here, with the line that makes one of it that is.
struct ForeignPicture {
  /// What it is: `a GIF`.
  let name: String
  private let line: String
  private let recognises: @Sendable ([UInt8]) -> Bool

  /// The kind of a file that begins so.
  static func of(_ start: some Collection<UInt8>) -> ForeignPicture? {
    let start = Array(start.prefix(1_024))
    return all.first { $0.recognises(start) }
  }

  /// What to type for a file of this kind.
  func command(for path: String) -> String {
    let name = FilePath.name(of: path)
    let base = name.lastIndex(of: ".").map { name[..<$0] } ?? name[...]
    func shell(_ text: String) -> String {
      text.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) } ? text : "'\(text)'"
    }
    return line.split(separator: " ").map { word in
      switch word {
      case "FILE": shell(name)
      case "FILE[0]": "'\(name)[0]'"
      case "PNG": shell(base + ".png")
      default: String(word)
      }
    }.joined(separator: " ")
  }

  static let extensions: Set<String> = [
    "gif", "webp", "tif", "tiff", "heic", "heif", "avif", "svg", "jp2", "jxl", "psd", "ico",
  ]

  private static func marked(_ name: String, _ line: String, _ marks: [[UInt8]]) -> Self {
    Self(name: name, line: line) { start in marks.contains { start.starts(with: $0) } }
  }

  private static func boxed(_ name: String, _ line: String, _ brands: [String]) -> Self {
    Self(name: name, line: line) { start in
      start.count >= 12 && start[4..<8].elementsEqual("ftyp".utf8)
        && brands.contains { start[8..<12].elementsEqual($0.utf8) }
    }
  }

  private static let all: [ForeignPicture] = [
    marked("a GIF", "convert FILE[0] PNG", [Array("GIF8".utf8)]),
    Self(name: "a WebP picture", line: "dwebp FILE -o PNG") {
      $0.count >= 12 && $0.starts(with: "RIFF".utf8) && $0[8..<12].elementsEqual("WEBP".utf8)
    },
    marked("a TIFF", "convert FILE PNG", [[0x49, 0x49, 0x2a, 0], [0x4d, 0x4d, 0, 0x2a]]),
    boxed("an AVIF picture", "avifdec FILE PNG", ["avif", "avis"]),
    boxed(
      "a HEIC picture", "heif-convert FILE PNG", ["heic", "heix", "hevc", "mif1", "msf1"]),
    marked(
      "a JPEG 2000", "opj_decompress -i FILE -o PNG",
      [[0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20], [0xff, 0x4f, 0xff, 0x51]]),
    marked(
      "a JPEG XL", "djxl FILE PNG", [[0xff, 0x0a], [0, 0, 0, 0x0c, 0x4a, 0x58, 0x4c, 0x20]]),
    marked("a Photoshop document", "convert FILE[0] PNG", [Array("8BPS".utf8)]),
    Self(name: "an SVG drawing", line: "rsvg-convert FILE -o PNG") { start in
      let text = String(decoding: start, as: UTF8.self)
      return text.contains("<svg") && (text.hasPrefix("<svg") || text.hasPrefix("<?xml"))
    },
  ]
}
