"""An epoch in PyTorch with one function written out: equation_torch.py WORD eager|compile"""

import sys

import torch
from torch import nn

from frame import fashion, serve

word, mode = sys.argv[1:]
x, y = (torch.from_numpy(part) for part in fashion())
hot = nn.functional.one_hot(y.long(), 10).float()
# Under mse a class is a number, learnt with mean 0 and deviation 1 and reported as it was.
number = y.float()[:, None]
scale = number.std(correction=0) if word == "mse" else torch.ones(())
number = (number - number.mean()) / number.std(correction=0)
torch.manual_seed(0)

activations = {
    "relu": lambda x: torch.clamp(x, min=0),
    "sigmoid": lambda x: 1 / (1 + torch.exp(-x)),
    "silu": lambda x: x / (1 + torch.exp(-x)),
}
function = activations.get(word, torch.relu)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        last = nn.Linear(128, 1 if word == "mse" else 10)
        self.layers = nn.ModuleList([nn.Linear(784, 256), nn.Linear(256, 128), last])

    def forward(self, x):
        x = function(self.layers[0](x))
        x = function(self.layers[1](x))
        return self.layers[2](x)


class Adam(torch.optim.Optimizer):
    def __init__(self, parameters, lr=0.001, b1=0.9, b2=0.999, eps=1e-8):
        super().__init__(parameters, dict(lr=lr, b1=b1, b2=b2, eps=eps))
        self.count = 0

    @torch.no_grad()
    def step(self):
        self.count += 1
        for group in self.param_groups:
            for w in group["params"]:
                state = self.state[w]
                if not state:
                    state["m"], state["v"] = torch.zeros_like(w), torch.zeros_like(w)
                b1, b2 = group["b1"], group["b2"]
                state["m"] = b1 * state["m"] + (1 - b1) * w.grad
                state["v"] = b2 * state["v"] + (1 - b2) * w.grad**2
                m = state["m"] / (1 - b1**self.count)
                v = state["v"] / (1 - b2**self.count)
                w -= group["lr"] * m / (torch.sqrt(v) + group["eps"])


def loss_of(output, rows):
    if word == "mse":
        return ((number[rows] - output) ** 2).mean()
    if word == "crossentropy":
        return -(hot[rows] * torch.log_softmax(output, 1)).sum(1).mean()
    return nn.functional.cross_entropy(output, y[rows])


model = Network()
step = lambda rows: loss_of(model(x[rows]), rows)
if mode == "compile":
    step = torch.compile(step)
optimizer = (Adam if word == "adam" else torch.optim.Adam)(model.parameters(), lr=0.001)


def run():
    total = torch.zeros(())
    order = torch.randperm(len(x))
    for first in range(0, len(x), 128):
        rows = order[first : first + 128]
        optimizer.zero_grad()
        loss = step(rows)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(rows)
    return (total * scale**2).item() / len(x)


serve(f"PyTorch {torch.__version__} {mode}, {torch.get_num_threads()} threads", run)
