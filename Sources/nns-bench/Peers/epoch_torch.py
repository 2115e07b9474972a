"""An epoch in PyTorch, eager: epoch_torch.py BATCH"""

import sys

import torch
from torch import nn

from frame import fashion, serve

batch = int(sys.argv[1])
x, y = (torch.from_numpy(part) for part in fashion())
torch.manual_seed(0)
model = nn.Sequential(
    nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
)
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)


def run():
    total = torch.zeros(())
    order = torch.randperm(len(x))
    for first in range(0, len(x), batch):
        rows = order[first : first + batch]
        optimizer.zero_grad()
        loss = loss_function(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(rows)
    return total.item() / len(x)


serve(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads", run)
