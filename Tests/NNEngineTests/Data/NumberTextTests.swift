import Glibc
import Testing

@testable import NNEngine

@Suite struct NumberTextTests {
  private func read(_ text: String) -> (value: Double, end: Int)? {
    Array(text.utf8).withUnsafeBufferPointer { NumberText.read($0, from: 0) }
  }

  /// Compares with the C library, which is in its plain locale in tests.
  private func expectAsStrtod(_ text: String) {
    let found = read(text)
    let expected = strtod(text, nil)
    #expect(found?.end == text.utf8.count, "\(text)")
    #expect(found?.value.bitPattern == expected.bitPattern, "\(text)")
  }

  @Test func randomDoublesReadBackToTheSameBits() {
    var random = TestRandom(state: 1)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      expectAsStrtod(value.description)
    }
  }

  @Test func randomDecimalsAreRoundedAsStrtodRoundsThem() {
    var random = TestRandom(state: 2)
    for _ in 0..<50_000 {
      var text = random.next() % 4 == 0 ? "-" : ""
      text += String(random.next() >> (random.next() % 64))
      if random.next() % 2 == 0 { text += "." + String(random.next() >> (random.next() % 64)) }
      if random.next() % 3 == 0 { text += "e\(Int(random.next() % 90) - 45)" }
      expectAsStrtod(text)
    }
  }

  /// Numbers of 17 to 19 digits, where one in a thousand lies so near to the middle between two
  /// doubles that only the remainder of the division tells the side.
  @Test func longDecimalsAreRoundedByTheirLastDigit() {
    var random = TestRandom(state: 9)
    for _ in 0..<40_000 {
      let digits = String(random.next() % 10_000_000_000_000_000_000)
      let point = digits.index(digits.startIndex, offsetBy: Int(random.next() % 8))
      var text = digits
      text.insert(".", at: point)
      expectAsStrtod(text)
      expectAsStrtod(digits + "e\(Int(random.next() % 55) - 27)")
    }
  }

  /// Numbers of 19 digits made to lie just above the middle between two doubles, and at most a
  /// thousandth of their distance away from it, for every power of ten that is computed here.
  @Test func numbersNextToAMiddleAreRoundedRight() {
    var random = TestRandom(state: 10)
    for exponent in -27...27 {
      let power = (0..<abs(exponent)).reduce(UInt128(1)) { result, _ in result * 5 }
      for _ in 0..<40 {
        // An odd number of 54 bits is a middle.
        let middle = UInt128(random.next() >> 11 | 1 << 53 | 1)
        var digits: UInt128 = 0
        if exponent < 0 {
          let product = middle * power
          let shift = max(0, product.description.count * 10 / 3 - 62)
          digits = (product >> UInt128(shift)) + 1
          while digits > 9_999_999_999_999_999_999 { digits = digits / 2 + 1 }
        } else {
          var dividend = middle
          while dividend / power < 1 << 62 { dividend *= 2 }
          digits = dividend / power + 1
        }
        expectAsStrtod("\(digits)e\(exponent)")
        expectAsStrtod("\(digits - 1)e\(exponent)")
      }
    }
  }

  @Test func hardCasesAreRoundedOnce() {
    for text in [
      "0", "-0", "0.0", "00012.50", "1e22", "1e23", "8.5e22", "9007199254740993",
      "9007199254740992.5", "9007199254740993.0000", "1.7976931348623157e308", "1e309", "4.9e-324",
      "2.4703282292062328e-324", "2.2250738585072011e-308", "18446744073709551615",
      "18446744073709551616", "123456789012345678901234567890", "1e-27", "1e27", "1e28", "1e-28",
      "7.2057594037927933e16", "0.000000000000000000000000000000000000001", "5e-1", "1E5", "1e+5",
      "0.1000000000000000055511151231257827021181583404541015625", "1e999999999999", "1e-999999999",
      "000000000000000000000000000000000000001", ".5", "-.5e1", "5.",
      "100000000000000000001.5", "10203040506070809010203.25", "0.100000000000000000000000001",
      "00000000000000000000100.5", "100000000000000000000", "00000000000000000000.5",
    ] {
      expectAsStrtod(text)
    }
  }

  @Test func aPlusIsReadAndRubbishIsNot() {
    #expect(read("+2.5")?.value == 2.5)
    #expect(read("+123456789012345678901234")?.value == 0x1.a249b1f10a06dp+76)
    #expect(read("12345678901234567890123.")?.value == 0x1.4ea15b273b38ap+73)
    for text in ["", "-", ".", "e5", "-.", "1e", "1e+", "abc", "+-1", "0x10e"] {
      let found = read(text)
      #expect(found == nil || found?.end != text.utf8.count, "\(text)")
    }
  }
}
