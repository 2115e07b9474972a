// Each primitive as loops of C.

extension CWriter {
  mutating func write(
    _ operation: Operation, _ operands: [Operations.Ref], _ ref: Operations.Ref, _ y: Place
  ) throws(EngineError) {
    switch operation {
    case .formula(let rule): write(rule, operands, ref, y)
    case .reduction(let rule): write(rule, operands[0], ref, y)
    case .product(let rule): write(rule, operands[0], operands[1], ref, y)
    case .gather(let rule): write(rule, operands, ref, y)
    case .scan: throw .invalid("scans have been written out before")
    case .reshape(let rule):
      let shape = program.shape(operands[0])
      let order = rule.order ?? Array(0..<shape.rank)
      copy(operands[0], order.map { shape[$0] }, order.map { shape.strides[$0] }, to: y)
    case .concatenation(let rule):
      var start = y.start
      let whole = program.shape(ref)
      for operand in operands {
        var part = y
        part.start = start
        let shape = program.shape(operand)
        copy(operand, shape.sizes, shape.strides, to: part, whole.strides)
        start += shape[rule.axis] * whole.strides[rule.axis]
      }
    }
  }

  /// Copies numbers, with distances of their own on both sides.
  private mutating func copy(
    _ ref: Operations.Ref, _ sizes: [Int], _ strides: [Int], to y: Place, _ own: [Int]? = nil
  ) {
    let x = place(ref, y.precision)
    let loops = CLoops(sizes, [strides, own ?? Shape(sizes).strides])
    loop(loops.sizes[...]) {
      $0.line("\(y(loops.index(of: 1))) = \($0.cast(x(loops.index(of: 0)), x, to: y.precision));")
    }
  }

  /// A number of one array as one of the other kind.
  func cast(_ text: String, _ from: Place, to precision: FinishedModel.Precision) -> String {
    from.precision == .double && precision == .single ? "(float) \(text)" : text
  }

  // MARK: One of many

  private mutating func write(
    _ rule: ReductionOperation, _ operand: Operations.Ref, _ ref: Operations.Ref, _ y: Place
  ) {
    let (shape, own) = (program.shape(operand), program.shape(ref))
    let share = shape.count / max(1, own.count)
    guard rule.kind != .count else {
      return block("for (int i0 = 0; i0 < \(own.count); i0++)") {
        $0.line("\(y("i0")) = \(share);")
      }
    }
    let x = place(operand, y.precision)
    let first = ["max": "-INFINITY", "min": "INFINITY"][rule.kind.rawValue] ?? "0"
    block("for (int i0 = 0; i0 < \(own.count); i0++)") { $0.line("\(y("i0")) = \(first);") }
    let loops = CLoops(
      shape.sizes, [shape.strides, CLoops.strides(of: own.sizes, along: shape.sizes)])
    loop(loops.sizes[...]) {
      let (from, to) = (x(loops.index(of: 0)), y(loops.index(of: 1)))
      switch rule.kind {
      case .max: $0.line("if (\(from) > \(to)) \(to) = \(from);")
      case .min: $0.line("if (\(from) < \(to)) \(to) = \(from);")
      case .sum, .mean, .count: $0.line("\(to) += \(from);")
      }
    }
    if rule.kind == .mean {
      block("for (int i0 = 0; i0 < \(own.count); i0++)") { $0.line("\(y("i0")) /= \(share);") }
    }
  }

  // MARK: Sums of products

  private mutating func write(
    _ rule: ProductOperation, _ a: Operations.Ref, _ b: Operations.Ref, _ ref: Operations.Ref,
    _ y: Place
  ) {
    let (aShape, bShape, yShape) = (program.shape(a), program.shape(b), program.shape(ref))
    let (x, w) = (converted(a, y.precision), converted(b, y.precision))
    let axes = rule.window
    let lead = aShape.rank - axes.count - 1
    let sizes = Array(aShape.sizes[lead..<aShape.rank - 1])
    let places = Array(yShape.sizes[lead..<yShape.rank - 1])
    let (k, n) = (bShape[bShape.rank - 2], bShape[bShape.rank - 1])
    let shared = aShape.sizes.prefix(rule.shared).reduce(1, *)
    let others = aShape.sizes[rule.shared..<lead].reduce(1, *)
    let type = y.precision == .single ? "float" : "double"
    let blocks = shared * others
    let (inA, inB, inY) = (
      sizes.reduce(1, *) * k, axes.reduce(1) { $0 * $1.size } * k * n, places.reduce(1, *) * n
    )
    let block = blocks == 1 ? "0" : "i0"
    let kernelBlock = shared == 1 ? "0" : others == 1 ? "i0" : "i0 / \(others)"
    loop(blocks == 1 ? [] : [blocks]) { writer in
      writer.loop(([0, 0] + places)[2...]) { writer in
        let place = Self.flat(places.indices.map { "i\($0 + 2)" }, places)
        writer.scope { writer in
          let to = Self.offset(y.pointer, [(block, inY), (place, n)])
          writer.line("\(type) *to = \(to);")
          writer.line("for (int j = 0; j < \(n); j++) to[j] = 0;")
          writer.window(axes, sizes, [], []) { writer, from, at in
            let from = Self.offset(x.pointer, [(block, inA), (from, k)])
            let kernel = Self.offset(w.pointer, [(kernelBlock, inB), (at, k * n)])
            writer.line("const \(type) *from = \(from);")
            writer.line("const \(type) *kernel = \(kernel);")
            writer.block("for (int p = 0; p < \(k); p++)") {
              $0.line("for (int j = 0; j < \(n); j++) to[j] += from[p] * kernel[p * \(n) + j];")
            }
          }
        }
      }
    }
  }

  /// A pointer moved by some places, each so many numbers wide.
  private static func offset(_ pointer: String, _ parts: [(index: String, width: Int)]) -> String {
    let moves = parts.filter { $0.index != "0" }.map { part in
      let index = part.index.contains(" ") ? "(\(part.index))" : part.index
      return part.width == 1 ? index : "\(index) * \(part.width)"
    }
    return ([pointer] + moves).joined(separator: " + ")
  }

  /// One place among several axes.
  private static func flat(_ indices: [String], _ sizes: [Int]) -> String {
    var text = indices.first ?? "0"
    for (index, size) in zip(indices, sizes).dropFirst() {
      text = "\(text.contains(" ") ? "(\(text))" : text) * \(size) + \(index)"
    }
    return text
  }

  /// Loops over a window's places that lie inside.
  private mutating func window(
    _ axes: [ProductOperation.Axis], _ sizes: [Int], _ from: [String], _ kernel: [String],
    _ body: (inout CWriter, String, String) -> Void
  ) {
    guard from.count < axes.count else {
      return body(&self, Self.flat(from, sizes), Self.flat(kernel, axes.map(\.size)))
    }
    let (index, axis) = (from.count, axes[from.count])
    block("for (int w\(index) = 0; w\(index) < \(axis.size); w\(index)++)") {
      $0.line(
        "const int at\(index) = i\(index + 2) * \(axis.stride) + w\(index) * \(axis.dilation)"
          + " - \(axis.before);")
      $0.line("if (at\(index) < 0 || at\(index) >= \(sizes[index])) continue;")
      $0.window(axes, sizes, from + ["at\(index)"], kernel + ["w\(index)"], body)
    }
  }

  // MARK: Pools

  mutating func write(
    _ pool: any WindowPooling, _ input: Operations.Ref, _ ref: Operations.Ref, _ y: Place
  ) {
    let (picture, out) = (program.shape(input).picture, program.shape(ref))
    let (x, channels) = (converted(input, y.precision), picture[2])
    let sizes = [picture[0], picture[1]]
    let axes = pool.window.axes(over: picture)
    loop(([0, 0] + out.sizes.prefix(2))[2...]) { writer in
      writer.line("float *to = \(y.pointer) + (i2 * \(out[1]) + i3) * \(channels);")
      let first = pool.takesLargest ? "-INFINITY" : "0"
      writer.line("for (int j = 0; j < \(channels); j++) to[j] = \(first);")
      if !pool.takesLargest { writer.line("int count = 0;") }
      writer.window(axes, sizes, [], []) { writer, from, _ in
        writer.line("const float *from = \(Self.offset(x.pointer, [(from, channels)]));")
        if pool.takesLargest {
          writer.block("for (int j = 0; j < \(channels); j++)") {
            $0.line("if (from[j] > to[j]) to[j] = from[j];")
          }
        } else {
          writer.line("for (int j = 0; j < \(channels); j++) to[j] += from[j];")
          writer.line("count++;")
        }
      }
      if !pool.takesLargest {
        writer.line("for (int j = 0; j < \(channels); j++) to[j] /= (float) count;")
      }
    }
  }

  // MARK: Picking

  private mutating func write(
    _ rule: GatherOperation, _ operands: [Operations.Ref], _ ref: Operations.Ref, _ y: Place
  ) {
    let shape = program.shape(operands[0])
    let x = place(operands[0], y.precision)
    let width = shape.sizes.dropFirst().reduce(1, *)
    let count = program.shape(ref).count / max(1, width)
    let fill = number(rule.fill, y.precision)
    let at: String
    var check = "at >= 0 && at < \(shape[0])"
    switch rule.places {
    case .fixed(let list, _):
      at = "\(table(list))[i0]"
      if list.allSatisfy({ (0..<shape[0]).contains($0) }) { check = "" }
    case .given:
      let places = place(operands[1], .double)
      // What is no number is no place either.
      let value = places("i0")
      let isPlace = "\(value) > -0.5 && \(value) < \(shape[0])"
      at = "\(isPlace) ? (int) (\(value) + 0.5) : -1"
    }
    loop([count][...]) {
      $0.line("const int at = \(at);")
      let picked = $0.cast(x("at * \(width) + i1"), x, to: y.precision)
      let value = check.isEmpty ? picked : "\(check) ? \(picked) : \(fill)"
      $0.loop(([0] + [width])[1...]) { $0.line("\(y("i0 * \(width) + i1")) = \(value);") }
    }
  }

  func number(_ value: Double, _ precision: FinishedModel.Precision) -> String {
    precision == .single ? CNumber.single(Float(value)) : CNumber.double(value)
  }
}
