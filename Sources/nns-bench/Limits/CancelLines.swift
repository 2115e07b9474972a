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
    let rows = "data \"\(folder)/numbers.csv\" target=y category=y\nlayer dense 64 relu"
    let trained = rows + "\ntrain epochs=1 batch=1024 quiet"
    let huge = "input 20000\nlayer dense 20000"
    let pictures = """
      data digits test=20%
      layer conv 64 3x3 relu
      residual { layer conv 64 3x3 }
      layer depthwise 5x5
      layer maxpool 2
      layer conv_transpose 32 3x3 relu
      layer globalpool
      layer dense 10
      """
    let large = """
      let x = random(100, 40000)
      data x target=random(100) shape=200x200x1
      layer conv 64 5x5 relu
      layer avgpool 2
      layer conv 64 3x3 relu
      layer globalpool
      layer dense 1
      """
    return [
      ("data", "", "data \"\(folder)/numbers.csv\" target=y"),
      ("data", "", "data \"\(folder)/mixed.csv\" drop=name"),
      ("data", "", "data \"\(folder)/wide.csv\""),
      ("data", "", "data \"\(folder)/numbers.csv.gz\""),
      ("data", "", "data \"/dev/zero\""),
      ("data", "", "data \"\(folder)/numbers.npy\""),
      (
        "data", trained + "\npredict \"\(folder)/numbers.csv\" to=\"\(folder)/answers.npz\"",
        "data \"\(folder)/answers.npz\" inputs=probability_0 target=class"
      ),
      ("data", "", "data \"\(folder)/numbers.db\" target=y"),
      ("data", "", "data \"\(folder)/large-images-idx3-ubyte\""),
      ("data", "", "data \"\(folder)/pictures\" size=100x100"),
      ("data", "", "data \"\(folder)/pictures.csv\" images=file target=kind size=200x200"),
      ("data", "", "data \"\(folder)/huge\" size=1000x1000"),
      ("data", "", "data \"\(folder)/photographs\" size=1000x1000"),
      ("data", "let x = random(2000000, 20)", "data x"),
      (
        "data", "", "data \"\(folder)/numbers.csv\" target=y test=20% missing=drop normalize=minmax"
      ),
      ("layer", "", huge + "\nshow model"),
      ("layer", "", "input 20000\nlayer dense 20000 init=normal\nshow model"),
      ("train", network, "train epochs=1000"), ("train", rows, "train epochs=1000 batch=400000"),
      ("train", huge + "\ndata random(100, 20000) target=random(100, 20000)", "train epochs=5"),
      ("train", network, "train epochs=100 batch=1400"),
      ("train", pictures, "train epochs=1000 batch=1400"), ("train", large, "train batch=100"),
      (
        "train", "data digits\nensemble 9 { layer dense 2000 relu; layer dense 10 }",
        "train epochs=900"
      ),
      ("augment", pictures, "augment shift=20% rotate=15 flip; train epochs=1000"),
      ("evaluate", trained, "evaluate on=\"\(folder)/numbers.csv\""),
      ("evaluate", network + "\ntrain epochs=1 quiet", "evaluate on=train"),
      ("predict", trained, "predict \"\(folder)/numbers.csv\""),
      ("predict", trained, "predict data.train.inputs"),
      ("predict", trained, "predict \"\(folder)/numbers.csv\" to=\"\(folder)/answers.npz\""),
      ("predict", trained, "predict \"\(folder)/numbers.csv\" to=\"\(folder)/answers.csv\""),
      ("predict", trained, "predict \"\(folder)/numbers.csv\" to=\"\(folder)/answers.csv.gz\""),
      ("predict", large, "predict x"), ("evaluate", large, "evaluate on=train"),
      ("predict", "input 4000\nlayer dense 4000\nlet x = random(4000, 4000)", "predict x"),
      ("show", network, "show weights"), ("show", rows, "show data"), ("show", rows, "show data 5"),
      ("show", network + "\ntrain epochs=1 quiet", "show gradients"),
      ("show", network + "\ntrain epochs=1 quiet", "show confusion"),
      ("plot", "let xs = random(5000000)", "plot xs=xs"),
      (
        "plot",
        "data \"\(folder)/numbers.csv\" target=y category=y only=[a, b]\nlayer dense 4000 tanh",
        "plot boundary"
      ),
      (
        "save", "input 12000\nlayer dense 12000\nshow model", "save \"\(folder)/large.safetensors\""
      ),
      (
        "load", "input 12000\nlayer dense 12000\nsave \"\(folder)/large.safetensors\"",
        "load \"\(folder)/large.safetensors\""
      ),
      ("save", "input 6000\nlayer dense 6000\nshow model", "save \"\(folder)/large.onnx\""),
      ("save", "input 6000\nlayer dense 6000\nshow model", "save \"\(folder)/large.py\""),
      ("save", "input 6000\nlayer dense 6000\nshow model", "save \"\(folder)/large.c\""),
      ("save", trained, "save data \"\(folder)/saved.csv\""),
      (
        "load", "input 12000\nlayer dense 12000",
        "load \"\(folder)/theirs.safetensors\" from=pytorch"
      ),
      ("report", network + "\ntrain epochs=1 quiet", "report \"\(folder)/run.html\""),
      ("report", trained, "report \"\(folder)/run.html\""),
      ("train", network, "train epochs=1000 checkpoint=\"\(folder)/run.ckpt\" checkpoint_every=1"),
      (
        "train", network + "\ntrain epochs=2 checkpoint=\"\(folder)/run.ckpt\" quiet",
        "train epochs=1000 resume=\"\(folder)/run.ckpt\""
      ),
      (
        "train", huge + "\ndata random(100, 20000) target=random(100, 20000)",
        "train epochs=5 checkpoint=\"\(folder)/huge.ckpt\" checkpoint_every=1"
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
        network
          + "\ntrain epochs=1 quiet\nmodel b { layer dense 1000; layer dense 10 }\ntrain epochs=1 quiet",
        "compare"
      ),
      ("diagnose", network + "\ntrain epochs=1 quiet", "diagnose"),
      ("diagnose", trained, "diagnose"),
      ("explain", network + "\ntrain epochs=1 quiet", "explain 0 row"),
      ("explain", pictures, "explain 0 row"), ("explain", large, "explain 0 row"),
      ("show", pictures, "show image 3"), ("show", pictures, "show weights"),
      ("diagnose", pictures + "\ntrain epochs=1 quiet", "diagnose"),
      ("diagnose", large, "diagnose"), ("gradcheck", pictures, "gradcheck rows=100"),
      ("gradcheck", network, "gradcheck rows=100"),
      ("time", network, "time { train epochs=1000 }"),
      ("include", "", "include \"\(folder)/long.nn\""),
      ("undo", "let t = range(20000000)\nlet u = t", "undo"),
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
    let header = "{'descr': '<f8', 'fortran_order': True, 'shape': (5000000, 8), }"
    var array = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
    array += Array(header.utf8)
    write(array, 320_000_000, folder + "/numbers.npy")
    // Weights as PyTorch saves them.
    let weights = """
      {"0.weight":{"dtype":"F32","shape":[12000,12000],"data_offsets":[0,576000000]},\
      "0.bias":{"dtype":"F32","shape":[12000],"data_offsets":[576000000,576048000]}}
      """
    let length = (0..<8).map { UInt8(truncatingIfNeeded: weights.utf8.count >> (8 * $0)) }
    write(length + Array(weights.utf8), 576_048_000, folder + "/theirs.safetensors")
    // 200,000 pictures of 28x28 points, one of 9,000x9,000, and many of 200x200.
    let images: [UInt8] = [0, 0, 8, 3, 0, 3, 0x0D, 0x40, 0, 0, 0, 28, 0, 0, 0, 28]
    write(images, 200_000 * 28 * 28, folder + "/large-images-idx3-ubyte")
    let labels: [UInt8] = [0, 0, 8, 1, 0, 3, 0x0D, 0x40]
    write(labels, 200_000, folder + "/large-labels-idx1-ubyte")
    for kind in [
      "huge", "huge/a", "photographs", "photographs/a", "pictures", "pictures/a", "pictures/b",
    ] {
      mkdir(folder + "/" + kind, 0o700)
    }
    write(Array("P5\n9000 9000\n255\n".utf8), 81_000_000, folder + "/huge/a/1.pgm")
    // Grey JPEGs without any detail, two bits for each of 1,500,000 blocks of 8x8 points.
    let oneCode: [UInt8] = [1] + Array(repeating: 0, count: 16)
    let start: [UInt8] = [0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0] + Array(repeating: 1, count: 64)
    let size: [UInt8] = [0xFF, 0xC0, 0, 11, 8, 0x26, 0x70, 0x26, 0x70, 1, 1, 0x11, 0]
    let codes: [UInt8] =
      [0xFF, 0xC4, 0, 20, 0] + oneCode + [0xFF, 0xC4, 0, 20, 0x10] + oneCode
      + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
    let picture = start + size + codes + Array(repeating: 0, count: 378_225) + [0xFF, 0xD9]
    for number in 0..<20 { write(picture, 0, folder + "/photographs/a/\(number).jpg") }
    for number in 0..<2_000 {
      let path = "\(folder)/pictures/\(number % 2 == 0 ? "a" : "b")/\(number).ppm"
      write(Array("P6\n200 200\n255\n".utf8), 120_000, path)
    }
    write("file,kind\n", 20_000, folder + "/pictures.csv") { row, text in
      text += Array("pictures/\(row % 2 == 0 ? "a" : "b")/\(row % 2_000).ppm,\(row % 3)".utf8)
    }
    let python = ChildProcess([
      "python3", "-c",
      """
      import sqlite3
      base = sqlite3.connect('\(folder)/numbers.db')
      base.execute('create table t(a real, b text, y integer)')
      base.executemany('insert into t values (?, ?, ?)', \
        ((i * 0.5, 'text %d' % (i % 1000), i % 3) for i in range(2000000)))
      base.commit()
      """,
    ])
    if python?.end().isGood != true { print("  python3 wrote no database: SQLite is left out") }
    _ = ChildProcess(["gzip", "-1", "-k", folder + "/numbers.csv"])?.end()
  }

  private static func append(_ number: Int, to text: inout [UInt8]) {
    text += Array(String(number).utf8)
  }

  /// A few bytes, then many that are 1.
  private static func write(_ first: [UInt8], _ count: Int, _ path: String) {
    guard let file = fopen(path, "w") else { return }
    defer { fclose(file) }
    fwrite(first, 1, first.count, file)
    let ones = [UInt8](repeating: 1, count: min(count, 1 << 20))
    for start in stride(from: 0, to: count, by: 1 << 20) {
      fwrite(ones, 1, min(1 << 20, count - start), file)
    }
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
