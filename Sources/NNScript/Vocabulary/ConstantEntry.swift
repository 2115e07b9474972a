import Glibc

/// A number with a name, such as `pi`. A script's own names win over it.
struct ConstantEntry {
  var name: String
  /// One sentence for help.
  var summary: String
  var value: Double
  /// A line that runs as it stands.
  var example: String

  /// All of them.
  static let standard = [
    ConstantEntry(
      name: "pi", summary: "The length of a circle over its diameter, 3.141593.", value: .pi,
      example: "print 2 * pi"),
    ConstantEntry(
      name: "e", summary: "The base of the natural logarithm, 2.718282: `e^x` is `exp(x)`.",
      value: M_E, example: "print e^2"),
  ]
}
