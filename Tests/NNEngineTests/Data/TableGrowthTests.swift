import Glibc
import NNEngine
import Testing

/// Tables are read in a time that grows with their size: each of these took the square of it.
@Suite(.timeLimit(.minutes(1))) struct TableGrowthTests {
  private func rows(_ row: String, _ count: Int, last: String = "") -> String {
    String(repeating: row + "\n", count: count) + last
  }

  private func row(_ cell: String, _ count: Int) -> String {
    Array(repeating: cell, count: count).joined(separator: ",")
  }

  @Test func textsInTheLastRowOfManyColumns() {
    let (numbers, texts) = (row("1", 600), row("a", 600))
    let found = problem(rows(numbers, 600, last: texts))
    #expect(found?.contains("holds numbers and a text") == true)
  }

  @Test func textsBelowNumbersAreCountedInTheOrderOfTheRows() throws {
    let data = try dataset("x,kind\n1,7\n2,8\n3,b\n4,7\n5,a\n6,b\n")
    #expect(data.preprocessing.classNames == ["7", "8", "a", "b"])
    #expect(data.train.codes == [0, 1, 3, 0, 2, 3])
  }

  @Test func manyColumns() throws {
    let names = (0..<20_000).map { "c\($0)" }.joined(separator: ",")
    let data = try dataset(names + "\n" + rows(row("1", 20_000), 2))
    #expect(data.train.inputShape.count == 19_999)
  }

  /// Four times the columns take no more than about four times as long.
  @Test func manyColumnsTakeNoLongerEach() throws {
    func seconds(_ columns: Int) throws -> Double {
      let names = (0..<columns).map { "c\($0)" }.joined(separator: ",")
      let text = names + "\n" + rows(row("1", columns), 2)
      var times: [Double] = []
      for _ in 0..<2 {
        let start = processorSeconds()
        #expect(try dataset(text).train.inputShape.count == columns - 1)
        times.append(processorSeconds() - start)
      }
      return times.min() ?? 0
    }
    let growth = try seconds(40_000) / seconds(10_000)
    #expect(growth < 8, "\(growth) times as long")
  }

  /// What this thread has worked.
  private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  @Test func manyColumnsOfOneName() throws {
    let data = try dataset(row("a", 20_000) + "\n" + rows(row("1", 20_000), 2))
    #expect(data.preprocessing.inputNames.last == "a_19999")
    #expect(data.remarks.count < 20)
  }
}
