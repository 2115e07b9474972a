import NNEngine
import Testing

@testable import NNScript

/// Drawings as points.
@Suite struct RasterTests {
  private func points(
    _ scale: Int = 1, height: Double = 10, _ draw: (inout Scene) -> Void
  ) throws -> Raster {
    var scene = Scene(width: 20, height: height)
    draw(&scene)
    return try Raster(drawing: scene, scale: scale)
  }

  /// Points as signs: nothing, a part, all of a black shape.
  private func signs(_ raster: Raster) -> [String] {
    (0..<raster.height).map { y in
      String(
        (0..<raster.width).map { x in
          let level = raster.rgb[3 * (y * raster.width + x)]
          return level == 255 ? "." : level == 0 ? "#" : "+"
        })
    }
  }

  private let black = Scene.Ink.color(Palette.Color(red: 0, green: 0, blue: 0))

  @Test func linesAlongAnAxisAreSharp() throws {
    let own = try points {
      $0.line((2, 3), (17, 3), black)
      $0.line((4, 0), (4, 9), black)
    }
    let rows = signs(own)
    #expect(rows[3] == ".+###############+..")
    #expect(rows[2] == "....#..............." && rows[4] == rows[2])
  }

  @Test func edgesAreSoftAndPartsAreMixed() throws {
    let own = try points {
      $0.add(.box((1, 1), width: 3, height: 2.5, black, opacity: 1))
      $0.add(.box((10, 1), width: 2, height: 2, black, opacity: 0.5))
      $0.line((12, 9), (18, 6), black, width: 2)
    }
    #expect(
      Array(signs(own)[0..<5]) == [
        "....................", ".###......++........",
        ".###......++........", ".+++................", "....................",
      ])
    #expect(own.rgb[3 * (1 * 20 + 10)] == 127 || own.rgb[3 * (1 * 20 + 10)] == 128)
    #expect(signs(own)[7].contains("#") && signs(own)[7].contains("+"))
  }

  @Test func lettersAreThoseOfTheFont() throws {
    let own = try points { $0.text("Hi", (1, 5), .start, black) }
    #expect(
      signs(own).map { String($0.prefix(9)) } == [
        ".........", ".........", ".#...#.#.", ".#...#...", ".#...#.#.", ".#####.#.", ".#...#.#.",
        ".#...#.#.", ".#...#.#.", ".........",
      ])
  }

  /// Letters with a mark are more than their letter, others that are not there a box.
  @Test func everyLetterIsSomething() throws {
    func drawn(_ text: String) throws -> [UInt8] {
      try points(2, height: 30) { $0.text(text, (6, 15), .start, black) }.rgb
    }
    var seen: [[UInt8]] = []
    for code in UInt8(ascii: "!")...UInt8(ascii: "~") {
      let own = try drawn(String(UnicodeScalar(code)))
      #expect(own.contains(0) && !seen.contains(own), "\(UnicodeScalar(code))")
      seen.append(own)
    }
    for letter in "ÄöüßéçñÅŽ…°" {
      #expect(!seen.contains(try drawn(String(letter))), "\(letter)")
    }
    #expect(try drawn("精") == drawn("ж") && drawn("精") != drawn("o"))
    #expect(try drawn("−") == drawn("-"))
  }

  @Test func aFileHasTheSizeOfTheDrawing() throws {
    let series = Chart.Series(name: "loss", points: (1...9).map { (Double($0), 1 / Double($0)) })
    let chart = try #require(Chart([series], xLabel: "epoch"))
    for scale in [1, 2] {
      let file = try Raster.png(of: chart.scene, scale: scale)
      func number(_ at: Int) -> Int { file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
      #expect(number(16) == Int((chart.scene.width * Double(scale)).rounded()))
      #expect(number(20) == 420 * scale && file.count < 60_000)
    }
  }
}
