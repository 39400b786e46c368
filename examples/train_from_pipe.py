"""Trains a small CLIP in PyTorch on the batches of a pipe:

wit stream pairs --epochs 20 --image-size 64 --pixels uint8 --last-batch drop --output - | python3 train_from_pipe.py
"""
import sys
import types

import torch
from numpy.lib.format import read_array
from torch import nn


def batches(file):
    """A batch is four .npy arrays, one after another: images, tokens, lengths, keys."""
    pipe = types.SimpleNamespace(read=file.read)  # numpy would seek in a file, which a pipe cannot
    while file.peek(1):
        yield [read_array(pipe) for _ in range(4)]


image_tower = nn.Sequential(
    nn.Conv2d(3, 64, 8, 8), nn.GELU(), nn.Conv2d(64, 128, 2, 2), nn.GELU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 64)
)
text_tower = nn.EmbeddingBag(49408, 64, mode="mean", padding_idx=0)
scale = nn.Parameter(torch.tensor(2.66))
parameters = [*image_tower.parameters(), *text_tower.parameters(), scale]
optimizer = torch.optim.AdamW(parameters, lr=1e-3)

for step, (images, tokens, lengths, keys) in enumerate(batches(sys.stdin.buffer)):
    pictures = torch.from_numpy(images).float() / 127.5 - 1
    image = nn.functional.normalize(image_tower(pictures), dim=-1)
    text = nn.functional.normalize(text_tower(torch.from_numpy(tokens).long()), dim=-1)
    logits = scale.exp() * image @ text.T
    labels = torch.arange(len(keys))
    loss = (nn.functional.cross_entropy(logits, labels) + nn.functional.cross_entropy(logits.T, labels)) / 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(f"step {step} loss {loss.item():.3f} (chance {torch.tensor(float(len(keys))).log():.3f})", flush=True)
