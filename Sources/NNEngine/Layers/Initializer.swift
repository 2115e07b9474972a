/// How a parameter starts.
public protocol Initializer: Sendable {
  /// The word a script uses.
  var name: String { get }
  /// Starting values; `fanIn` and `fanOut` are how many inputs and outputs a weight connects.
  func values(count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream) -> [Float]
}

func normalValues(_ count: Int, _ deviation: Double, _ stream: inout RandomStream) -> [Float] {
  (0..<count).map { _ in Float(stream.normal() * deviation) }
}

func uniformValues(_ count: Int, _ bound: Double, _ stream: inout RandomStream) -> [Float] {
  (0..<count).map { _ in Float((stream.uniform() * 2 - 1) * bound) }
}
