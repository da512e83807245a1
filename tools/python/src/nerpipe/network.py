"""The network of a tagger (Sources/Taggers/Tagger+Forward.swift).

`n` tokens, `R` rows: tokens laid end to end, an empty row before each sentence and behind the last. `H` hidden width, `K`
labels.

    h = LayerNorm(ReLU(x W + b))
    h = h + LayerNorm(ReLU([h(r-1); h(r); h(r+1)] W + b))      convolution_count times, zero on empty rows
    p = softmax(h W + b)

What the input layer makes of a token depends on the token alone, and so do the products by which the first convolution takes it
to itself and its neighbours: they are the token's *entry*, and computed once.
"""
from dataclasses import dataclass
from typing import Dict, Tuple

import numpy as np

from ._arrays import Floats, Ints
from .configuration import Configuration


@dataclass
class _Layer:
    """A fully connected layer and the layer norm behind it."""

    # `[inputs, H]`
    weight: Floats
    bias: Floats
    gamma: Floats
    beta: Floats

    def activate(self, z: Floats) -> Floats:
        """LayerNorm(ReLU(z + bias)), in place."""
        z += self.bias
        np.maximum(z, 0, out=z)
        width = z.shape[1]
        z -= (z @ np.full(width, 1 / width, np.float32))[:, None]
        variance = np.einsum("ij,ij->i", z, z) / np.float32(width)
        z *= (1 / np.sqrt(variance + np.float32(1e-5)))[:, None]
        z *= self.gamma
        z += self.beta
        return z


class Network:
    def __init__(self, configuration: Configuration, tensors: Dict[str, Floats]) -> None:
        self.hidden_width = configuration.hidden_width
        self._scale = np.float32(configuration.vector_scale)
        self._features = [tensors[f"features.{feature.name}.weight"] for feature in configuration.features]

        def layer(name: str) -> _Layer:
            weight = np.ascontiguousarray(tensors[name + ".weight"].T)
            return _Layer(weight, tensors[name + ".bias"], tensors[name + ".norm.weight"], tensors[name + ".norm.bias"])

        self._input = layer("input")
        self._convolutions = [layer(f"convolutions.{number}") for number in range(configuration.convolution_count)]
        self._output = np.ascontiguousarray(tensors["output.weight"].T)
        self._output_bias = tensors["output.bias"]
        H = self.hidden_width
        # The state, and the products with the left, own and right part of the first convolution's weights.
        self.entry_parts = 4 if self._convolutions else 1
        if self._convolutions:
            taps = self._convolutions[0].weight.reshape(3, H, H)
            self._first_taps = np.ascontiguousarray(taps.transpose(1, 0, 2).reshape(H, 3 * H))

    def entries(self, vectors: Floats, numbers: Floats, buckets: Ints) -> Floats:
        """`[n, parts, H]`.

        vectors: `[n, D]`. numbers: `[n, *]`, statistics and flags. buckets: `[n, F]`.
        """
        parts = [vectors * self._scale, numbers, *(table[buckets[:, index]] for index, table in enumerate(self._features))]
        h = self._input.activate(np.concatenate(parts, 1) @ self._input.weight)
        if self.entry_parts == 1:
            return h[:, None]
        entries: Floats = np.concatenate([h, h @ self._first_taps], 1).reshape(len(h), 4, self.hidden_width)
        return entries

    def forward(self, entries: Floats, slots: Ints, boundaries: Ints) -> Tuple[Floats, Floats]:
        """Logits and probabilities, `[R, K]`.

        entries: `[*, parts, H]`, zero at 0. slots: `[R]`, the entry of each row; 0 on empty rows. boundaries: the empty rows.
        """
        rows, places = entries.reshape(-1, self.hidden_width), slots * self.entry_parts
        h = rows.take(places, 0)
        for number, layer in enumerate(self._convolutions):
            if number == 0:
                z = rows.take(places[1:-1] + 2, 0)
                z += rows.take(places[:-2] + 1, 0)
                z += rows.take(places[2:] + 3, 0)
            else:
                H = self.hidden_width
                z = np.empty((len(h) - 2, 3 * H), np.float32)
                z[:, :H], z[:, H:2 * H], z[:, 2 * H:] = h[:-2], h[1:-1], h[2:]
                z = z @ layer.weight
            h[1:-1] += layer.activate(z)
            h[boundaries] = 0
        logits = h @ self._output
        logits += self._output_bias
        probabilities = np.exp(logits - logits.max(1, keepdims=True))
        probabilities /= probabilities.sum(1, keepdims=True)
        return logits, probabilities
