/// Why a network, its targets and its loss do not fit together, with what would.
public struct Misfit: Error, Sendable, Equatable {
  /// What has to be changed.
  public enum Place: Sendable, Equatable {
    case lastLayer, loss, targets, command
  }

  /// What is wrong, in one sentence.
  public var message: String
  /// Where.
  public var place: Place
  /// What stands at that place, in a few words.
  public var label: String
  /// Lines to type, each of which mends it.
  public var help: [String]
  /// How many outputs were found and are needed, where that is what is wrong.
  public var units: (found: Int, needed: Int)?

  /// Makes a misfit.
  public init(
    _ message: String, at place: Place, _ label: String = "", help: [String],
    units: (found: Int, needed: Int)? = nil
  ) {
    self.message = message
    self.place = place
    self.label = label
    self.help = help
    self.units = units
  }

  /// By what is said; the numbers of outputs are in it.
  public static func == (a: Misfit, b: Misfit) -> Bool {
    a.message == b.message && a.place == b.place && a.label == b.label && a.help == b.help
  }
}
