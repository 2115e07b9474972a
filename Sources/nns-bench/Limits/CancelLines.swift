import Glibc

/// Lines that keep each command busy for seconds, and what stands before them.
enum CancelLines {
  /// Commands that only take note of something, whatever there is.
  static let short: Set<String> = [
    "input", "residual", "branch", "ensemble", "model", "use", "loss", "optimizer", "metric",
    "seed", "param", "state", "timer", "quit",
  ]

  static func commands(_ folder: String) -> [(word: String, preparation: String, line: String)] {
    let network = """
      data digits test=20%
      layer dense 2000 relu
      layer dense 2000 relu
      layer dense 10
      """
    let rows = "data \"\(folder)/numbers.csv\" target=y\nlayer dense 64 relu"
    let trained = rows + "\ntrain epochs=1 batch=1024 quiet"
    let huge = "input 20000\nlayer dense 20000"
    return [
      ("data", "", "data \"\(folder)/numbers.csv\" target=y"),
      ("data", "", "data \"\(folder)/mixed.csv\""),
      ("data", "", "data \"\(folder)/wide.csv\""),
      ("data", "", "data \"\(folder)/numbers.csv.gz\""),
      ("data", "", "data \"/dev/zero\""),
      ("data", "let x = random(2000000, 20)", "data x"),
      (
        "data", "", "data \"\(folder)/numbers.csv\" target=y test=20% missing=drop normalize=minmax"
      ),
      ("layer", "", huge + "\nshow model"),
      ("layer", "", "input 20000\nlayer dense 20000 init=normal\nshow model"),
      ("train", network, "train epochs=1000"), ("train", rows, "train epochs=1000 batch=400000"),
      ("train", huge + "\ndata random(100, 20000) target=random(100)", "train epochs=5"),
      ("train", network, "train epochs=100 batch=1400"),
      ("evaluate", trained, "evaluate on=\"\(folder)/numbers.csv\""),
      ("evaluate", network + "\ntrain epochs=1 quiet", "evaluate on=train"),
      ("predict", trained, "predict \"\(folder)/numbers.csv\""),
      ("predict", trained, "predict data.train.inputs"),
      ("predict", "input 4000\nlayer dense 4000\nlet x = random(4000, 4000)", "predict x"),
      ("show", network, "show weights"), ("show", rows, "show data"), ("show", rows, "show data 5"),
      ("show", network + "\ntrain epochs=1 quiet", "show gradients"),
      ("show", network + "\ntrain epochs=1 quiet", "show confusion"),
      ("plot", "let xs = random(5000000)", "plot xs=xs"),
      (
        "plot", "data \"\(folder)/numbers.csv\" target=y only=[a, b]\nlayer dense 4000 tanh",
        "plot boundary"
      ),
      (
        "save", "input 12000\nlayer dense 12000\nshow model", "save \"\(folder)/large.safetensors\""
      ),
      (
        "load", "input 12000\nlayer dense 12000\nsave \"\(folder)/large.safetensors\"",
        "load \"\(folder)/large.safetensors\""
      ),
      ("reset", huge + "\nshow model", "reset"),
      ("print", "let rows = repeat([[1, 2]], 3000000)", "print rows"),
      ("print", "let many = random(2000, 2000)", "print many"),
      (
        "assert", "let rows = repeat([[1, 2]], 2000000)\nlet others = repeat([[1, 2]], 2000000)",
        "assert rows == others"
      ),
      ("sweep", network, "sweep lr=[0.1, 0.01] { train epochs=500 lr=lr }"),
      ("lrfind", network, "lrfind steps=10000"),
      (
        "compare",
        network + "\ntrain epochs=1 quiet\nmodel b { layer dense 1000 }\ntrain epochs=1 quiet",
        "compare"
      ),
      ("diagnose", network + "\ntrain epochs=1 quiet", "diagnose"),
      ("diagnose", trained, "diagnose"),
      ("explain", network + "\ntrain epochs=1 quiet", "explain 0"),
      ("gradcheck", network, "gradcheck rows=100"),
      ("time", network, "time { train epochs=1000 }"),
      ("include", "", "include \"\(folder)/long.nn\""),
      ("undo", "let t = range(20000000)\nt[0] = 5", "undo"),
      ("history", (0..<3_000).map { "let h\($0) = \($0)" }.joined(separator: "\n"), "history"),
      ("help", "", "help train"),
    ]
  }
}

/// The files that these lines read.
enum CancelFiles {
  static func write(to folder: String) {
    let rows = 400_000
    write("a,b,c,d,e,f,g,h,i,y\n", rows, folder + "/numbers.csv") { row, text in
      for column in 0..<9 {
        append((row &* 7 &+ column &* 13) % 1_000, to: &text)
        text.append(UInt8(ascii: ","))
      }
      append(row % 7, to: &text)
    }
    let words = ["red", "green", "blue", "yellow"].map { Array($0.utf8) }
    write("name,colour,size,when\n", rows * 2, folder + "/mixed.csv") { row, text in
      text += Array("name".utf8)
      append(row % 5_000, to: &text)
      text.append(UInt8(ascii: ","))
      text += words[row % 4]
      text.append(UInt8(ascii: ","))
      append(row % 321, to: &text)
      text += Array(",2024-01-".utf8)
      append(10 + row % 20, to: &text)
    }
    write("", 1, folder + "/wide.csv") { _, text in
      for column in 0..<300_000 {
        text += Array(column == 0 ? "c0".utf8 : ",c\(column)".utf8)
      }
      for _ in 0..<3 {
        text.append(10)
        for column in 0..<300_000 { text += Array(column == 0 ? "1".utf8 : ",2".utf8) }
      }
    }
    write("", 300_000, folder + "/long.nn") { row, text in
      text += Array("let v\(row) = \(row)".utf8)
    }
    _ = ChildProcess(["gzip", "-1", "-k", folder + "/numbers.csv"])?.end()
  }

  private static func append(_ number: Int, to text: inout [UInt8]) {
    text += Array(String(number).utf8)
  }

  private static func write(
    _ first: String, _ rows: Int, _ path: String, _ row: (Int, inout [UInt8]) -> Void
  ) {
    guard let file = fopen(path, "w") else { return }
    defer { fclose(file) }
    var text = Array(first.utf8)
    for number in 0..<rows {
      row(number, &text)
      text.append(10)
      if text.count > 1 << 20 || number == rows - 1 {
        fwrite(text, 1, text.count, file)
        text.removeAll(keepingCapacity: true)
      }
    }
  }
}
