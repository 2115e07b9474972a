import Glibc
import NNScript

extension Screen {
  /// What a stream shows: plain under `--ascii`, `TERM=dumb` and without UTF-8, colours as the
  /// terminal says it has them.
  static func of(_ descriptor: Int32, isASCII: Bool, color: ColorChoice) -> Screen {
    let term = environment("TERM") ?? ""
    let isTerminal = isatty(descriptor) == 1
    return Screen(
      width: columns(descriptor), height: rows(descriptor),
      isUnicode: !isASCII && term != "dumb" && localeIsUTF8,
      colors: color.applies(toTerminal: isTerminal) ? colors(term) : .none)
  }

  private static func colors(_ term: String) -> Colors {
    if ["truecolor", "24bit"].contains(environment("COLORTERM") ?? "") || term.hasSuffix("-direct")
    {
      return .full
    }
    // These have the palette and names of their own.
    let modern = ["kitty", "alacritty", "foot", "wezterm", "ghostty"]
    if term.contains("256color") || modern.contains(where: term.contains) { return .palette }
    return term.isEmpty || term.hasPrefix("vt") ? .none : .basic
  }

  /// How many rows the terminal has; `nil` where there is none.
  private static func rows(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
    return Int(size.ws_row)
  }

  /// How many columns the terminal has; where there is none, what `COLUMNS` says, else 80.
  private static func columns(_ descriptor: Int32) -> Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return environment("COLUMNS").flatMap { Int($0) } ?? 80
  }

  private static var localeIsUTF8: Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let locale = names.lazy.compactMap(environment).first { !$0.isEmpty } ?? ""
    let coding = locale.lowercased().filter { $0 != "-" }
    return coding.contains("utf8")
  }
}
