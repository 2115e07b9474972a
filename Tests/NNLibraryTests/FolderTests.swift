import CNNScript
import Glibc
import NNLibrary
import Testing

/// What scripts reach of the disk.
@Suite struct FolderTests {
  /// A folder with `inside/` and `outside.csv`.
  private final class Folder {
    let path: String
    var inside: String { path + "/inside" }

    init() throws {
      var template = Array("/tmp/nns-folder-XXXXXX".utf8CString)
      path = String(cString: try #require(mkdtemp(&template)))
      mkdir(inside, 0o755)
      mkdir(inside + "/deep", 0o755)
      write("x,y\n1,2\n2,3\n3,4\n4,5\n", to: inside + "/t.csv")
      write("x,y\n1,2\n", to: path + "/outside.csv")
      symlink(path + "/outside.csv", inside + "/out.csv")
      symlink(path, inside + "/up")
      symlink("t.csv", inside + "/same.csv")
      symlink(path + "/new.csv", inside + "/dangling.csv")
    }

    deinit {
      for name in [
        "deep/m.safetensors", "deep", "t.csv", "out.csv", "up", "same.csv",
        "dangling.csv", "m.safetensors",
      ] {
        remove(inside + "/" + name)
      }
      for name in ["inside", "outside.csv"] { remove(path + "/" + name) }
      rmdir(path)
    }

    func write(_ text: String, to path: String) {
      let file = fopen(path, "w")
      fputs(text, file)
      fclose(file)
    }
  }

  private func caller(_ read: String?, _ write: String?) throws -> Caller {
    let (read, write) = (read.map { strdup($0) }, write.map { strdup($0) })
    defer {
      free(read ?? nil)
      free(write ?? nil)
    }
    return try Caller {
      $0.read_root = read.map { UnsafePointer($0!) }
      $0.write_root = write.map { UnsafePointer($0!) }
    }
  }

  @Test func withoutFoldersNothingIsReached() throws {
    let folder = try Folder()
    let caller = try Caller()
    for path in [folder.path + "/outside.csv", "/etc/passwd", "t.csv", "../t.csv"] {
      #expect(caller.run("data \"\(path)\"") == NNS_FAILED)
      #expect(caller.error.contains("outside of the folders"), "\(caller.error)")
    }
    #expect(caller.run("include \"/etc/passwd\"") == NNS_FAILED)
    caller.run(exclusiveOr)
    #expect(caller.run("save \"\(folder.path)/m.safetensors\"") == NNS_FAILED)
    #expect(access(folder.path + "/m.safetensors", F_OK) != 0)
    #expect(Int(nns_run_file(caller.session, "/etc/passwd")) == NNS_FAILED)
  }

  @Test func whatLiesInsideIsReadAlsoThroughLinks() throws {
    let folder = try Folder()
    let caller = try caller(folder.inside, nil)
    for path in ["t.csv", "./deep/../t.csv", folder.inside + "/t.csv", "same.csv"] {
      #expect(caller.run("data \"\(path)\"") == NNS_OK, "\(caller.error)")
    }
    #expect(caller.run("data \"t2.csv\"") == NNS_FAILED)
    #expect(caller.error.contains("t.csv") && !caller.error.contains("outside"))
  }

  /// Neither what is outside nor whether it is there.
  @Test(arguments: [
    "../outside.csv", "out.csv", "up/outside.csv", "../nothing.csv", "up/nothing.csv",
    "deep/../../outside.csv", "/etc/passwd", "/no/such/file",
  ])
  func noWayLeadsOut(path: String) throws {
    let folder = try Folder()
    let caller = try caller(folder.inside, folder.inside)
    #expect(caller.run("data \"\(path)\"") == NNS_FAILED)
    #expect(caller.error.contains("outside of the folders"), "\(caller.error)")
    #expect(!caller.error.contains(folder.path + "/outside"))
  }

  @Test(arguments: ["../m.safetensors", "up/m.safetensors", "dangling.csv", "/tmp/m.safetensors"])
  func nothingIsWrittenOutside(path: String) throws {
    let folder = try Folder()
    let caller = try caller(folder.inside, folder.inside)
    caller.run(exclusiveOr)
    let save = path.hasSuffix(".csv") ? "save [[1]] \"\(path)\"" : "save \"\(path)\""
    #expect(caller.run(save) == NNS_FAILED)
    for name in ["m.safetensors", "new.csv"] {
      #expect(access(folder.path + "/" + name, F_OK) != 0)
    }
  }

  @Test func whatIsWrittenInsideComesBack() throws {
    let folder = try Folder()
    let caller = try caller(folder.inside, folder.inside)
    caller.run(exclusiveOr)
    #expect(caller.run("save \"deep/m.safetensors\"\nload \"deep/m.safetensors\"") == NNS_OK)
    #expect(caller.error.isEmpty)
    let reader = try self.caller(folder.inside, nil)
    #expect(reader.run("load \"deep/m.safetensors\"") == NNS_OK)
    #expect(reader.run("save \"m.safetensors\"") == NNS_FAILED)
  }
}
