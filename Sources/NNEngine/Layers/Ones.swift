/// One everywhere: how factors start that are to change nothing at first.
struct Ones: Initializer {
  let name = "ones"

  func values(count: Int, fanIn: Int, fanOut: Int, stream: inout RandomStream) -> [Float] {
    madeValues(count) { 1 }
  }
}
