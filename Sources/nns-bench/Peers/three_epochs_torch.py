"""Three epochs of Fashion-MNIST in PyTorch, as one would write it; prints the last mean loss."""

import torch
from torch import nn

from frame import fashion
from network_torch import network

x, y = (torch.from_numpy(part) for part in fashion())
model = network(784, 256, 128, 10)
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(3):
    total = torch.zeros(())
    order = torch.randperm(len(x))
    for first in range(0, len(x), 128):
        rows = order[first : first + 128]
        optimizer.zero_grad()
        loss = loss_function(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(rows)
print(total.item() / len(x))
