import NNEngine
import Testing

@Suite struct SafetensorsTests {
  private let content = Safetensors(
    tensors: [
      "dense1.weights": Tensor(
        shape: [2, 3], elements: [1, -2, 0.1, .infinity, .leastNonzeroMagnitude, 6]),
      "dense1.bias": Tensor(shape: [3], elements: [0, -0.0, 3.5]),
      "step": Tensor(shape: [], elements: [7]), "empty": Tensor(shape: [0, 4], elements: []),
    ], metadata: ["text": "layer dense 3\n", "a": "ä"])

  private func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text + data
  }

  private func problem(_ bytes: [UInt8]) -> String? {
    do {
      _ = try Safetensors(decoding: bytes, path: "m")
      return nil
    } catch EngineError.badFile(_, let problem, _, _) {
      return problem
    } catch {
      return "not an engine error: \(error)"
    }
  }

  @Test func contentComesBackAsItWas() throws {
    let bytes = content.encoded()
    let back = try Safetensors(decoding: bytes, path: "m")
    #expect(back == content)
    #expect(back.encoded() == bytes)
    #expect(try Safetensors(decoding: Safetensors().encoded(), path: "m") == Safetensors())
  }

  @Test func bytesAreThoseOfTheFormat() {
    let bytes = Safetensors(
      tensors: [
        "b": Tensor(shape: [1], elements: [1]), "a": Tensor(shape: [2], elements: [2, 3]),
      ],
      metadata: ["z": "1", "y": "2"]
    ).encoded()
    var header =
      #"{"__metadata__":{"y":"2","z":"1"},"a":{"data_offsets":[0,8],"dtype":"F32","shape":[2]},"#
      + #""b":{"data_offsets":[8,12],"dtype":"F32","shape":[1]}}"#
    while header.utf8.count % 8 != 0 { header += " " }
    #expect(bytes == file(header, [0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x3f]))
  }

  @Test func otherWidthsAreReadAs32Bits() throws {
    let halves: [UInt8] = [
      0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x03, 0xff, 0x7b, 0x00, 0x7c, 0x00, 0x80, 0x55,
      0x35,
    ]
    let half = try Safetensors(
      decoding: file(#"{"h":{"dtype":"F16","shape":[8],"data_offsets":[0,16]}}"#, halves), path: "m"
    )
    // NumPy: np.frombuffer(bytes, np.float16).astype(np.float32)
    #expect(
      half.tensors["h"]?.elements
        == [1, -2, 5.960_464_5e-08, 6.097_555e-05, 65504, .infinity, -0.0, 0.333_251_95])
    let brain = try Safetensors(
      decoding: file(
        #"{"h":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#, [0x80, 0x3f, 0x49, 0xc0]),
      path: "m")
    #expect(brain.tensors["h"]?.elements == [1, -3.140_625])
    let double = try Safetensors(
      decoding: file(
        #"{"h":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#,
        [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f]), path: "m")
    #expect(double.tensors["h"]?.elements == [0.1])
    let whole = try Safetensors(
      decoding: file(
        #"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"#
          + #""b":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},"#
          + #""c":{"dtype":"U8","shape":[2],"data_offsets":[12,14]}}"#,
        [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 9, 0, 0, 0, 7, 200]), path: "m")
    #expect(whole.tensors.mapValues(\.elements) == ["a": [-2], "b": [9], "c": [7, 200]])
  }

  @Test func liesAreTold() {
    func one(_ entry: String) -> String? { problem(file("{\"t\":{\(entry)}}", [0, 0, 0, 0])) }
    #expect(one(#""dtype":"F32","shape":[1],"data_offsets":[0,4]"#) == nil)
    #expect(
      one(#""dtype":"C64","shape":[1],"data_offsets":[0,4]"#) == "its tensor `t` has the type C64")
    for shape in ["[2]", "[0]", "[1,3]", "[]", "[9007199254740992,9007199254740992,0]"] {
      let found = one("\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,4]")
      #expect((found == nil) == (shape == "[]"), "\(shape): \(found ?? "accepted")")
    }
    for shape in ["[-1]", "[1.5]", "7", "[\"1\"]", "null"] {
      #expect(
        one("\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,4]")
          == "its tensor `t` has no proper shape")
    }
    for offsets in ["[0,5]", "[4,0]", "[-4,0]", "[0]", "[0,1e300]", "[1e15,1e15]", "7"] {
      #expect(
        one("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":\(offsets)")
          == "its tensor `t` lies outside the file", "\(offsets)")
    }
    let pair = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":"#
    #expect(
      problem(
        file(pair + #"{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#, [0, 0, 0, 0, 0, 0]))
        == "its tensors `a` and `b` overlap")
    #expect(
      problem(file(pair + #"{"dtype":"F32","shape":[1],"data_offsets":[5,9]}}"#, Array(0..<9)))
        == "1 bytes before `b` belong to no tensor")
    #expect(problem(file("{}", [1])) == "1 bytes at its end belong to no tensor")
    #expect(problem(file("[]")) == "its header is no JSON object")
    #expect(problem(file(#"{"__metadata__":{"a":1}}"#)) == "its metadata `a` is no text")
    #expect(
      problem([255, 255, 255, 255, 255, 255, 255, 255, 0x7b, 0x7d])
        == "not a safetensors file: its header claims 18446744073709551615 bytes, the file has 10"
    )
  }

  @Test func everyTruncationAndManyChangesAreSurvived() {
    let bytes = content.encoded()
    for length in bytes.indices {
      #expect(problem(Array(bytes[..<length])) != nil, "\(length) bytes")
    }
    var random = TestRandom(state: 8)
    for _ in 0..<5_000 {
      var changed = bytes
      for _ in 0..<1 + random.next() % 3 {
        changed[Int(random.next() % UInt64(changed.count))] = UInt8(
          truncatingIfNeeded: random.next())
      }
      #expect(problem(changed)?.hasPrefix("not an engine error") != true)
    }
  }
}
