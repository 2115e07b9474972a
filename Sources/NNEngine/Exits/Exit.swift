/// A form that other programs read, which a finished model can be written in.
///
/// An exit reads a `FinishedModel` and knows no layers: whatever a script can build goes out of it.
public protocol Exit: Sendable {
  /// How names of its files end: `.onnx`.
  var ending: String { get }
  /// What its form is called where several have one ending: `pytorch`.
  var name: String { get }
  /// What reads it, for help: `an ONNX graph`.
  var summary: String { get }

  /// The file that may stand beside the one at a path; `nil` where there is none.
  func companion(of path: String) -> String?

  /// Writes a model.
  ///
  /// - Parameter path: where the first file will stand; others are named after it.
  /// - Returns: the files. Those that others need come first, so that the last one written makes
  ///   the whole.
  /// - Throws: `EngineError.invalid` for what the form has no way to say, `.outOfMemory`,
  ///   `.interrupted`.
  func files(
    of model: FinishedModel, path: String, options: ExitOptions
  ) throws(EngineError) -> [ExitFile]
}

extension Exit {
  /// The ending without its point.
  public var name: String { String(ending.dropFirst()) }

  /// One file is all.
  public func companion(of path: String) -> String? { nil }
}

/// What can be said about how a model is written.
public struct ExitOptions: Sendable {
  /// Whether preprocessing goes out too; else the model begins with what the network is given.
  public var isRaw = true

  /// Preprocessing goes out too.
  public init(isRaw: Bool = true) { self.isRaw = isRaw }
}

/// A file of an exit.
public struct ExitFile: Sendable {
  /// Where it is to stand.
  public var path: String
  /// What is in it.
  public var bytes: [UInt8]

  /// Makes a file.
  public init(_ path: String, _ bytes: [UInt8]) { (self.path, self.bytes) = (path, bytes) }
}
