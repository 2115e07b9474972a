/// What an instruction does. `r` are the registers of the running call, `a`, `b`, `c`, `d` the
/// instruction's operands, `number` a literal that stands in it.
enum Opcode: UInt8 {
  // Moving values
  /// `r[a] = number`
  case loadNumber
  /// `r[a] = constants[c]`
  case loadConstant
  /// `r[a] = r[b]`
  case copy
  /// `r[a] = r[b]`, leaving nothing in `r[b]`
  case move
  /// `r[a] = globals[b]`
  case getGlobal
  /// `globals[b] = r[a]`
  case setGlobal
  /// `r[a] =` the value in the cell `r[b]`
  case getCell
  /// The value in the cell `r[b]` `= r[a]`
  case setCell
  /// `r[a] =` the value of the running function's captured variable `b`
  case getCapture
  /// The running function's captured variable `b` `= r[a]`
  case setCapture
  /// Puts `r[a]` into a new cell, which then stands in `r[a]`
  case makeCell
  /// `r[a] =` the part of the session named by constant `c`
  case getLive

  // Arithmetic: `r[a] = r[b] ∘ r[c]`, or `r[a] = r[b] ∘ number`
  case add, subtract, multiply, divide, remainder, power, matrixProduct
  case addNumber, subtractNumber, multiplyNumber, divideNumber, remainderNumber, powerNumber
  /// `r[a] = r[a] + r[b]`: a text grows where it stands
  case addInto
  /// `r[a] = -r[b]`
  case negate
  /// `r[a] = not r[b]`
  case not

  // Comparisons: `r[a] = r[b] ∘ r[c]`
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, isIn, isNotIn

  // Jumps by `b` instructions
  case jump
  case jumpIfFalse, jumpIfTrue
  /// Jumps if `r[a] ∘ r[c]`
  case jumpIfEqual, jumpIfNotEqual, jumpIfLess, jumpIfLessOrEqual
  /// Jumps unless `r[a] ∘ r[c]`: not the opposite comparison, because of NaN
  case jumpUnlessLess, jumpUnlessLessOrEqual
  /// Jumps if `r[a] ∘ number`
  case jumpIfEqualNumber, jumpIfNotEqualNumber, jumpIfLessNumber, jumpIfLessOrEqualNumber
  case jumpIfGreaterNumber, jumpIfGreaterOrEqualNumber
  /// Jumps unless `r[a] ∘ number`
  case jumpUnlessLessNumber, jumpUnlessLessOrEqualNumber
  case jumpUnlessGreaterNumber, jumpUnlessGreaterOrEqualNumber

  // `and`, `or`, `if then else` as values, which go element by element where they must
  /// Jumps if the truth `r[a]` settles an `and` (`c` 0: it is false) or an `or` (`c` 1: true)
  case jumpIfSettled
  /// `r[a] = r[a] and r[c]` (`d` 0) or `or` (`d` 1), once the first has not settled it
  case combine
  /// Jumps if the condition `r[a]` is one falsehood
  case jumpIfOnlyElse
  /// Jumps if the condition `r[a]` is one truth
  case jumpIfOnlyThen
  /// `r[a] = if r[b] then r[a] else r[c]`, element by element if the condition has elements
  case select

  // Loops; `r[a]` onwards holds the loop's state, described at the machine's code
  /// Prepares a range in `r[a]`, `r[a+1]`, `r[a+2]`; jumps if it is empty; `c` receives the number
  case rangeStart
  /// The next number to `r[c]`, and jumps back
  case rangeNext
  /// Prepares going through `r[a]`; jumps if it is empty; `c` receives the item
  case eachStart
  /// The next item to `r[c]`, and jumps back
  case eachNext

  // Making values
  /// `r[a] =` a list of the `c` values from `r[b]`, which are moved; with room for `d` more
  case makeList
  /// Adds `r[b]` to the list `r[a]`, moving it
  case push
  /// `r[a] = append(r[a], r[b])` where the list stands
  case appendInto
  /// `r[a] =` a record of the `c` values from `r[b]` with the names of site `d`
  case makeRecord
  /// `r[a] = r[b] .. r[b+1]`, by `r[b+2]` if `c` is 1
  case makeRange
  /// `r[a] =` a text of the pieces of text `d` with values from `r[b]`
  case makeText
  /// `r[a] = r[a] +` that text: it grows where it stands
  case addText
  /// `r[a] =` a function of template site `d`
  case makeFunction

  // Parts
  /// `r[a] = r[b][r[c]]`
  case getItem
  /// `r[a] = globals[b][r[c]]`
  case getGlobalItem
  /// `r[a][r[b]] = r[c]`
  case setItem
  /// `globals[a][r[b]] = r[c]`
  case setGlobalItem
  /// `r[a] = r[b][…]` with the items of site `d` from `r[c]`
  case getItems
  /// `r[a] = r[b].name`, the name is constant `c`
  case getField
  /// Assigns `r[a]` to the place of site `d` with index values from `r[b]`
  case assignPlace

  // Calls
  /// Calls `globals[b]` with `c` values from `r[a]`, the result to `r[a]`; argument site `d` or -1
  case callGlobal
  /// Calls `r[b]` the same way
  case call
  /// `r[a] =` the vocabulary's function of site `d` with values from `r[b]`
  case callBuiltin
  /// `r[a] =` the function of one number of site `d`, of `r[b]`
  case callUnary
  /// Ends the call with `r[a]`
  case `return`
  /// Ends the call with nothing
  case returnNone
  /// Jumps if the argument `r[a]` has been given
  case jumpIfGiven

  // The session
  /// `r[a] =` the result of the command of site `d` with values from `r[b]`
  case command
  /// Shows `r[a]`
  case show
  /// Ends the program
  case end
}

/// One instruction: 16 bytes, so that an array of them is read with one aligned load each.
struct Instruction {
  var opcode: Opcode
  var a16: UInt16
  var b32: Int32
  /// Two 32-bit operands, or a 64-bit literal.
  var wide: UInt64

  init(_ opcode: Opcode, a: Int = 0, b: Int = 0, c: Int = 0, d: Int = 0) {
    self.opcode = opcode
    a16 = UInt16(truncatingIfNeeded: a)
    b32 = Int32(truncatingIfNeeded: b)
    wide =
      UInt64(UInt32(truncatingIfNeeded: c)) | UInt64(UInt32(truncatingIfNeeded: d)) << 32
  }

  init(_ opcode: Opcode, a: Int = 0, b: Int = 0, number: Double) {
    self.opcode = opcode
    a16 = UInt16(truncatingIfNeeded: a)
    b32 = Int32(truncatingIfNeeded: b)
    wide = number.bitPattern
  }

  @inline(__always) var a: Int { Int(a16) }
  @inline(__always) var b: Int { Int(b32) }
  @inline(__always) var c: Int { Int(Int32(truncatingIfNeeded: wide)) }
  @inline(__always) var d: Int { Int(Int32(truncatingIfNeeded: wide >> 32)) }
  @inline(__always) var number: Double { Double(bitPattern: wide) }
}
