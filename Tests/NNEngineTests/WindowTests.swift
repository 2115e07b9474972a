import Glibc
import Testing

@testable import NNEngine

/// Layers over pictures beside PyTorch 2.15, in 64 bits.
///
/// Inputs are `sin(0.7·i + 0.3)`, weights `cos(0.5·i)`, biases `sin(0.9·i + 0.1)`, gradients
/// `sin(1.1·i + 0.2)`, in the order they stand here; what comes out is weighed with `cos(0.3·i)` and
/// added up. The numbers were made by lines such as
///
///     y = F.conv2d(F.pad(x.permute(0, 3, 1, 2), pads), W.permute(3, 2, 0, 1), b, stride=s,
///                  dilation=d, groups=g).permute(0, 2, 3, 1)
///     (y * dy).sum().backward()
///     sum(float(v) * math.cos(0.3 * i) for i, v in enumerate(x.grad.reshape(-1)))
///
/// with pads of `t // 2` before and `t - t // 2` behind, `t` being what `(ceil(n / s) - 1) · s + reach`
/// exceeds `n` by; for the mean the padding's ones are counted by a second pool. Padding in points is
/// PyTorch's own, `F.conv2d(…, padding=p)`; for the mean with `count_include_pad=False`.
struct WindowTests {
  private func wave(_ count: Int, _ step: Double, _ start: Double) -> [Double] {
    (0..<count).map { sin(step * Double($0) + start) }
  }

  /// The weighed sums of y, and of the gradients by inputs and parameters.
  private func sums(
    _ layer: any Layer, _ shape: Shape, rows: Int = 2, parameters: [[Double]]? = nil
  ) throws -> (output: Shape, sums: [Double], kept: [[Double]]) {
    var program = Operations(isTraining: true)
    let x = program.input(.init(isByRow: true, shape))
    let declared = layer.parameters(for: shape)
    let own = LayerParameters(
      declared.map { ($0.name, $0.shape, $0.role == .state) }, into: &program)
    let y = layer.lower([x], own, into: &program)
    let execution = Execution(program, maxRows: rows, learns: .all)
    func load(_ numbers: [Double], _ ref: Operations.Ref) {
      for (place, number) in numbers.enumerated() { execution.value(ref)[place] = number }
    }
    load(wave(rows * shape.count, 0.7, 0.3), x)
    for (index, (ref, declared)) in zip(program.parameters, declared).enumerated() {
      load(
        parameters?[index]
          ?? (declared.role == .weights
            ? wave(declared.shape.count, 0.5, .pi / 2) : wave(declared.shape.count, 0.9, 0.1)),
        ref)
    }
    execution.forward(rows: rows)
    execution.clearGradients(rows: rows)
    let count = program.extent(y).count(rows: rows)
    let seed = try #require(execution.gradient(y))
    for (place, number) in wave(count, 1.1, 0.2).enumerated() { seed[place] = number }
    execution.backward(rows: rows)
    func weighed(_ start: UnsafeMutablePointer<Double>, _ ref: Operations.Ref) -> Double {
      (0..<program.extent(ref).count(rows: rows)).reduce(0) {
        $0 + start[$1] * cos(0.3 * Double($1))
      }
    }
    var sums = [weighed(execution.value(y), y)]
    let learnt = zip(program.parameters, declared).filter { $1.role != .state }.map(\.0)
    for ref in [x] + learnt { sums.append(weighed(try #require(execution.gradient(ref)), ref)) }
    let kept = program.updates.map { update in
      (0..<program.shape(update.value).count).map { execution.value(update.value)[$0] }
    }
    let output = try layer.outputShape(for: shape, name: "layer")
    #expect(output.count == program.shape(y).count)
    return (output, sums, kept)
  }

  private func expect(
    _ layer: any Layer, on shape: Shape, gives output: Shape, _ expected: [Double],
    _ place: SourceLocation = #_sourceLocation
  ) throws {
    let found = try sums(layer, shape)
    #expect(found.output == output, sourceLocation: place)
    let difference = Tolerance(absolute: 1e-8, relative: 1e-8)
      .firstDifference(found.sums, expected)
    #expect(difference == nil, sourceLocation: place)
  }

  @Test func convolutions() throws {
    func conv(
      _ filters: Int, _ size: [Int], stride: [Int] = [1, 1], dilation: [Int] = [1, 1],
      groups: Int = 1, _ padding: Window.Padding = .same
    ) -> Convolution {
      Convolution(
        filters: filters,
        window: Window(size, stride: stride, dilation: dilation, padding: padding), groups: groups)
    }
    try expect(
      conv(3, [3, 3]), on: [4, 5, 2], gives: [4, 5, 3],
      [-5.470246374, 4.974271381, -3.838112076, -0.01902745])
    try expect(
      conv(3, [3, 3], stride: [2, 2]), on: [5, 6, 2], gives: [3, 3, 3],
      [-11.786365854, 0.135702016, 7.414364984, 1.484111005])
    try expect(
      conv(3, [2, 4]), on: [4, 5, 2], gives: [4, 5, 3],
      [0.488206347, -0.199268242, 0.459284108, -0.01902745])
    try expect(
      conv(2, [3, 2], stride: [2, 1], .valid), on: [7, 5, 1], gives: [3, 4, 2],
      [-9.25646866, -7.049028621, 0.330345168, 1.401946729])
    try expect(
      conv(2, [3, 3], dilation: [2, 2]), on: [7, 6, 2], gives: [7, 6, 2],
      [-0.735736597, -9.793030829, -7.713230416, 1.442188551])
    try expect(
      conv(6, [3, 3], groups: 2), on: [5, 5, 4], gives: [5, 5, 6],
      [-4.461099528, -0.600740791, -15.662715943, 1.014690635])
    try expect(
      conv(3, [3, 3], stride: [2, 2], groups: 3), on: [4, 4, 3], gives: [2, 2, 3],
      [4.018175579, 6.983891957, 7.869238734, 0.207639594])
  }

  /// With stride 2 and an even picture the window lies elsewhere than with `same`.
  @Test func paddingInPoints() throws {
    func window(
      _ size: [Int], _ stride: [Int], _ points: [Int], dilation: [Int] = [1, 1]
    ) -> Window {
      Window(
        size, stride: stride, dilation: dilation,
        padding: .points(height: points[0], width: points[1]))
    }
    let twos = [2, 2]
    let half = window([3, 3], twos, [1, 1])
    try expect(
      Convolution(filters: 3, window: half), on: [6, 6, 2], gives: [3, 3, 3],
      [5.486016835, 0.62411759, -3.505116543, 1.484111005])
    try expect(
      Convolution(filters: 3, window: window([5, 3], [2, 1], [1, 2])), on: [7, 5, 2],
      gives: [3, 7, 3], [2.81933262, 1.892256782, -16.403524945, -0.082378322])
    try expect(
      Convolution(filters: 2, window: window([3, 3], [1, 2], [3, 3], dilation: twos)),
      on: [7, 6, 2], gives: [9, 4, 2], [-16.07843439, 5.481465873, -41.936768685, 0.334831155])
    try expect(
      Convolution(filters: 6, window: half, groups: 2), on: [5, 5, 4], gives: [3, 3, 6],
      [-0.551392989, 0.66697378, 0.40397145, -1.68235395])
    try expect(
      DepthwiseConvolution(window: half), on: [4, 4, 3], gives: [2, 2, 3],
      [1.628662828, 9.181709069, -2.629614011, 0.207639594])
    try expect(
      TransposedConvolution(filters: 3, window: half), on: [3, 4, 2], gives: [5, 7, 3],
      [1.255839937, 47.825331394, 4.035326503, 1.116369601])
    try expect(
      TransposedConvolution(filters: 3, window: window([4, 3], twos, [1, 0])), on: [3, 4, 2],
      gives: [6, 9, 3], [-0.025611287, 0.819079499, 0.206068015, 1.326211961])
    try expect(
      MaxPooling(window: half), on: [6, 6, 2], gives: [3, 3, 2], [-2.64522308, 1.582995376])
    try expect(
      MaxPooling(window: window([3, 2], twos, [1, 1])), on: [6, 5, 2], gives: [3, 3, 2],
      [-3.040684567, -5.528315378])
    try expect(
      AveragePooling(window: half), on: [6, 6, 2], gives: [3, 3, 2], [0.415672683, 0.436398361])
    try expect(
      AveragePooling(window: window([3, 2], [2, 1], [1, 0])), on: [6, 5, 2], gives: [3, 4, 2],
      [0.822905323, 0.074075151])
  }

  /// `F.conv_transpose2d(x, W, b, stride=s)`, of which `same` keeps the middle.
  @Test func transposedConvolutions() throws {
    func transposed(
      _ size: [Int], _ stride: [Int], _ padding: Window.Padding = .same
    ) -> TransposedConvolution {
      TransposedConvolution(filters: 3, window: Window(size, stride: stride, padding: padding))
    }
    try expect(
      transposed([3, 3], [2, 2]), on: [3, 4, 2], gives: [6, 8, 3],
      [0.213000262, -40.895637174, 1.170446885, 1.344501821])
    try expect(
      transposed([2, 2], [2, 2]), on: [3, 4, 2], gives: [6, 8, 3],
      [-1.579023623, 48.439119937, -0.606570491, 1.344501821])
    try expect(
      transposed([3, 2], [1, 1]), on: [3, 4, 2], gives: [3, 4, 3],
      [-2.17991393, 1.342136286, -0.911798222, 1.68905518])
    try expect(
      transposed([3, 4], [2, 3], .valid), on: [3, 4, 2], gives: [7, 13, 3],
      [-3.398411527, 20.628882281, 0.44590164, 1.704988951])
  }

  /// `F.interpolate(x, scale_factor=(2, 3))`.
  @Test func largerPictures() throws {
    try expect(
      Upsampling(factors: [2, 3]), on: [2, 3, 2], gives: [4, 9, 2],
      [-21.077093311, 0.295598058])
    let depthwise = DepthwiseConvolution(window: Window([3, 3], stride: [2, 2]))
    try expect(
      depthwise, on: [4, 4, 3], gives: [2, 2, 3],
      [4.018175579, 6.983891957, 7.869238734, 0.207639594])
  }

  @Test func pools() throws {
    func window(_ size: [Int], _ stride: [Int], _ padding: Window.Padding) -> Window {
      Window(size, stride: stride, padding: padding)
    }
    let two = window([2, 2], [2, 2], .valid)
    let three = window([3, 3], [2, 2], .same)
    let uneven = window([3, 2], [1, 2], .valid)
    // What does not fill a window is dropped: a row and a column of five.
    try expect(
      MaxPooling(window: two), on: [5, 5, 2], gives: [2, 2, 2], [-2.564630218, 0.017838011])
    try expect(
      MaxPooling(window: three), on: [5, 6, 2], gives: [3, 3, 2], [-2.686212374, -0.305566337])
    try expect(
      MaxPooling(window: uneven), on: [6, 4, 3], gives: [4, 2, 3], [2.984814701, 1.791839062])
    try expect(
      AveragePooling(window: two), on: [5, 5, 2], gives: [2, 2, 2], [-0.308779079, -0.311524768])
    try expect(
      AveragePooling(window: three), on: [5, 6, 2], gives: [3, 3, 2],
      [0.102527328, -1.140872747])
    try expect(
      AveragePooling(window: uneven), on: [6, 4, 3], gives: [4, 2, 3], [0.009231156, 0.260361819])
    try expect(GlobalPooling(.mean), on: [4, 3, 2], gives: [2], [0.174258881, 0.163881203])
    try expect(GlobalPooling(.max), on: [4, 3, 2], gives: [2], [3.357899892, -0.259124062])
  }

  /// `torch.nn.BatchNorm2d(3, momentum=0.1)` with these weights and biases, after one batch.
  @Test func normalizationOfChannels() throws {
    let found = try sums(
      BatchNormalization(), [4, 3, 3],
      parameters: [[1, 0.5, 2], [0.1, -0.2, 0.3], [0, 0, 0], [1, 1, 1]])
    let tolerance = Tolerance(absolute: 1e-8, relative: 1e-8)
    #expect(
      tolerance.firstDifference(
        found.sums, [5.146383123, 0.475633453, -0.061130766, 1.68905518]) == nil)
    let kept: [[Double]] = [
      [-0.00020368307185479237, 5.5714400945469644e-06, 0.00021220561671126867],
      [0.9521046216950655, 0.9518363646515364, 0.9521275574337552],
    ]
    #expect(found.kept.count == 2)
    for (found, expected) in zip(found.kept, kept) {
      #expect(tolerance.firstDifference(found, expected) == nil)
    }
  }

  /// Places are `ceil(n / stride)` where the window reaches over the edges, and the whole windows
  /// that fit where it stays inside.
  @Test func placesOfTheWindow() {
    for length in 1...9 {
      for size in 1...4 {
        for stride in 1...3 {
          for padding in [Window.Padding.same, .valid] where padding == .same || size <= length {
            let window = Window([size, size], stride: [stride, stride], padding: padding)
            let axis = window.axes(over: [length, length, 1])[0]
            let expected =
              padding == .same ? (length + stride - 1) / stride : (length - size) / stride + 1
            #expect(axis.places(in: length) == expected)
            #expect(axis.after == axis.before || axis.after == axis.before + 1)
          }
        }
      }
    }
  }

  @Test func weightsStartByWhatAFilterSees() {
    let conv = Convolution(filters: 8, window: Window([3, 5]), groups: 2)
    let declared = conv.parameters(for: [9, 9, 4])[0]
    #expect(declared.shape == [3, 5, 2, 8])
    #expect((declared.fanIn, declared.fanOut) == (30, 60))
  }

  @Test func multiplicationsAreCounted() {
    let conv = Convolution(filters: 16, window: Window([3, 3]))
    let cost = conv.cost(for: [[28, 28, 1]], output: [28, 28, 16], parameters: 160)
    #expect(cost.multiplications == 28 * 28 * (16 * 9 + 4 * 16))
    let huge = Convolution(filters: 65_536, window: Window([60_000, 60_000]))
    #expect(
      huge.cost(
        for: [[60_000, 60_000, 65_536]], output: [60_000, 60_000, 65_536], parameters: 0
      ).multiplications > 1 << 40)
  }
}
