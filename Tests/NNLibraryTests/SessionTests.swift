import CNNScript
import Glibc
import NNLibrary
import Synchronization
import Testing

@Suite struct SessionTests {
  @Test func theVersionIsToldInTheHeadersNumber() {
    #expect(nns_abi() == NNS_ABI)
    #expect(String(cString: nns_version()).split(separator: ".").count == 3)
  }

  @Test func resultsWarningsAndEventsAreHandedOver() throws {
    let caller = try Caller()
    #expect(caller.run("print 6 * 7\n" + exclusiveOr) == NNS_OK)
    #expect(caller.written.hasPrefix("42\n"))
    #expect(caller.events.contains { $0.contains("\"training_started\"") })
    #expect(caller.events.contains { $0.contains("\"epoch\"") })
    #expect(caller.error.isEmpty && caller.diagnosed.isEmpty)
  }

  @Test func errorsHaveCodePositionAndHint() throws {
    let caller = try Caller()
    #expect(caller.run("layer dense 16 rleu") == NNS_FAILED)
    #expect(caller.error.contains("relu"))
    var count = 0
    let json = try #require(nns_diagnostics(caller.session, &count).map { String(cString: $0) })
    #expect(count == json.utf8.count && json.hasPrefix("[{") && json.contains("\"line\":1"))
    #expect(caller.diagnosed.count == 1)
    #expect(caller.run("print 1") == NNS_OK)
    #expect(caller.error.isEmpty)
  }

  @Test func checkingRunsNothing() throws {
    let caller = try Caller()
    let text = "let x = 1\nprint y"
    #expect(Int(nns_check(caller.session, text, -1)) == NNS_FAILED)
    #expect(caller.error.contains("`y`") && caller.json("x") == nil && caller.written.isEmpty)
    #expect(Int(nns_check(caller.session, "let x = 1", -1)) == NNS_OK)
  }

  @Test func aTextMayHoldAZeroAndNeedsNone() throws {
    let caller = try Caller()
    #expect(Int(nns_run(caller.session, "print 1+1garbage", 9)) == NNS_OK)
    #expect(caller.written == "2\n")
    #expect(Int(nns_set_text(caller.session, "t", "a\0b", 3)) == NNS_OK)
    #expect(caller.json("t") == #""a\u0000b""#)
  }

  @Test func textsThatAreNoUTF8AreRefused() throws {
    let caller = try Caller()
    let bytes: [CChar] = [CChar(bitPattern: 0xff), 0]
    #expect(Int(nns_run(caller.session, bytes, 1)) == NNS_MISUSE)
    #expect(caller.error.contains("UTF-8"))
    #expect(Int(nns_run(nil, "print 1", -1)) == NNS_MISUSE)
    #expect(Int(nns_run(caller.session, nil, 3)) == NNS_MISUSE)
  }

  @Test func cancellingStopsATrainingAndKeepsTheNetwork() throws {
    let caller = try Caller()
    caller.run("let before = 1")
    let session = UInt(bitPattern: caller.session)
    caller.onEvent = { event in
      if event.contains("\"epoch\",\"epoch\":3,") || event.contains("\"epoch\":3,\"last_epoch\"") {
        nns_cancel(OpaquePointer(bitPattern: session))
      }
    }
    let endless = exclusiveOr.replacingEpochs(with: 100_000_000)
    #expect(caller.run(endless) == NNS_CANCELLED)
    caller.onEvent = nil
    #expect(caller.run("let answers = predict([0, 1])\nprint before") == NNS_OK)
    #expect(caller.written == "1\n")
  }

  @Test func aTimeLimitHoldsForEachCall() throws {
    let caller = try Caller { $0.time_limit = 0.05 }
    let start = ContinuousClock.now
    #expect(caller.run("let n = 0\nwhile true { n = n + 1 }") == NNS_LIMIT)
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(caller.error.contains("time limit"))
    #expect(caller.run("print 1") == NNS_OK)
  }

  @Test func anOutputLimitHolds() throws {
    let caller = try Caller { $0.output_limit = 100 }
    #expect(caller.run("for i in 1..1000000 { print i }") == NNS_LIMIT)
    #expect(caller.written.utf8.count <= 100 && caller.error.contains("output limit"))
    #expect(caller.run("print 1") == NNS_OK)
  }

  @Test func aMemoryLimitHolds() throws {
    let caller = try Caller { $0.memory_limit = 64 << 20 }
    #expect(caller.run("let a = zeros(4000, 4000)\nlet b = zeros(4000, 4000)") == NNS_FAILED)
    #expect(caller.error.contains("MB are left"))
    #expect(caller.run("print 1") == NNS_OK)
  }

  @Test func limitsBelowZeroAndMissingFoldersAreMisuse() {
    for change: (inout nns_config) -> Void in [
      { $0.time_limit = -1 }, { $0.time_limit = .nan }, { $0.threads = -1 }, { $0.size = 4 },
    ] {
      var config = nns_config()
      config.size = MemoryLayout<nns_config>.size
      change(&config)
      var session: OpaquePointer?
      #expect(Int(nns_open(&config, &session)) == NNS_MISUSE && session == nil)
    }
    "/no such folder".withCString { path in
      var config = nns_config()
      (config.size, config.read_root) = (MemoryLayout<nns_config>.size, path)
      var session: OpaquePointer?
      #expect(Int(nns_open(&config, &session)) == NNS_MISUSE)
    }
  }

  @Test func aSessionAtWorkIsBusy() throws {
    let caller = try Caller()
    var statuses: [Int] = []
    caller.onEvent = { _ in statuses.append(Int(nns_run(caller.session, "print 1", -1))) }
    caller.run(exclusiveOr)
    #expect(statuses.count > 1 && statuses.allSatisfy { $0 == NNS_BUSY })
    caller.onEvent = nil
  }

  @Test func typingIsHelped() throws {
    let caller = try Caller()
    #expect(nns_is_complete("for i in 1..2 {", -1) == 0)
    #expect(nns_is_complete("print 1", -1) == 1 && nns_is_complete("let = ", -1) == -1)
    var json: UnsafePointer<CChar>?
    var count = 0
    #expect(Int(nns_complete(caller.session, "layer den", -1, 9, &json, &count)) == NNS_OK)
    let found = try #require(json.map { String(cString: $0) })
    #expect(found.contains("\"text\":\"dense\"") && found.contains("\"start\":6"))
    #expect(Int(nns_help(caller.session, "layer dense", &json, &count)) == NNS_OK)
    #expect(json.map { String(cString: $0).contains("units") } == true)
    #expect(Int(nns_help(caller.session, "layer dnse", &json, &count)) == NNS_MISSING)
    #expect(caller.error.contains("dense"))
  }

  @Test func whatASessionHeldIsFreedWhenItIsClosed() throws {
    func resident() throws -> Int {
      var lines = ""
      let file = fopen("/proc/self/statm", "r")
      defer { fclose(file) }
      var buffer = [CChar](repeating: 0, count: 200)
      if fgets(&buffer, 200, file) != nil {
        lines = String(decoding: buffer.map(UInt8.init), as: UTF8.self)
      }
      return try #require(lines.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4_096
    }
    func use() throws {
      let caller = try Caller { $0.threads = 1 }
      caller.run("let big = zeros(1000, 1000) + 0.5")
    }
    for _ in 0..<3 { try use() }
    let before = try resident()
    for _ in 0..<20 { try use() }
    // One of them alone holds 4 MB.
    #expect(try resident() - before < 40 << 20)
  }

  @Test func sessionsInThreadsGiveTheBytesOfOne() async throws {
    @Sendable func answers() throws -> String {
      let caller = try Caller { $0.threads = 1 }
      caller.run(exclusiveOr + "\nlet w = model.dense1.weights\nsave \"memory:m.safetensors\"")
      return try #require(caller.json("w"))
    }
    let expected = try answers()
    let found = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { try answers() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(found.count == 8 && found.allSatisfy { $0 == expected })
  }
}

extension String {
  fileprivate func replacingEpochs(with count: Int) -> String {
    split(separator: "epochs=500").joined(separator: "epochs=\(count)")
  }
}
