import NNEngine
import Testing

@testable import NNScript

/// Curves, pictures and maps as a screen shows them.
@Suite struct DrawingTests {
  private func chart(_ names: [String] = ["loss", "精度"]) throws -> Chart {
    let falling = (1...30).map { (x: Double($0), y: 2 / Double($0)) }
    let rising = (1...30).map { (x: Double($0), y: 1 - 1 / Double($0)) }
    return try #require(
      Chart(
        zip(names, [falling, rising]).map { Chart.Series(name: $0, points: $1) }, xLabel: ""))
  }

  @Test func curvesAreBrailleAtFortyColumns() throws {
    #expect(
      try chart().text(on: Screen(width: 40, isUnicode: true)) == """
        2 ┤⡇
          │⢱
          │⢸
          │⠸⡀
          │ ⡇
        1 ┤ ⢣  ⣀⣀⠤⠤⠤⠔⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉ 精度
          │ ⢈⢖⠊
          │ ⡎ ⠑⢄
          │⢸    ⠑⠒⠤⣀⣀⣀⡀
        0 ┤⡎          ⠈⠉⠉⠉⠉⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠢⠤⠤⠤⠤⠤ loss
          └──────────┬─────────┬──────────┬
                    10        20         30
        """)
  }

  @Test func curvesAreSignsWithoutUnicode() throws {
    #expect(
      try chart().text(on: Screen(width: 40)) == """
        2 +*
          |*
          |*
          | *
          | *
        1 + *  ++++++++++++++++++++++++++ + 精度
          |  ++
          | + **
          | +   ************
        0 ++                ************* * loss
          +---------+---------+---------+
                   10        20        30
        """)
  }

  @Test(arguments: [true, false], [20, 33, 40, 61, 80, 137])
  func everyDrawingFits(_ isUnicode: Bool, width: Int) throws {
    let screen = Screen(width: width, isUnicode: isUnicode)
    let huge = try #require(
      Chart(
        [Chart.Series(name: "a\tname of some length", points: [(0, -1e300), (1e9, 1e300)])],
        xLabel: "日本"))
    let map = HeatMap(Tensor(shape: [300, 200], elements: Array(repeating: 0.5, count: 60_000)))
    let picture = Picture(
      width: 100, height: 30, levels: Array(repeating: 0.5, count: 3000))
    let texts = [
      try chart().text(on: screen), huge.text(on: screen), map.text(on: screen),
      picture.lines(on: screen).joined(separator: "\n"),
    ]
    for line in texts.flatMap({ $0.split(separator: "\n") }) {
      #expect(String(line).displayWidth <= width, "\(line)")
    }
  }

  @Test func coloursEndWhereTheyBegan() throws {
    let screen = Screen(width: 40, isUnicode: true, colors: .palette)
    for line in try chart().text(on: screen).split(separator: "\n") where line.contains("\u{1B}") {
      #expect(line.contains("\u{1B}[38;5;33m") || line.contains("\u{1B}[38;5;208m"))
      #expect(line.hasSuffix("\u{1B}[0m") || line.last != "m")
    }
    #expect(!(try chart().text(on: Screen(width: 40, isUnicode: true)).contains("\u{1B}")))
  }

  @Test func aLongCurveKeepsItsPeaks() throws {
    var points = (0..<100_000).map { (x: Double($0), y: 0.0) }
    points[54_321].y = 7
    let series = Chart.Series(name: "", points: points)
    #expect(series.strokes.joined().count <= 4000)
    #expect(series.strokes.joined().contains { $0.x == 54_321 && $0.y == 7 })
  }

  @Test func aPictureIsHalfBlocksInTheScreensColours() {
    let picture = Picture(width: 2, height: 3, levels: [0, 1, 0.5, 0.5, 1, 0])
    let full = Screen(width: 2, isUnicode: true, colors: .full)
    #expect(
      picture.lines(on: full, columns: 2) == [
        "\u{1B}[38;2;0;0;0;48;2;128;128;128m▀\u{1B}[38;2;255;255;255;48;2;128;128;128m▀\u{1B}[0m",
        "\u{1B}[38;2;255;255;255;49m▀\u{1B}[38;2;0;0;0;49m▀\u{1B}[0m",
      ])
    let palette = Screen(isUnicode: true, colors: .palette)
    #expect(picture.lines(on: palette, columns: 2)[0].hasPrefix("\u{1B}[38;5;16;48;5;244m▀"))
    let basic = Screen(isUnicode: true, colors: .basic)
    #expect(picture.lines(on: basic, columns: 2)[0] == "\u{1B}[30;47m▀\u{1B}[97;47m▀\u{1B}[0m")
    let ends = Picture(width: 2, height: 1, pixels: [-1.0, 1].map(Palette.diverging))
    #expect(ends.lines(on: basic, columns: 2)[0].hasPrefix("\u{1B}[36;49m▀\u{1B}[31;49m▀"))
    #expect(picture.lines(on: Screen()) == ["  @@", "++++", "@@"])
  }

  @Test func aDrawingForAFileIsWellFormed() throws {
    let svg = try chart(["a < b & c", ""]).scene.svg
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "))
    #expect(svg.contains(">a &lt; b &amp; c</text>") && svg.hasSuffix("</svg>\n"))
    #expect(svg.split(separator: "<polyline").count == 3)
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test(arguments: [
    (0.0, 1.0, 5, ["0", "0.2", "0.4", "0.6", "0.8", "1"]), (1, 30, 3, ["10", "20", "30"]),
    (-3.2, 3.4, 4, ["-2", "0", "2"]), (5, 5, 2, ["4.5", "5", "5.5"]),
    (1e-7, 9e-7, 3, ["5e-07"]), (-1e308, 1e308, 2, ["-1e+308", "0", "1e+308"]),
  ]) func ticksAreRound(_ least: Double, _ greatest: Double, _ most: Int, _ ticks: [String]) {
    #expect(Axis([least, greatest]).ticks(most).map(Axis.label) == ticks)
  }

  @Test func equalRatiosHaveEqualLengths() {
    let axis = Axis([1e-6, 10], isLogarithmic: true)
    #expect(axis.ticks(8).map(Axis.label).first == "1e-06")
    #expect(axis.ticks(4).map(Axis.label) == ["1e-06", "0.0001", "0.01", "1"])
    #expect(axis.share(1e-6) == 0)
    #expect(abs(axis.share(0.01) - 4.0 / 7) < 1e-12)
    #expect(abs(axis.value(at: 1.0 / 7) - 1e-5) < 1e-17)
    // Less than a tenfold has no power of ten within it.
    #expect(Axis([2, 7], isLogarithmic: true).ticks(4) == [2, 7])
    #expect(Axis([3, 3], isLogarithmic: true).share(3) == 0.5)
  }

  @Test func aDrawingHasAxesTicksAndLabels() throws {
    let points = (1...5).map { (x: Double($0), y: Double($0 * $0)) }
    let chart = try #require(Chart([Chart.Series(name: "loss", points: points)], xLabel: "epoch"))
    let svg = chart.scene.svg
    // The axes cross at the lower left corner of the plot.
    #expect(svg.contains("<line x1=\"48\" y1=\"16\" x2=\"48\" y2=\"372\""))
    #expect(svg.contains("<line x1=\"48\" y1=\"372\" x2=\"608\" y2=\"372\""))
    #expect(svg.contains("x1=\"43\""))
    #expect(svg.contains(">epoch</text>") && svg.contains(">loss</text>"))
  }

  /// What a file brought changes no terminal.
  @Test func controlCharactersAreShown() {
    let name = "a\u{1B}[2Jb\u{7}\r"
    #expect(!name.harmless(keepsColors: true).unicodeScalars.contains { $0.value < 32 })
    #expect("\u{1B}[31mred\u{1B}[0m\n".harmless(keepsColors: true) == "\u{1B}[31mred\u{1B}[0m\n")
    #expect("\u{1B}[31mred".harmless(keepsColors: false) == "\\u{1b}[31mred")
  }

  @Test func textIsWrappedBetweenWords() {
    #expect("one two three".wrapped(to: 8) == "one two\n  three")
    #expect("short".wrapped(to: 8) == "short")
  }
}
