import NNEngine

// Parameters whose kinds only the language knows; the engine's own are in `Parameter`.

extension Parameter where Value == NNScript.Value? {
  /// Any value, or whatever of `kind` fits; `nil` where it was left out.
  public static func value(
    _ name: String, _ kind: ParameterKind = .value, whenAbsent: String? = nil,
    option: Bool = false, _ summary: String
  ) -> Self {
    Parameter(name, kind, summary, defaultText: whenAbsent, isPositional: !option) {
      switch $0 {
      case .none: nil
      case .host(let value): value as? NNScript.Value
      case .integer(let number): .number(Double(number))
      case .number(let number): .number(number)
      case .truth(let truth): .truth(truth)
      case .text(let text): .text(text)
      case .texts(let texts): .list(texts.map { .text($0) })
      case .size(let sizes): .list(sizes.map { .number(Double($0)) })
      case .tensor(let tensor): .tensor(tensor)
      }
    }
  }
}

extension Parameter where Value == [NNScript.Value] {
  /// All remaining plain values.
  ///
  /// - Parameter kind: what else they may be: names, for one.
  public static func values(
    _ name: String, _ kind: ParameterKind = .value, whenAbsent: String? = nil, _ summary: String
  ) -> Self {
    Parameter(name, kind, summary, defaultText: whenAbsent, isVariadic: true) {
      switch $0 {
      case .host(let values as [NNScript.Value]): values
      case .texts(let names): names.map { .text($0) }
      default: []
      }
    }
  }
}

extension Parameter where Value == [String] {
  /// One name or several, as bare words, texts or a list.
  public static func names(
    _ name: String, of noun: String = "name", whenAbsent: String = "none", option: Bool = true,
    isVariadic: Bool = false, _ summary: String
  ) -> Self {
    Parameter(
      name, .names(of: noun), summary, defaultText: whenAbsent, isPositional: !option,
      isVariadic: isVariadic
    ) {
      switch $0 {
      case .text(let text): [text]
      case .texts(let texts): texts
      default: []
      }
    }
  }

  /// Words of a family side by side: `metric accuracy mae`.
  public static func words(
    _ name: String, family: String, whenAbsent: String? = nil, _ summary: String
  ) -> Self {
    Parameter(
      name, .words(family: family), summary, defaultText: whenAbsent, isVariadic: true
    ) {
      if case .texts(let texts) = $0 { texts } else { [] }
    }
  }
}

extension Parameter where Value == String? {
  /// Something given as text that may be left out.
  public static func optional(
    _ name: String, _ kind: ParameterKind, whenAbsent: String, option: Bool = true,
    _ summary: String
  ) -> Self {
    Parameter(name, kind, summary, defaultText: whenAbsent, isPositional: !option) {
      if case .text(let text) = $0 { text } else { nil }
    }
  }
}

extension Parameter where Value == String {
  /// A path, text or name that must be given.
  public static func required(_ name: String, _ kind: ParameterKind, _ summary: String) -> Self {
    Parameter(name, kind, summary) {
      if case .text(let text) = $0 { text } else { "" }
    }
  }
}

extension Parameter where Value == Int? {
  /// A whole number that may be left out.
  public static func optionalInteger(
    _ name: String, _ range: ClosedRange<Int>, whenAbsent: String, option: Bool = true,
    _ summary: String
  ) -> Self {
    Parameter(
      name, .integer(range), summary, defaultText: whenAbsent, isPositional: !option
    ) {
      if case .integer(let number) = $0 { number } else { nil }
    }
  }
}

extension Parameter where Value == [Int] {
  /// A size that must be given, or left out where `whenAbsent` says what that means.
  public static func size(
    _ name: String, maxRank: Int, whenAbsent: String? = nil, option: Bool = false, _ summary: String
  ) -> Self {
    Parameter(
      name, .size(maxRank: maxRank), summary, defaultText: whenAbsent, isPositional: !option
    ) {
      if case .size(let sizes) = $0 { sizes } else { [] }
    }
  }
}

extension Parameter where Value == Bool? {
  /// A truth option that may be left open.
  public static func optionalTruth(_ name: String, whenAbsent: String, _ summary: String) -> Self {
    Parameter(name, .truth, summary, defaultText: whenAbsent, isPositional: false) {
      if case .truth(let truth) = $0 { truth } else { nil }
    }
  }
}
