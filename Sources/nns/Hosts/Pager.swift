import Glibc

/// Sends text that is longer than the screen through the user's pager: `NNS_PAGER`, else `PAGER`;
/// an empty one turns it off.
enum Pager {
  /// The command, if the user named one.
  static var command: String? {
    let named = getenv("NNS_PAGER") ?? getenv("PAGER")
    guard let named, named.pointee != 0 else { return nil }
    return String(cString: named)
  }

  /// Shows a text in the pager.
  ///
  /// - Returns: false where there is none, or it does not start: the text is still to be shown.
  static func show(_ text: String) -> Bool {
    guard let command, let stream = popen(command, "w") else { return false }
    fputs(text, stream)
    // 127 is what the shell says of a program that is not there.
    return pclose(stream) >> 8 != 127
  }
}
