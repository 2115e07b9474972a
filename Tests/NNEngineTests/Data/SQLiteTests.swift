#if SQLite
  import Testing

  @testable import NNEngine

  /// Tables of a database, whose types are kept.
  struct SQLiteTests {
    private static let path = galleryFolder + "/../../../Tests/Scripts/files/shop.db"

    private func load(_ change: (inout DataOptions) -> Void) throws -> Dataset {
      var options = DataOptions()
      change(&options)
      return try DataLoader().load(Self.path, options: options)
    }

    private func message(_ change: (inout DataOptions) -> Void) -> String {
      do {
        _ = try load(change)
        return "read"
      } catch {
        return "\(error)"
      }
    }

    @Test func aTableIsReadWithItsTypes() throws {
      let data = try load { ($0.table, $0.target) = ("orders", ["returned"]) }
      #expect(data.rowCount == 6 && data.preprocessing.classNames == ["no", "yes"])
      #expect(data.leftOutReason("id") != nil)
      #expect(data.columns.map(\.missing) == [0, 1, 1, 0])
      #expect(data.preprocessing.columns.map(\.name) == ["price", "city"])
    }

    @Test func aQueryChoosesRowsAndColumns() throws {
      let data = try load {
        $0.query = "select price as p, returned from orders where price > 2 order by price;"
      }
      #expect(data.train.numbers == [2.5, 7.25, 9, 10])
      #expect(data.preprocessing.inputNames == ["p"])
      #expect(try load { $0.table = "cheap" }.train.numbers == [2.5, 1], "a view is a table too")
    }

    @Test func textsAndLongNumbersStayAsTheyAre() throws {
      let data = try load { ($0.table, $0.target) = ("stock", ["kind"]) }
      #expect(
        data.preprocessing.inputNames == [
          "item=007", "item=008", "item=009", "n=3", "n=9007199254740993", "n=many",
        ])
    }

    @Test func numbersSpeltAsTextsAreTold() throws {
      let data = try load { $0.table = "spelt" }
      #expect(data.train.numbers == [1, 2.5, 3])
      #expect(data.notes.contains { $0.contains("numbers that the database keeps as texts") })
    }

    @Test func whatCannotBeReadIsTold() {
      #expect(message { _ in }.contains("it holds 6 tables"))
      #expect(message { $0.table = "order" }.contains("order"))
      #expect(message { $0.table = "raw" }.contains("`b` holds binary values: row 1"))
      #expect(message { $0.query = "select * from nowhere" }.contains("no such table: nowhere"))
      #expect(message { $0.query = "delete from orders" }.contains("would change the database"))
      #expect(
        message { $0.query = "select 1; select 2" }.contains("more than one statement"))
      #expect(message { ($0.query, $0.table) = ("select 1", "raw") }.contains("both say"))
      #expect(message { $0.query = "select * from orders where price > 99" }.contains("no rows"))
      #expect(message { $0.text.header = true }.contains("`header` is for CSV files"))
    }

    @Test func theDatabaseIsNotChanged() throws {
      let before = try DiskFiles().read(Self.path)
      _ = message { $0.query = "drop table orders" }
      _ = message { $0.query = "pragma user_version = 7" }
      #expect(try DiskFiles().read(Self.path) == before)
    }

    @Test func aDatabaseOfAHostIsReadFromMemory() throws {
      var options = DataOptions()
      options.table = "flowers"
      let files = MemoryFiles(bytes: ["a.db": try DiskFiles().read(Self.path)])
      #expect(try DataLoader(files: files).load("a.db", options: options).rowCount == 2)
      let cut = MemoryFiles(bytes: ["a.db": Array(try DiskFiles().read(Self.path).prefix(700))])
      #expect(throws: EngineError.self) {
        try DataLoader(files: cut).load("a.db", options: options)
      }
    }

    @Test func anOptionOfAnotherFormatIsRefused() {
      var options = DataOptions()
      options.table = "orders"
      let files = MemoryFiles(["a.csv": "x,y\n1,2\n"])
      #expect {
        _ = try DataLoader(files: files).load("a.csv", options: options)
      } throws: {
        "\($0)".contains("`table` is for SQLite files, `a.csv` is CSV")
      }
    }
  }
#endif
