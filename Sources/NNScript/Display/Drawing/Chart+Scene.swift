// A chart as a drawing that browsers and papers take.

extension Chart {
  /// The drawing.
  var scene: Scene {
    let names = series.map { Scene.cut($0.name, to: 200) }
    let widest = names.map(Scene.width).max() ?? 0
    let left = max(48, Plot.margin(y, 6))
    let right = widest == 0 ? 24 : widest + 48
    var scene = Scene(width: 560 + left + right, height: 420)
    let plot = Plot(x: x, y: y, left: left, top: 16, width: 560, height: 356)
    plot.drawAxes(into: &scene, xLabel: xLabel, isWhole: isWhole)
    for (number, series) in series.enumerated() {
      for stroke in series.strokes {
        scene.add(.line(stroke.map(plot.place), .series(number), width: 2))
      }
      guard widest > 0 else { continue }
      // One below the other: ends of curves often meet.
      let (at, start) = (28 + 18 * Double(number), left + 572)
      scene.line((start, at), (start + 18, at), .series(number), width: 3)
      scene.text(names[number], (start + 26, at), .start, .text)
    }
    return scene
  }
}
