"""10,000 pictures through a network in PyTorch: predict_torch.py BATCH"""

import sys

import torch

from frame import fashion, serve
from network_torch import network

batch = int(sys.argv[1])
x = torch.from_numpy(fashion("t10k")[0])
model = network(784, 256, 128, 10)


def run():
    rows = 0
    with torch.inference_mode():
        for first in range(0, len(x), batch):
            rows += len(torch.softmax(model(x[first : first + batch]), 1))
    return rows


serve(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads", run)
