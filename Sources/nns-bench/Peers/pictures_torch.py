"""Networks over 10,000 pictures in PyTorch, eager:
pictures_torch.py train|predict NETWORK BATCH [COUNT] first|last"""

import sys

import torch
from torch import nn

from frame import fashion, serve

work, name, batch, layout = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[-1]
torch.manual_seed(0)


class Residual(nn.Module):
    def __init__(self, filters):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(filters, filters, 3, padding=1, bias=True),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            nn.Conv2d(filters, filters, 3, padding=1, bias=True),
            nn.BatchNorm2d(filters),
        )

    def forward(self, x):
        return torch.relu(x + self.block(x))


def normalised(inputs, filters):
    return [nn.Conv2d(inputs, filters, 3, padding=1), nn.BatchNorm2d(filters), nn.ReLU()]


def separable(inputs, filters, stride=1):
    return [
        nn.Conv2d(inputs, inputs, 3, padding=1, stride=stride, groups=inputs),
        nn.ReLU(),
        nn.Conv2d(inputs, filters, 1),
        nn.ReLU(),
    ]


end = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10)]
networks = {
    "cnn": [
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10),
    ],
    "resnet": [
        *normalised(1, 32), Residual(32), nn.MaxPool2d(2),
        *normalised(32, 64), Residual(64), nn.MaxPool2d(2),
        *normalised(64, 128), Residual(128), *end,
    ],
    "depthwise": [
        nn.Conv2d(1, 32, 3, padding=1, stride=2), nn.ReLU(),
        *separable(32, 64), *separable(64, 64), *separable(64, 128, 2), *separable(128, 128), *end,
    ],
}
model = nn.Sequential(*networks[name])
for module in model.modules():
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)
order_in_memory = torch.channels_last if layout == "last" else torch.contiguous_format
model = model.to(memory_format=order_in_memory)
x, y = (torch.from_numpy(part[:10000]) for part in fashion())
x = x.reshape(-1, 1, 28, 28).contiguous(memory_format=order_in_memory)
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)


def train():
    model.train()
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


def predict():
    model.eval()
    rows = 0
    with torch.inference_mode():
        for first in range(0, int(sys.argv[4]), batch):
            rows += len(torch.softmax(model(x[first : first + batch]), 1))
    return rows


serve(
    f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads",
    train if work == "train" else predict,
)
