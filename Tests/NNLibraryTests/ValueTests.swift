import CNNScript
import NNLibrary
import Testing

@Suite struct ValueTests {
  @Test func valuesComeBackAsTheyWentIn() throws {
    let caller = try Caller()
    let session = caller.session
    #expect(Int(nns_set_number(session, "n", 0.1)) == NNS_OK)
    #expect(Int(nns_set_text(session, "t", "größer", -1)) == NNS_OK)
    let json = #"{"a":[1,2.5],"b":[true,null,"x"],"c":{"d":[]}}"#
    #expect(Int(nns_set_json(session, "r", json, -1)) == NNS_OK)
    #expect(
      caller.json("n") == "0.1" && caller.json("t") == "\"größer\"" && caller.json("r") == json)
    #expect(caller.json(nil) == #"["n","r","t"]"#)
    var number = 0.0
    #expect(Int(nns_get_number(session, "n", &number)) == NNS_OK && number == 0.1)
    #expect(Int(nns_get_number(session, "t", &number)) == NNS_KIND)
    #expect(Int(nns_get_number(session, "m", &number)) == NNS_MISSING)
    #expect(caller.run("print n * 2\nprint r.a[1]") == NNS_OK)
    #expect(caller.written == "0.2\n2.5\n")
  }

  /// What the checker knew of a name does not outlive a new value.
  @Test func aNameMayGetAValueOfAnotherKind() throws {
    let caller = try Caller()
    caller.run("let x = 1\nprint x")
    #expect(Int(nns_set_json(caller.session, "x", "[1,2]", -1)) == NNS_OK)
    #expect(caller.run("print len(x)\nx = 5\nprint x") == NNS_OK)
    #expect(caller.written == "1\n2\n5\n")
  }

  @Test(arguments: ["a b", "", "1x", "let", "x = 1\nprint 2", "x; print 1"])
  func whatIsNoNameIsRefused(name: String) throws {
    let caller = try Caller()
    #expect(Int(nns_set_number(caller.session, name, 1)) == NNS_FAILED)
    #expect(!caller.error.isEmpty && caller.written.isEmpty)
  }

  @Test func arraysGoInAndOut() throws {
    let caller = try Caller()
    let session = caller.session
    let values: [Double] = [1, 2, 3, 4, 5, 6]
    #expect(Int(nns_set_array(session, "a", values, [2, 3], 2)) == NNS_OK)
    #expect(Int(nns_set_array_f32(session, "b", values.map(Float.init), [6], 1)) == NNS_OK)
    caller.run("let c = a * 2\nlet d = [[1, 2], [3, 4]]")
    func array(_ name: String, room: Int = 6) -> (status: Int, [Double], [Int64]) {
      var found = [Double](repeating: -1, count: room)
      var shape = [Int64](repeating: -1, count: 4)
      var (count, rank) = (0, 0)
      let status = Int(nns_get_array(session, name, &found, room, &count, &shape, 4, &rank))
      return (status, Array(found.prefix(count)), Array(shape.prefix(rank)))
    }
    let c = array("c")
    #expect(c.status == NNS_OK && c.1 == [2, 4, 6, 8, 10, 12] && c.2 == [2, 3])
    #expect(array("d").1 == [1, 2, 3, 4] && array("d").2 == [2, 2])
    #expect(array("c", room: 5).status == NNS_ROOM)
    #expect(Int(nns_set_array(session, "e", values, [0, 3], 2)) == NNS_MISUSE)
    let huge = Int64(1) << 40
    #expect(Int(nns_set_array(session, "e", values, [huge, huge], 2)) == NNS_FAILED)
  }

  @Test func fieldsOfTheModelAreRead() throws {
    let caller = try Caller()
    caller.run(exclusiveOr)
    #expect(caller.json("model.dense1.weights")?.hasPrefix("{\"shape\":[2,8]") == true)
    #expect(caller.json("model.none.weights") == nil && caller.json("data.x.y") == nil)
  }

  @Test func functionsOfTheHostAreCalled() throws {
    let caller = try Caller()
    let defined = nns_define(
      caller.session, "area(width, height=2)", "An area.",
      { _, arguments, count, reply in
        let text = String(
          decoding: UnsafeRawBufferPointer(start: arguments, count: count), as: UTF8.self)
        if text == "[3,null]" { nns_reply_json(reply, "6", -1) }
        if text == "[3,4]" { nns_reply_json(reply, "{\"area\":12}", -1) }
        if text.hasPrefix("[0") { nns_reply_error(reply, "the width is 0", "give another") }
      }, nil)
    #expect(Int(defined) == NNS_OK)
    #expect(caller.run("print area(3)\nprint area(3, height=4).area") == NNS_OK)
    #expect(caller.written == "6\n12\n")
    #expect(caller.run("print 1\nprint area(0)") == NNS_FAILED)
    #expect(caller.error.contains("the width is 0") && caller.error.contains("give another"))
    #expect(caller.error.contains("2"))
    #expect(caller.run("area(1, 2, 3)") == NNS_FAILED)
    for signature in ["area", "(x)", "let(x)", "a b(x)"] {
      let status = nns_define(caller.session, signature, "", { _, _, _, _ in }, nil)
      #expect([NNS_FAILED, NNS_MISUSE].contains(Int(status)))
    }
  }
}
