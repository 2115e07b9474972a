"""Steps of a small network in PyTorch, one thread: small_torch.py EPOCHS"""

import sys

import torch
from torch import nn

from frame import serve
from network_torch import network
from small import data

epochs = int(sys.argv[1])
torch.set_num_threads(1)
x, y = (torch.from_numpy(part) for part in data())
model = network(4, 16, 3)
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)


def run():
    for _ in range(epochs):
        total = torch.zeros(())
        order = torch.randperm(len(x))
        for first in range(0, len(x), 16):
            rows = order[first : first + 16]
            optimizer.zero_grad()
            loss = loss_function(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(rows)
    return total.item() / len(x)


serve(f"PyTorch {torch.__version__}, one thread", run)
