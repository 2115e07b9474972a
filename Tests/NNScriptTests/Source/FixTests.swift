import NNScript
import Testing

/// What an editor is offered: where a word is mistyped and the message asks whether another was meant,
/// there is a fix, it puts that word in the place of the wrong one, and the mistake is gone.
@Suite struct FixTests {
  /// One slip in each place that names something; `~` stands before and behind the wrong word.
  @Test(arguments: [
    ("layer dense 64 ~rleu~", "relu"), ("layer ~dnse~ 64", "dense"), ("~lyer~ dense 64", "layer"),
    ("loss ~crosentropy~", "crossentropy"), ("optimizer ~adm~", "adam"),
    ("metric ~acuracy~", "accuracy"), ("optimizer adam ~bias_corection~=false", "bias_correction"),
    ("train ~epoch~=10", "epochs"), ("train epochs=1 ~quite~", "quiet"),
    ("print ~sqr~(2)", "sqrt"), ("let units = 16\nprint ~untis~", "units"),
    ("let units = 16\n~untis~ = 3", "units"), ("show ~weihts~", "weights"),
    ("show weights as=~mpa~", "map"), ("data ~irsi~", "iris"),
    ("def f(width) = width\nprint f(~widht~=2)", "width"),
    ("print round(2.5, ~digts~=1)", "digits"),
    ("layer dense 4 init=~zeroes~", "zeros"), ("layer dense 4 ~fozen~=true", "frozen"),
    ("data iris normalize=~minmx~", "minmax"), ("train lr=~cosin~(0.1)", "cosine"),
  ])
  func aWordThatIsMeantCanBePutInPlace(_ marked: String, _ meant: String) throws {
    let parts = marked.split(separator: "~", omittingEmptySubsequences: false).map(String.init)
    let text = parts.joined()
    let diagnostic = try #require(Self.problems(text).first, "\(text)")
    #expect(diagnostic.help.contains { $0.contains("`\(meant)`") }, "\(diagnostic)")
    let start = parts[0].utf8.count
    let range = try #require(diagnostic.primary?.range)
    #expect(range.start == start && range.end == start + parts[1].utf8.count, "\(text)")
    guard diagnostic.help == ["did you mean `\(meant)`?"] else { return }
    #expect(diagnostic.fixes.map(\.replacement) == [meant], "\(text)")
    #expect(diagnostic.fixes.map(\.range) == [range], "\(text)")
    let mended = parts[0] + meant + parts[2]
    #expect(!Self.problems(mended).contains { $0.message == diagnostic.message }, "\(mended)")
  }

  private static func problems(_ text: String) -> [Diagnostic] {
    let session = Session()
    return session.check(text).filter { $0.severity == .error }
  }
}
