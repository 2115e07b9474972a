"""An epoch in PyTorch, eager: epoch_torch.py BATCH"""

import sys

import torch
from torch import nn

from frame import fashion, serve
from network_torch import network

batch = int(sys.argv[1])
x, y = (torch.from_numpy(part) for part in fashion())
model = network(784, 256, 128, 10)
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
