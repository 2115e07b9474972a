"""10,000 pictures through a network in PyTorch: predict_torch.py BATCH"""

import sys

import torch
from torch import nn

from frame import fashion, serve

batch = int(sys.argv[1])
x = torch.from_numpy(fashion("t10k")[0])
torch.manual_seed(0)
model = nn.Sequential(
    nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
)


def run():
    rows = 0
    with torch.inference_mode():
        for first in range(0, len(x), batch):
            rows += len(torch.softmax(model(x[first : first + batch]), 1))
    return rows


serve(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads", run)
