"""Makes the files of other programs' ONNX exporters that tests load: small networks with weights by
chance, and beside each the rows that went in and the answers that came out.

    python onnx_fixtures.py FOLDER            PyTorch, by both of its exporters
    python onnx_fixtures.py FOLDER keras      Keras, by tf2onnx (needs tensorflow and tf2onnx)

Rows stand in `NAME.json` with channels last, as `nns` takes them: `inputs`, `outputs`, one list each
a row. Made with PyTorch 2.15, onnxscript 0.7, Keras 3.15, TensorFlow 2.21, tf2onnx 1.17.
"""

import json
import os
import sys

import numpy as np


def keep(folder, name, inputs, outputs):
    """Writes rows and answers of a network."""
    rows = {
        "inputs": [[round(float(x), 6) for x in row.reshape(-1)] for row in inputs],
        "outputs": [[float(f"{x:.7g}") for x in row.reshape(-1)] for row in outputs],
    }
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump(rows, file)


def without_notes(path):
    """Takes out what exporters note about the source code."""
    import onnx

    model = onnx.load(path, load_external_data=False)
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    for part in [*model.graph.node, *model.graph.input, *model.graph.output]:
        part.doc_string = ""
        del part.metadata_props[:]
    for tensor in model.graph.initializer:
        tensor.doc_string = ""
        del tensor.metadata_props[:]
    with open(path, "wb") as file:
        file.write(model.SerializeToString())


def from_torch(folder):
    """Networks of torch.nn, written by the exporter of TorchScript and by the new one."""
    import torch
    from torch import nn

    class Shortcut(nn.Module):
        """A block of a ResNet, with a convolution on its way around."""

        def __init__(self, channels, filters, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(filters)
            self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(filters)
            self.around = nn.Identity()
            if stride > 1 or channels != filters:
                self.around = nn.Sequential(
                    nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
                )

        def forward(self, x):
            y = torch.relu(self.bn1(self.conv1(x)))
            return torch.relu(self.bn2(self.conv2(y)) + self.around(x))

    class Branches(nn.Module):
        """Ways side by side, along the channels."""

        def __init__(self):
            super().__init__()
            self.one = nn.Conv2d(3, 2, 1)
            self.three = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.SiLU())
            self.pool = nn.MaxPool2d(3, stride=1, padding=1)
            self.last = nn.Linear(9, 3)

        def forward(self, x):
            x = torch.cat([self.one(x), self.three(x), self.pool(x)], dim=1)
            return self.last(x.mean(dim=(2, 3)))

    class View(nn.Module):
        """A flatten as people wrote it for years."""

        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(2, 3, 3, stride=2)
            self.fc = nn.Linear(27, 4)

        def forward(self, x):
            x = torch.tanh(self.conv(x))
            return torch.log_softmax(self.fc(x.view(x.size(0), -1)), dim=1)

    class Decoder(nn.Module):
        """A picture made of a few numbers."""

        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(5, 2 * 3 * 3)
            self.up = nn.ConvTranspose2d(2, 3, 4, stride=2, padding=1)
            self.out = nn.ConvTranspose2d(3, 1, 3, padding=1)

        def forward(self, x):
            x = torch.relu(self.fc(x)).view(-1, 2, 3, 3)
            return torch.sigmoid(self.out(torch.relu(self.up(x))))

    class Activations(nn.Module):
        """Functions side by side."""

        def __init__(self):
            super().__init__()
            functions = [
                nn.SELU(), nn.Softplus(), nn.Softsign(), nn.Mish(), nn.Hardsigmoid(),
                nn.Hardswish(), nn.ReLU6(), nn.GELU(approximate="tanh"), nn.SiLU(), nn.CELU(1.5),
                nn.Sequential(nn.Tanh(), nn.Sigmoid()), nn.Hardtanh(), nn.LogSigmoid(),
            ]
            self.ways = nn.ModuleList(nn.Sequential(nn.Linear(3, 2), f) for f in functions)

        def forward(self, x):
            return torch.cat([way(4 * x) for way in self.ways], dim=1)

    networks = {
        "dense": (
            nn.Sequential(
                nn.Linear(4, 6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 5), nn.LeakyReLU(0.2),
                nn.Linear(5, 3), nn.Softmax(dim=1)),
            (4,),
        ),
        "digits": (
            nn.Sequential(
                nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.BatchNorm2d(4), nn.ReLU(),
                nn.Conv2d(4, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                nn.Linear(24, 5)),
            (1, 8, 8),
        ),
        "norms": (
            nn.Sequential(
                nn.BatchNorm1d(5), nn.Linear(5, 6), nn.LayerNorm(6), nn.GELU(), nn.Linear(6, 4),
                nn.BatchNorm1d(4), nn.ELU(0.7), nn.Linear(4, 2)),
            (5,),
        ),
        "activations": (Activations(), (3,)),
        "resnet": (
            nn.Sequential(
                nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), Shortcut(4, 4, 1), Shortcut(4, 6, 2),
                nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3)),
            (3, 8, 8),
        ),
        "mobile": (
            nn.Sequential(
                nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.ReLU6(),
                nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.ReLU6(), nn.Conv2d(4, 6, 1, groups=2),
                nn.AvgPool2d(2), nn.Flatten(), nn.Linear(24, 2)),
            (2, 8, 8),
        ),
        "branches": (Branches(), (3, 6, 6)),
        "view": (View(), (2, 8, 8)),
        "decoder": (Decoder(), (5,)),
    }
    for name, (network, shape) in networks.items():
        torch.manual_seed(3)
        for parameter in network.parameters():
            nn.init.uniform_(parameter, -0.6, 0.6)
        network.train()
        with torch.no_grad():
            for _ in range(3):
                network(torch.randn(16, *shape))
        network.eval()
        rows = torch.randn(3, *shape).round(decimals=3)
        with torch.no_grad():
            answers = network(rows)
        if answers.dim() == 4:
            answers = answers.permute(0, 2, 3, 1)
        last = rows.permute(0, 2, 3, 1) if rows.dim() == 4 else rows
        keep(folder, "torch_" + name, last.numpy(), answers.numpy())
        path = os.path.join(folder, "torch_" + name)
        torch.onnx.export(
            network, (rows,), path + "_script.onnx", dynamo=False, input_names=["x"],
            dynamic_axes={"x": {0: "n"}})
        torch.onnx.export(
            network, (rows,), path + "_dynamo.onnx", dynamo=True, external_data=name == "view",
            verbose=False)
        without_notes(path + "_script.onnx")
        without_notes(path + "_dynamo.onnx")


def from_keras(folder):
    """Networks of Keras."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)

    def branches():
        given = keras.Input((8, 8, 2))
        x = layers.Conv2D(4, 3, padding="same", activation="relu")(given)
        y = layers.Conv2D(4, 3, padding="same")(x)
        x = layers.Activation("relu")(layers.BatchNormalization()(layers.Add()([x, y])))
        x = layers.Concatenate()([layers.MaxPooling2D(2)(x), layers.AveragePooling2D(2)(x)])
        return keras.Model(given, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))

    networks = {
        "dense": keras.Sequential([
            keras.Input((4,)), layers.Dense(6, activation="relu"), layers.Dropout(0.3),
            layers.Dense(5, activation="gelu"), layers.Dense(3, activation="softmax")]),
        "picture": keras.Sequential([
            keras.Input((8, 8, 2)), layers.Rescaling(0.5, offset=-0.2),
            layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False),
            layers.BatchNormalization(), layers.ReLU(), layers.DepthwiseConv2D(3, padding="same"),
            layers.LeakyReLU(negative_slope=0.1), layers.MaxPooling2D(2), layers.Flatten(),
            layers.Dense(3, activation="sigmoid")]),
        "branches": branches(),
        "norms": keras.Sequential([
            keras.Input((5,)), layers.Dense(6), layers.LayerNormalization(),
            layers.Activation("swish"), layers.Dense(4, activation="elu"),
            layers.BatchNormalization(), layers.Dense(4, activation="selu"),
            layers.Dense(4, activation="softplus"), layers.Dense(2, activation="tanh")]),
        "transposed": keras.Sequential([
            keras.Input((3, 3, 2)),
            layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(1, 3, padding="valid", activation="sigmoid")]),
    }
    for name, network in networks.items():
        chance = np.random.default_rng(3)
        for weight in network.weights:
            low = 0.4 if "variance" in weight.path else -0.6
            weight.assign(chance.uniform(low, 0.9, weight.shape))
        rows = chance.normal(size=(3,) + network.input_shape[1:]).round(3).astype("float32")
        answers = network.predict(rows, verbose=0)
        keep(folder, "keras_" + name, rows, answers)
        path = os.path.join(folder, f"keras_{name}.onnx")
        network.export(path, format="onnx", verbose=False)
        without_notes(path)


if __name__ == "__main__":
    if sys.argv[2:] == ["keras"]:
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        from_keras(sys.argv[1])
    else:
        from_torch(sys.argv[1])
