import CAllocationCount
import CNNScript
import NNLibrary
import Testing

@Suite struct NetworkTests {
  @Test func rowsArePredictedAsInScripts() throws {
    let caller = try Caller()
    caller.run(exclusiveOr + "\nlet all = [predict(x).probability for x in [[0, 0], [0, 1]]]")
    var (inputs, outputs) = (0, 0)
    #expect(Int(nns_sizes(caller.session, &inputs, &outputs)) == NNS_OK)
    #expect(inputs == 2 && outputs == 2)
    var answers = [Double](repeating: 0, count: 4)
    #expect(Int(nns_predict(caller.session, [0, 0, 0, 1], 2, 2, &answers, 4)) == NNS_OK)
    #expect(answers[0] + answers[1] == 1 && answers[0] > 0.9 && answers[3] > 0.9)
    #expect(caller.json("all") == "[\(answers[0]),\(answers[3])]")
    var narrow = [Float](repeating: 0, count: 4)
    #expect(Int(nns_predict_f32(caller.session, [0, 0, 0, 1], 2, 2, &narrow, 4)) == NNS_OK)
    #expect(narrow == answers.map(Float.init))
  }

  @Test func valuesAreInTheTargetsOwnUnits() throws {
    let caller = try Caller()
    let rows = (0..<40).map { "\($0),\(Double($0) * 1_000 + 500)" }.joined(separator: "\n")
    let table = "x,y\n" + rows + "\n"
    #expect(Int(nns_put_file(caller.session, "memory:t.csv", table, table.utf8.count)) == NNS_OK)
    caller.run("data \"memory:t.csv\"\nlayer dense 1\nloss mse\ntrain epochs=300 lr=0.05")
    #expect(caller.error == "")
    var answer = [0.0]
    #expect(Int(nns_predict(caller.session, [20], 1, 1, &answer, 1)) == NNS_OK)
    #expect(abs(answer[0] - 20_500) < 50)
  }

  @Test func misuseIsTold() throws {
    let caller = try Caller()
    var answers = [Double](repeating: 0, count: 4)
    #expect(Int(nns_predict(caller.session, [0, 0], 1, 2, &answers, 4)) == NNS_MISSING)
    caller.run(exclusiveOr)
    #expect(Int(nns_predict(caller.session, [0, 0], 1, 3, &answers, 4)) == NNS_MISUSE)
    #expect(caller.error.contains("3 numbers"))
    #expect(Int(nns_predict(caller.session, [0, 0], 1, 2, &answers, 1)) == NNS_ROOM)
    #expect(Int(nns_predict(caller.session, [.nan, 0], 1, 2, &answers, 4)) == NNS_FAILED)
    #expect(Int(nns_predict(caller.session, nil, 1, 2, &answers, 4)) == NNS_MISUSE)
    #expect(Int(nns_predict(caller.session, nil, 0, 2, nil, 0)) == NNS_OK)
    #expect(Int(nns_predict(caller.session, [0], .max, 2, &answers, 4)) == NNS_ROOM)
  }

  @Test func modelsWithTextsAreForScripts() throws {
    let caller = try Caller()
    let table = "kind,y\na,1\nb,2\na,1\nb,2\n"
    nns_put_file(caller.session, "memory:t.csv", table, table.utf8.count)
    caller.run("data \"memory:t.csv\"\nlayer dense 1\nloss mse\ntrain epochs=2")
    var answer = [0.0]
    #expect(Int(nns_predict(caller.session, [1], 1, 1, &answer, 1)) == NNS_KIND)
    #expect(caller.run("let p = predict({kind: \"a\"})") == NNS_OK)
  }

  @Test func modelsGoThroughMemory() throws {
    let first = try Caller()
    first.run(exclusiveOr)
    #expect(Int(nns_save(first.session, "memory:m.safetensors")) == NNS_OK)
    var bytes: UnsafeRawPointer?
    var count = 0
    #expect(Int(nns_get_file(first.session, "memory:m.safetensors", &bytes, &count)) == NNS_OK)
    let second = try Caller()
    #expect(Int(nns_put_file(second.session, "memory:x.safetensors", bytes, count)) == NNS_OK)
    #expect(Int(nns_load(second.session, "memory:x.safetensors")) == NNS_OK)
    var (a, b) = ([0.0, 0.0], [0.0, 0.0])
    nns_predict(first.session, [1, 0], 1, 2, &a, 2)
    nns_predict(second.session, [1, 0], 1, 2, &b, 2)
    #expect(a == b && a[1] > 0.9)
    #expect(Int(nns_put_file(second.session, "memory:x.safetensors", nil, 0)) == NNS_OK)
    #expect(Int(nns_load(second.session, "memory:x.safetensors")) == NNS_FAILED)
    #expect(Int(nns_get_file(second.session, "m.safetensors", &bytes, &count)) == NNS_MISUSE)
  }

  /// Whether the library was compiled with optimisation: without it, many values are on the heap.
  private static let isOptimized: Bool = {
    var isOptimized = true
    assert({ isOptimized = false }() == ())
    return isOptimized
  }()

  @Test(.enabled(if: isOptimized, "in builds with optimisation"))
  func oneRowAllocatesNothing() throws {
    let caller = try Caller()
    caller.run(exclusiveOr)
    var answers = [0.0, 0.0]
    let row = [0.0, 1.0]
    for round in 0..<20 {
      let before = allocations_of_this_thread()
      let status = nns_predict(caller.session, row, 1, 2, &answers, 2)
      let taken = allocations_of_this_thread() - before
      #expect(Int(status) == NNS_OK)
      if round >= 10 { #expect(taken == 0) }
    }
  }
}
