import Glibc
import Testing

@testable import NNScript

@Suite struct SlopeTests {
  @Test(arguments: [-3, -0.5, 0, 0.1, 2] as [Double]) func smoothFunctions(_ x: Double) {
    #expect(abs(slope(at: x, of: { exp($0) }) - exp(x)) < 1e-9 * exp(x) + 1e-11)
    #expect(abs(slope(at: x, of: { sin($0) }) - cos(x)) < 1e-11)
    #expect(abs(slope(at: x, of: { $0 * $0 * $0 }) - 3 * x * x) < 1e-10)
  }

  /// Steps shrink until the kink lies outside of them.
  @Test(arguments: [-1, -1e-3, -1e-6, 1e-6, 1e-3, 1] as [Double]) func nearAKink(_ x: Double) {
    #expect(abs(slope(at: x, of: { max(0, $0) }) - (x > 0 ? 1 : 0)) < 1e-6)
  }

  @Test func onAKinkTheLeftSideCounts() {
    #expect(slope(at: 0, of: { max(0, $0) }) == 0)
  }
}
