"""What every peer shares: it says `ready`, then answers each line of its input with
`seconds answer`."""

import gzip
import sys
import time


def serve(version, run):
    print("ready", version, flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        answer = run()
        print(time.perf_counter() - start, answer, flush=True)


def fashion(part="train"):
    """Pictures as rows of 784 numbers from 0 to 1, and their classes."""
    import numpy as np

    folder = "/usr/share/datasets/fashion-mnist/"
    with gzip.open(f"{folder}{part}-images-idx3-ubyte.gz") as file:
        pictures = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    with gzip.open(f"{folder}{part}-labels-idx1-ubyte.gz") as file:
        classes = np.frombuffer(file.read(), np.uint8, offset=8)
    return pictures.astype(np.float32) / np.float32(255), classes.astype(np.int64)
