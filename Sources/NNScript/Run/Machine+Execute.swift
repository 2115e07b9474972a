import Glibc

// The loop that runs instructions. Plain numbers are worked on here, without reference counts and
// calls; everything else goes to the functions of `Machine+Slow.swift`, which stay out of line so
// that this loop keeps its few variables in the processor's registers.

extension Machine {
  /// Runs instructions until the call that began in `window` returns.
  func execute(
    _ header: UnsafePointer<CodeHeader>, _ window: UnsafeMutablePointer<Value>,
    _ entry: UnsafePointer<Instruction>
  ) throws {
    var header = header
    var r = window
    var ip = entry
    let globals = stack
    let floor = frameCount
    var budget = 1000
    do {
      running: while true {
        let i = ip.pointee
        ip += 1
        // Falls out of this block where an instruction jumps by its operand `b`.
        jumping: do {
          switch i.opcode {

          // Moving values
          case .loadNumber: Self.store(r + i.a, i.number)
          case .loadConstant: loadConstant(r + i.a, header, i.c)
          case .copy: Self.copy(r + i.a, r + i.b)
          case .move:
            if case .number(let x) = r[i.b] {
              Self.store(r + i.a, x)
            } else {
              Self.move(r + i.a, r + i.b)
            }
          case .getGlobal: Self.copy(r + i.a, globals + i.b)
          case .setGlobal: Self.copy(globals + i.b, r + i.a)
          case .getCell: getCell(r + i.a, r + i.b)
          case .setCell: setCell(r + i.a, r + i.b)
          case .getCapture: getCapture(r + i.a, r + header.pointee.selfRegister, i.b)
          case .setCapture: setCapture(r + i.a, r + header.pointee.selfRegister, i.b)
          case .makeCell: makeCell(r + i.a)
          case .getLive:
            free = r + header.pointee.registerCount
            try getLive(r + i.a, header, i.c)

          // Arithmetic
          case .add:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              let z = x + y
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try slowBinary(.add, r + i.a, r + i.b, r + i.c)
          case .subtract:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              let z = x - y
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try slowBinary(.subtract, r + i.a, r + i.b, r + i.c)
          case .multiply:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              let z = x * y
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try slowBinary(.multiply, r + i.a, r + i.b, r + i.c)
          case .divide:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              let z = x / y
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try slowBinary(.divide, r + i.a, r + i.b, r + i.c)
          case .remainder:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c],
              let z = Self.wholeRemainder(x, y)
            {
              Self.store(r + i.a, z)
              continue running
            }
            try slowBinary(.remainder, r + i.a, r + i.b, r + i.c)
          case .power: try slowBinary(.power, r + i.a, r + i.b, r + i.c)
          case .matrixProduct: try slowBinary(.matrixProduct, r + i.a, r + i.b, r + i.c)

          case .addNumber:
            if case .number(let x) = r[i.b] {
              let z = x + i.number
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try slowBinary(.add, r + i.a, r + i.b, i.number)
          case .subtractNumber:
            if case .number(let x) = r[i.b] {
              let z = x - i.number
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try slowBinary(.subtract, r + i.a, r + i.b, i.number)
          case .multiplyNumber:
            if case .number(let x) = r[i.b] {
              let z = x * i.number
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try slowBinary(.multiply, r + i.a, r + i.b, i.number)
          case .divideNumber:
            if case .number(let x) = r[i.b] {
              let z = x / i.number
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try slowBinary(.divide, r + i.a, r + i.b, i.number)
          case .remainderNumber:
            if case .number(let x) = r[i.b], let z = Self.wholeRemainder(x, i.number) {
              Self.store(r + i.a, z)
              continue running
            }
            try slowBinary(.remainder, r + i.a, r + i.b, i.number)
          case .powerNumber:
            if case .number(let x) = r[i.b], i.number == 2 {
              let z = x * x
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try slowBinary(.power, r + i.a, r + i.b, i.number)
          case .addInto:
            if case .number(let x) = r[i.a], case .number(let y) = r[i.b] {
              let z = x + y
              if z.isFinite {
                Self.store(r + i.a, z)
                continue running
              }
            }
            try addInto(r + i.a, r + i.b)
          case .negate:
            if case .number(let x) = r[i.b] {
              Self.store(r + i.a, -x)
            } else {
              try slowNegate(r + i.a, r + i.b)
            }
          case .not:
            if case .truth(let x) = r[i.b] {
              Self.store(r + i.a, !x)
            } else {
              try slowNot(r + i.a, r + i.b)
            }

          // Comparisons
          case .equal:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              Self.store(r + i.a, x == y)
            } else {
              try slowCompare(.equal, r + i.a, r + i.b, r + i.c)
            }
          case .notEqual:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              Self.store(r + i.a, x != y)
            } else {
              try slowCompare(.notEqual, r + i.a, r + i.b, r + i.c)
            }
          case .less:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              Self.store(r + i.a, x < y)
            } else {
              try slowCompare(.less, r + i.a, r + i.b, r + i.c)
            }
          case .lessOrEqual:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              Self.store(r + i.a, x <= y)
            } else {
              try slowCompare(.lessOrEqual, r + i.a, r + i.b, r + i.c)
            }
          case .greater:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              Self.store(r + i.a, x > y)
            } else {
              try slowCompare(.greater, r + i.a, r + i.b, r + i.c)
            }
          case .greaterOrEqual:
            if case .number(let x) = r[i.b], case .number(let y) = r[i.c] {
              Self.store(r + i.a, x >= y)
            } else {
              try slowCompare(.greaterOrEqual, r + i.a, r + i.b, r + i.c)
            }
          case .isIn: try slowCompare(.isIn, r + i.a, r + i.b, r + i.c)
          case .isNotIn: try slowCompare(.isNotIn, r + i.a, r + i.b, r + i.c)

          // Jumps; each comparison has a case of its own, or it would be chosen twice
          case .jump: break jumping
          case .jumpIfFalse:
            if case .truth(let x) = r[i.a] {
              if !x { break jumping }
            } else if try !Operators.truth(r[i.a]) {
              break jumping
            }
          case .jumpIfTrue:
            if case .truth(let x) = r[i.a] {
              if x { break jumping }
            } else if try Operators.truth(r[i.a]) {
              break jumping
            }
          case .jumpIfEqual:
            if case .number(let x) = r[i.a], case .number(let y) = r[i.c] {
              if x == y { break jumping }
            } else if let next = try slowJump(i, r + i.a, r + i.c, ip, header) {
              ip = next
            }
          case .jumpIfNotEqual:
            if case .number(let x) = r[i.a], case .number(let y) = r[i.c] {
              if x != y { break jumping }
            } else if let next = try slowJump(i, r + i.a, r + i.c, ip, header) {
              ip = next
            }
          case .jumpIfLess:
            if case .number(let x) = r[i.a], case .number(let y) = r[i.c] {
              if x < y { break jumping }
            } else if let next = try slowJump(i, r + i.a, r + i.c, ip, header) {
              ip = next
            }
          case .jumpIfLessOrEqual:
            if case .number(let x) = r[i.a], case .number(let y) = r[i.c] {
              if x <= y { break jumping }
            } else if let next = try slowJump(i, r + i.a, r + i.c, ip, header) {
              ip = next
            }
          case .jumpUnlessLess:
            if case .number(let x) = r[i.a], case .number(let y) = r[i.c] {
              if !(x < y) { break jumping }
            } else if let next = try slowJump(i, r + i.a, r + i.c, ip, header) {
              ip = next
            }
          case .jumpUnlessLessOrEqual:
            if case .number(let x) = r[i.a], case .number(let y) = r[i.c] {
              if !(x <= y) { break jumping }
            } else if let next = try slowJump(i, r + i.a, r + i.c, ip, header) {
              ip = next
            }
          case .jumpIfEqualNumber:
            if case .number(let x) = r[i.a] {
              if x == i.number { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }
          case .jumpIfNotEqualNumber:
            if case .number(let x) = r[i.a] {
              if x != i.number { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }
          case .jumpIfLessNumber:
            if case .number(let x) = r[i.a] {
              if x < i.number { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }
          case .jumpIfLessOrEqualNumber:
            if case .number(let x) = r[i.a] {
              if x <= i.number { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }
          case .jumpIfGreaterNumber:
            if case .number(let x) = r[i.a] {
              if x > i.number { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }
          case .jumpIfGreaterOrEqualNumber:
            if case .number(let x) = r[i.a] {
              if x >= i.number { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }
          case .jumpUnlessLessNumber:
            if case .number(let x) = r[i.a] {
              if !(x < i.number) { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }
          case .jumpUnlessLessOrEqualNumber:
            if case .number(let x) = r[i.a] {
              if !(x <= i.number) { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }
          case .jumpUnlessGreaterNumber:
            if case .number(let x) = r[i.a] {
              if !(x > i.number) { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }
          case .jumpUnlessGreaterOrEqualNumber:
            if case .number(let x) = r[i.a] {
              if !(x >= i.number) { break jumping }
            } else if let next = try slowJump(i, r + i.a, nil, ip, header) {
              ip = next
            }

          // Truths and choices with elements
          case .jumpIfSettled:
            if try Operators.isSettled(r[i.a], isAnd: i.c == 0) { break jumping }
          case .combine: try combine(r + i.a, r + i.c, isAnd: i.d == 0)
          case .jumpIfOnlyElse:
            if try Operators.onlyTruth(r[i.a]) == false { break jumping }
          case .jumpIfOnlyThen:
            if try Operators.onlyTruth(r[i.a]) == true { break jumping }
          case .select: try select(r + i.a, r + i.b, r + i.c)

          // Loops
          case .rangeStart:
            if try rangeStart(r + i.a, r + i.c) { break jumping }
          case .rangeNext:
            // r[a] start, r[a+1] rounds, r[a+2] step, r[a+3] which round
            if case .number(let round) = r[i.a + 3], case .number(let rounds) = r[i.a + 1],
              case .number(let start) = r[i.a], case .number(let step) = r[i.a + 2],
              round + 1 < rounds
            {
              (r + i.a + 3).initialize(to: .number(round + 1))
              Self.store(r + i.c, start + (round + 1) * step)
              break jumping
            }
          case .eachStart:
            if try eachStart(r + i.a, r + i.c) { break jumping }
          case .eachNext:
            // r[a] list, r[a+1] which round
            if case .number(let round) = r[i.a + 1], case .list(let list) = r[i.a] {
              let next = Int(round) + 1
              if next < list.count {
                (r + i.a + 1).initialize(to: .number(Double(next)))
                if let numbers = list.numbers {
                  Self.store(r + i.c, numbers[next])
                } else {
                  r[i.c] = list[next]
                }
                break jumping
              }
            }

          // Making values
          case .makeList: try makeList(r + i.a, r + i.b, i.c, room: i.d)
          case .push: try push(r + i.a, r + i.b)
          case .appendInto: try appendInto(r + i.a, r + i.b)
          case .makeRecord: try makeRecord(r + i.a, r + i.b, header, i.d)
          case .makeRange:
            try makeRange(r + i.a, r + i.b, hasStep: i.c & 1 == 1, isHalfOpen: i.c >= 2)
          case .addText: try addText(r + i.a, r + i.b, header, i.d)
          case .makeText: try makeText(r + i.a, r + i.b, header, i.d)
          case .makeFunction: try makeFunction(r + i.a, r, header, i.d)

          // Parts
          case .getItem:
            if case .list(let list) = r[i.b], case .number(let position) = r[i.c],
              let numbers = list.numbers, let index = list.place(position)
            {
              Self.store(r + i.a, numbers[index])
              continue running
            }
            try getItem(r + i.a, r + i.b, r + i.c)
          case .getGlobalItem:
            if case .list(let list) = globals[i.b], case .number(let position) = r[i.c],
              let numbers = list.numbers, let index = list.place(position)
            {
              Self.store(r + i.a, numbers[index])
              continue running
            }
            try getItem(r + i.a, globals + i.b, r + i.c)
          case .setItem:
            if case .list = r[i.a], Self.isSoleList(r + i.a), case .list(let list) = r[i.a],
              case .number(let position) = r[i.b], case .number(let item) = r[i.c],
              let numbers = list.numbers, let index = list.place(position)
            {
              numbers[index] = item
              continue running
            }
            try setItem(r + i.a, r + i.b, r + i.c)
          case .setGlobalItem:
            if case .list = globals[i.a], Self.isSoleList(globals + i.a),
              case .list(let list) = globals[i.a],
              case .number(let position) = r[i.b], case .number(let item) = r[i.c],
              let numbers = list.numbers, let index = list.place(position)
            {
              numbers[index] = item
              continue running
            }
            try setItem(globals + i.a, r + i.b, r + i.c)
          case .getItems: try getItems(r + i.a, r + i.b, r + i.c, header, i.d)
          case .getField:
            free = r + header.pointee.registerCount
            try getField(r + i.a, r + i.b, header, i.c)
          case .assignPlace:
            free = r + header.pointee.registerCount
            try assignPlace(r + i.a, r + i.b, r, header, i.d)

          // Calls
          case .callGlobal, .call:
            let function = i.opcode == .callGlobal ? globals + i.b : r + i.b
            let window = r + i.a
            budget -= 1
            if budget == 0 {
              budget = 1000
              try checkpoint()
            }
            if case .function(let box) = function.pointee, let callee = box.code, i.d < 0,
              callee.pointee.parameterCount == i.c, callee.pointee.selfRegister < 0,
              isReady(window + callee.pointee.registerCount), frameCount < Self.callLimit
            {
              frames[frameCount] = Frame(instruction: ip, registers: r, header: header)
              frameCount += 1
              r = window
              header = callee
              ip = callee.pointee.fullEntry
              continue running
            }
            free = r + header.pointee.registerCount
            if let (callee, entry) = try slowCall(
              function, window, count: i.c, site: i.d, header)
            {
              frames[frameCount] = Frame(instruction: ip, registers: r, header: header)
              frameCount += 1
              r = window
              header = callee
              ip = entry
            }
          case .callBuiltin:
            free = r + header.pointee.registerCount
            try callBuiltin(r + i.a, r + i.b, header, i.d)
          case .callUnary:
            free = r + header.pointee.registerCount
            try callUnary(r + i.a, r + i.b, header, i.d)
          case .return, .returnNone:
            if i.opcode == .returnNone {
              r.pointee = .none
            } else if case .number(let x) = r[i.a] {
              Self.store(r, x)
            } else if i.a != 0 {
              Self.move(r, r + i.a)
            }
            clear(r + 1, header.pointee.registerCount - 1)
            if frameCount == floor { return }
            frameCount -= 1
            let frame = frames[frameCount]
            ip = frame.instruction
            r = frame.registers
            header = frame.header
          case .jumpIfGiven:
            if !isMissing(r + i.a) { break jumping }

          // The session
          case .command:
            free = r + header.pointee.registerCount
            try command(r + i.a, r + i.b, r, header, i.d)
          case .show:
            free = r + header.pointee.registerCount
            try delegate.show(
              r[i.a], at: header.pointee.code.takeUnretainedValue().position(at: ip - 1).range)
          case .end: return
          }
          continue running
        }
        ip += i.b
        budget -= 1
        if budget == 0 {
          budget = 1000
          try checkpoint()
        }
      }
    } catch {
      free = r + header.pointee.registerCount
      throw located(error, at: ip - 1, in: header, floor: floor)
    }
  }

  // MARK: Registers

  @inline(__always)
  static func store(_ target: UnsafeMutablePointer<Value>, _ number: Double) {
    if target.pointee.isPlain {
      target.initialize(to: .number(number))
    } else {
      target.pointee = .number(number)
    }
  }

  @inline(__always)
  static func store(_ target: UnsafeMutablePointer<Value>, _ truth: Bool) {
    if target.pointee.isPlain {
      target.initialize(to: .truth(truth))
    } else {
      target.pointee = .truth(truth)
    }
  }

  @inline(__always)
  static func copy(_ target: UnsafeMutablePointer<Value>, _ source: UnsafeMutablePointer<Value>) {
    if case .number(let x) = source.pointee {
      store(target, x)
    } else {
      slowCopy(target, source)
    }
  }

  @inline(never)
  static func slowCopy(
    _ target: UnsafeMutablePointer<Value>, _ source: UnsafeMutablePointer<Value>
  ) {
    target.pointee = source.pointee
  }

  @inline(never)
  static func move(_ target: UnsafeMutablePointer<Value>, _ source: UnsafeMutablePointer<Value>) {
    let value = source.move()
    source.initialize(to: .none)
    target.pointee = value
  }

  /// Whether the list in a register is held by nothing else.
  ///
  /// Looks at the reference where it stands, which is the first word of a `Value`: binding it to a
  /// name would make it a second one. The machine checks that layout when it is made.
  @inline(__always) static func isSoleList(_ register: UnsafeMutablePointer<Value>) -> Bool {
    isKnownUniquelyReferenced(
      &UnsafeMutableRawPointer(register).assumingMemoryBound(to: ListBox.self).pointee)
  }

  /// Whether a value's reference is its first word.
  static var hasReferenceFirst: Bool {
    let list = ListBox()
    var value = Value.list(list)
    return withUnsafeBytes(of: &value) {
      $0.load(as: UnsafeRawPointer.self)
        == UnsafeRawPointer(Unmanaged.passUnretained(list).toOpaque())
    }
  }

  /// `x % y` of whole numbers that fit 32 bits, with the sign of `y`; `nil` for all others.
  @inline(__always)
  static func wholeRemainder(_ x: Double, _ y: Double) -> Double? {
    let a = Int32(truncatingIfNeeded: Int(clamping: x))
    let b = Int32(truncatingIfNeeded: Int(clamping: y))
    guard Double(a) == x, Double(b) == y, b > 0, a >= 0 else { return nil }
    return Double(UInt32(bitPattern: a) % UInt32(bitPattern: b))
  }
}

extension Int {
  /// The whole part of a number, or something else where it does not fit; never traps.
  @inline(__always) init(clamping number: Double) {
    self = number.magnitude < 9.0e18 ? Int(number) : 0
  }
}
