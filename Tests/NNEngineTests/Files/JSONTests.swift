import NNEngine
import Testing

@Suite struct JSONTests {
  @Test func valuesComeBackAsTheyWere() throws {
    let value: JSONValue = [
      "text": "line\nquote\" back\\ tab\t bell\u{7} é 😀", "whole": 12, "share": 0.1,
      "tiny": .number(.leastNonzeroMagnitude),
      "large": 1.7976931348623157e308, "minus": -0.0, "list": [1, [], [:], .null, true, false],
    ]
    let text = value.text()
    #expect(try JSONValue(parsing: text) == value)
    #expect(try JSONValue(parsing: text).text() == text)
    #expect(try JSONValue(parsing: text)["minus"]?.number?.sign == .minus)
  }

  @Test func textIsShortAndKeysAreSortedOnRequest() {
    let value: JSONValue = ["b": 1, "a": [0.5, 1e20, .number(.nan)], "é": "\u{1}"]
    #expect(value.text() == #"{"b":1,"a":[0.5,1e+20,null],"é":"\u0001"}"#)
    #expect(value.text(sortedKeys: true) == #"{"a":[0.5,1e+20,null],"b":1,"é":"\u0001"}"#)
  }

  @Test func whatOthersWriteIsRead() throws {
    #expect(
      try JSONValue(
        parsing: " { \"a\" : [ 1.5e+2 , -0 ] ,\r\n\t\"b\":\"\\u00e9\\/\\ud83d\\ude00\"} ")
        == ["a": [150, -0.0], "b": "é/😀"])
  }

  /// White space may stand between any two signs.
  @Test(arguments: ["", " ", "\n", "\t", "\r\n", "  \n\t "])
  func whiteSpaceMeansNothing(_ gap: String) throws {
    let signs = [
      "[", "1", ",", "[", "]", ",", "{", "}", ",", "{", "\"a\"", ":", "true", ",", "\"b\"", ":",
      "[", "null", "]", "}", "]",
    ]
    let text = gap + signs.joined(separator: gap) + gap
    let empty: JSONValue = [:]
    #expect(try JSONValue(parsing: text) == [1, [], empty, ["a": true, "b": [.null]]])
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1,}", "{a:1}", "01", "1.",
    "1e", "-", "+1", ".5", "nul", "tru", "NaN", "1 2", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
    "\"\\ud800\\u0041\"", "\"a\nb\"", "{\"a\":1,\"a\":2}", "1e999", "]", "[1]]",
  ])
  func textThatIsNoJSONIsRefused(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test func depthIsBounded() throws {
    let deep = { (levels: Int) in
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    _ = try JSONValue(parsing: deep(150))
    // A value may stand in 200 arrays or objects.
    func wrapped(_ levels: Int) -> String {
      let (open, close) = (["[", "{\"a\":"], ["]", "}"])
      return (0..<levels).map { open[$0 % 2] }.joined() + "1"
        + (0..<levels).reversed().map { close[$0 % 2] }.joined()
    }
    _ = try JSONValue(parsing: wrapped(200))
    #expect(throws: JSONError.self) { try JSONValue(parsing: wrapped(201)) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: deep(100_000)) }
  }

  @Test func anErrorSaysWhatAndWhere() {
    do {
      _ = try JSONValue(parsing: [0x5b, 0x22, 0xff, 0x22])
    } catch {
      #expect((error as? JSONError)?.problem == "a text is not UTF-8")
      #expect((error as? JSONError)?.offset == 4)
    }
  }

  @Test func floatsComeBackToTheSameBits() throws {
    #expect(JSONValue.float(0.1).text() == "0.1")
    var random = TestRandom(state: 6)
    for _ in 0..<20_000 {
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      guard value.isFinite else { continue }
      let text = JSONValue.float(value).text()
      let back = try JSONValue(parsing: text).number.map { Float($0) }
      #expect(back?.bitPattern == value.bitPattern, "\(text)")
    }
  }

  @Test func randomTextIsSurvived() {
    var random = TestRandom(state: 7)
    let signs = Array("{}[]\",:0123456789.eE+-truefalsn\\u \n".utf8)
    var read = 0
    for _ in 0..<20_000 {
      let text = (0..<random.next() % 24).map { _ in signs[Int(random.next() % UInt64(signs.count))]
      }
      if let value = try? JSONValue(parsing: text) {
        read += 1
        #expect((try? JSONValue(parsing: value.text())) == value)
      }
    }
    #expect(read > 100)
  }
}

@Suite struct PreprocessingJSONTests {
  private let full = Preprocessing(
    inputShape: [2, 1],
    inputScaling: .init(scale: [0.1, 1 / 3], shift: [-0.0, .leastNonzeroMagnitude]),
    targetScaling: .init(scale: [1 / 77.005_745_9], shift: [-1.975_612]),
    inputNames: ["a", "länge \"x\""], targetNames: ["y"], classNames: ["ja", "nein"])

  @Test func descriptionsComeBackToTheSameBits() throws {
    for one in [full, Preprocessing(inputShape: [28, 28, 1])] {
      let back = try #require(Preprocessing(json: JSONValue(parsing: one.json.text())))
      #expect(back == one)
    }
    #expect(
      try Preprocessing(json: JSONValue(parsing: full.json.text()))?.inputScaling?.shift.map(
        \.bitPattern)
        == full.inputScaling?.shift.map(\.bitPattern))
  }

  @Test func descriptionsThatContradictThemselvesAreRefused() throws {
    let good = full.json.text()
    for (old, new) in [
      ("[2,1]", "[3,1]"), ("[2,1]", "[2,-1]"), ("[2,1]", "[16777217,1]"), ("[2,1]", "[0]"),
      ("[2,1]", "[16000000,16000000,16000000,16000000]"), ("[2,1]", "7"),
      ("[\"y\"]", "[1]"), ("\"scale\":[0.1,", "\"scale\":["),
      ("\"scale\":[0.1,", "\"scale\":[0,"),
      ("\"input_shape\"", "\"other\""), ("\"class_names\"", "\"other\""),
    ] {
      let text = good.replacing(old, with: new)
      #expect(text != good)
      #expect(Preprocessing(json: try JSONValue(parsing: text)) == nil, "\(text)")
    }
    #expect(Preprocessing(json: "text") == nil)
  }

  /// Files written before scalings had 64 bits hold the shortest texts of 32-bit numbers.
  @Test func scalingsOfOlderFilesAreRead() throws {
    let text = full.json.text()
    let start = try #require(text.firstRange(of: "\"input_scaling\":"))
    let end = try #require(text.firstRange(of: ",\"input_names\""))
    let old =
      text[..<start.upperBound] + "{\"scale\":[0.1,2],\"shift\":[-1.1,0]}" + text[end.lowerBound...]
    let scaling = try #require(Preprocessing(json: JSONValue(parsing: String(old)))?.inputScaling)
    #expect(scaling.scale == [Double(Float(0.1)), 2])
    #expect(abs(scaling.shift[0] - Double(Float(-1.1))) < 1e-15 && scaling.shift[1] == 0)
  }
}
