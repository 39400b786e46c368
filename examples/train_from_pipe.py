"""Trains a small CLIP in PyTorch on the batches of a pipe:
wit stream pairs --epochs 20 --image-size 64 --pixels uint8 --last-batch drop --output - | python3 train_from_pipe.py"""
import sys
import types

import torch
from numpy.lib.format import read_array
from torch import nn
from torch.nn.functional import cross_entropy, normalize

image_tower = nn.Sequential(nn.Conv2d(3, 64, 8, 8), nn.GELU(), nn.Conv2d(64, 128, 2, 2), nn.GELU(), nn.AdaptiveAvgPool2d(1),
                            nn.Flatten(), nn.Linear(128, 64))
text_tower = nn.EmbeddingBag(49408, 64, mode="mean", padding_idx=0)
scale = nn.Parameter(torch.tensor(2.66))
optimizer = torch.optim.AdamW([*image_tower.parameters(), *text_tower.parameters(), scale], lr=1e-3)
pipe = types.SimpleNamespace(read=sys.stdin.buffer.read)  # numpy would seek in a file, which a pipe cannot
step = 0
while sys.stdin.buffer.peek(1):
    images, tokens, lengths, keys = (read_array(pipe) for _ in range(4))  # a batch is four .npy arrays
    image = normalize(image_tower(torch.from_numpy(images).float() / 127.5 - 1), dim=-1)
    text = normalize(text_tower(torch.from_numpy(tokens).long()), dim=-1)
    logits, labels = scale.exp() * image @ text.T, torch.arange(len(keys))
    loss = (cross_entropy(logits, labels) + cross_entropy(logits.T, labels)) / 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(f"step {step} loss {loss.item():.3f} (chance {torch.tensor(float(len(keys))).log():.3f})", flush=True)
    step += 1
