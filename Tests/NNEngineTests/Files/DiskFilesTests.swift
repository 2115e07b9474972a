import Glibc
import NNEngine
import Testing

/// Each test has a folder of its own, which is removed with the suite's value.
@Suite final class DiskFilesTests {
  private let files = DiskFiles()
  private let folder: String

  init() throws {
    var template = Array("/tmp/nns-files-XXXXXX".utf8CString)
    folder = String(cString: try #require(mkdtemp(&template)))
  }

  deinit {
    for name in (try? files.list(folder)) ?? [] {
      chmod(folder + "/" + name, 0o700)
      if unlink(folder + "/" + name) != 0 { rmdir(folder + "/" + name) }
    }
    rmdir(folder)
  }

  private func reason(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch EngineError.unreadableFile(_, let reason) {
      return reason
    } catch {
      return "\(error)"
    }
  }

  @Test func whatIsWrittenIsReadAndNothingElseStays() throws {
    let path = folder + "/a"
    for size in [0, 1, 65_536, 1_000_003] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try files.write(bytes, to: path)
      #expect(try files.read(path) == bytes)
      #expect(try files.read(path, atMost: 10) == Array(bytes.prefix(10)))
      #expect(files.kind(of: path) == .file(size: size))
      #expect(try files.list(folder) == ["a"])
    }
  }

  @Test func replacingKeepsPermissionsAndFollowsLinks() throws {
    let path = folder + "/a"
    try files.write([1], to: path)
    chmod(path, 0o640)
    symlink("a", folder + "/link")
    try files.write([2], to: folder + "/link")
    #expect(try files.read(path) == [2])
    var facts = stat()
    lstat(path, &facts)
    #expect(facts.st_mode & 0o777 == 0o640)
    lstat(folder + "/link", &facts)
    #expect(facts.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func aLinkThatLeadsNowhereIsFollowed() throws {
    symlink("later", folder + "/link")
    try files.write([3], to: folder + "/link")
    #expect(try files.read(folder + "/later") == [3])
    var facts = stat()
    lstat(folder + "/link", &facts)
    #expect(facts.st_mode & S_IFMT == S_IFLNK)
  }

  @Test func newFilesHaveTheRightsOfOthers() throws {
    let path = folder + "/a"
    try files.write([1], to: path)
    let other = open(folder + "/b", O_WRONLY | O_CREAT, 0o666)
    close(other)
    var (written, made) = (stat(), stat())
    stat(path, &written)
    stat(folder + "/b", &made)
    #expect(written.st_mode == made.st_mode)
  }

  @Test func whatAnEndedProcessLeftOfThisPathIsRemoved() throws {
    // The numbers of processes end before this one.
    for name in [".nns-99999999-0-a.part", ".nns-99999999-0-b.part", ".nns-\(getpid())-7-a.part"] {
      try files.write([0], to: folder + "/" + name)
    }
    try files.write([1], to: folder + "/a")
    #expect(
      try files.list(folder).sorted()
        == [
          ".nns-99999999-0-b.part", ".nns-\(getpid())-7-a.part", "a",
        ].sorted())
  }

  @Test func whatCannotBeReadSaysWhy() throws {
    #expect(throws: EngineError.fileNotFound(path: folder + "/b", folder: folder, present: ["a"])) {
      try files.write([], to: folder + "/a")
      _ = try files.read(folder + "/b")
    }
    #expect(reason { _ = try files.read(folder) } == "it is a folder")
    #expect(files.kind(of: folder) == .folder)
    #expect(files.kind(of: folder + "/none") == .missing)
    #expect(files.kind(of: "/dev/null") == .stream)
    #expect(try files.read("/proc/self/status").count > 100)
  }

  @Test func whatCannotBeWrittenSaysWhyAndLeavesNothing() throws {
    #expect(reason { try files.write([1], to: folder) } == "it is a folder")
    #expect(reason { try files.write([1], to: folder + "/no/a") } == "there is no such folder")
    #expect(
      reason { try files.write([1], to: folder + "/" + String(repeating: "x", count: 300)) }
        == "the name is too long")
    #expect(try files.list(folder).isEmpty)
    try files.write([1], to: "/dev/null")
    #expect(reason { try files.write([1], to: "/dev/full") } == "the disk is full")
  }

  /// The administrator may write everywhere, so there is nothing to see then.
  @Test(.enabled(if: geteuid() != 0)) func permissionsAreRespected() throws {
    let path = folder + "/a"
    try files.write([1], to: path)
    chmod(path, 0o400)
    #expect(reason { try files.write([2], to: path) } == "permission is missing")
    chmod(path, 0)
    #expect(reason { _ = try files.read(path) } == "permission is missing")
    #expect(try files.list(folder) == ["a"])
  }
}
