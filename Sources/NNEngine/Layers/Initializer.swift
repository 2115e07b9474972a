/// How a parameter starts.
public protocol Initializer: Sendable {
  /// The word a script uses.
  var name: String { get }
  /// Starting values; `fanIn` and `fanOut` are how many inputs and outputs a weight connects. Fewer
  /// than `count` only where the thread's `Allowance` ends the work.
  func values(count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream) -> [Float]
}

func normalValues(_ count: Int, _ deviation: Double, _ stream: inout RandomStream) -> [Float] {
  madeValues(count) { Float(stream.normal() * deviation) }
}

func uniformValues(_ count: Int, _ bound: Double, _ stream: inout RandomStream) -> [Float] {
  madeValues(count) { Float((stream.uniform() * 2 - 1) * bound) }
}

/// Values made one by one, which may take a while: where the thread's `Allowance` ends the work, the
/// rest is missing.
func madeValues(_ count: Int, _ make: () -> Float) -> [Float] {
  [Float](unsafeUninitializedCapacity: count) { values, made in
    for index in 0..<count {
      if index & 0xFFFF == 0, Allowance.isHalted { break }
      values[index] = make()
      made = index + 1
    }
  }
}
