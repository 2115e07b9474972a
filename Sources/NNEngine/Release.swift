/// Which release of the engine this is.
public enum Release {
  /// The version, which files that are written name.
  public static let version = "0.1.0"
}
