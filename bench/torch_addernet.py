"""A training step of an adder network in PyTorch, as the public AdderNet layer computes it: for bench/train.ts only.

The layer's three formulas over the whole unfolded batch, one tensor operation each:

    forward   out = -(X_col[None] - W_col[:, :, None]).abs().sum(1)         (eq 3)
    weights   dW  = ((X_col[None] - W_col[:, :, None]) * g).sum(2)          (eq 5), scaled to the norm eta sqrt(k) (eq 11)
    input     dX  = ((W_col[:, :, None] - X_col[None]).clamp(-1, 1) * g).sum(0)  (eq 6)

Usage: torch_addernet.py CASE BATCH THREADS SECONDS MEMORY
CASE is "layer" or "lenet5-bn". MEMORY is "default", or "kept": glibc then keeps freed memory instead of giving the
large temporaries back to the system and taking them again page by page, which is most of the time by default.
Prints one JSON object: the fastest step's seconds and the least of all threads' CPU time, how many were timed, PyTorch's version.
"""

import ctypes
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

ETA = 0.2


class AdderFunction(torch.autograd.Function):
    """out[t, p] = -sum_k |W_col[t, k] - X_col[k, p]|."""

    @staticmethod
    def forward(ctx, weights, columns):
        ctx.save_for_backward(weights, columns)
        return -(columns.unsqueeze(0) - weights.unsqueeze(2)).abs().sum(1)

    @staticmethod
    def backward(ctx, gradient):
        weights, columns = ctx.saved_tensors
        difference = columns.unsqueeze(0) - weights.unsqueeze(2)
        by_weights = (difference * gradient.unsqueeze(1)).sum(2)
        norm = by_weights.norm(p=2).clamp(min=1e-12)
        by_weights = by_weights / norm * ETA * math.sqrt(by_weights.numel())
        by_columns = (-difference.clamp(-1, 1) * gradient.unsqueeze(1)).sum(0)
        return by_weights, by_columns


class Adder2d(nn.Module):
    def __init__(self, channels, filters, kernel, padding=0):
        super().__init__()
        self.kernel, self.padding = kernel, padding
        self.adder = nn.Parameter(torch.randn(filters, channels, kernel, kernel))

    def forward(self, x):
        batch, _, rows, cols = x.shape
        rows += 2 * self.padding - self.kernel + 1
        cols += 2 * self.padding - self.kernel + 1
        columns = F.unfold(x, self.kernel, padding=self.padding)
        columns = columns.permute(1, 2, 0).reshape(columns.shape[1], -1)
        out = AdderFunction.apply(self.adder.flatten(1), columns)
        return out.view(-1, rows, cols, batch).permute(3, 0, 1, 2).contiguous()


def lenet5_bn():
    """The layers of src/model/architectures/lenet.ts."""
    return nn.Sequential(
        Adder2d(1, 6, 5, padding=2), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
        Adder2d(6, 16, 5), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Unflatten(1, (400, 1, 1)),
        Adder2d(400, 120, 1), nn.BatchNorm2d(120), nn.ReLU(),
        Adder2d(120, 84, 1), nn.BatchNorm2d(84), nn.ReLU(),
        Adder2d(84, 10, 1), nn.BatchNorm2d(10), nn.Flatten(),
    )


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9, weight_decay=5e-4)


def layer_step(batch):
    """ResNet-20's layer of 32 x 32 x 16: forward, both gradients, the weights' update."""
    layer = Adder2d(16, 16, 3, padding=1)
    optimizer = sgd(layer.parameters())
    x = torch.rand(batch, 16, 32, 32, requires_grad=True)
    gradient = torch.randn(batch, 16, 32, 32)

    def step():
        optimizer.zero_grad()
        x.grad = None
        layer(x).backward(gradient)
        optimizer.step()

    return step


def network_step(batch):
    """LeNet-5-BN: forward, cross-entropy, all gradients, the update."""
    network = lenet5_bn()
    optimizer = sgd(network.parameters())
    images = torch.randn(batch, 1, 28, 28)
    labels = torch.arange(batch) % 10

    def step():
        optimizer.zero_grad()
        F.cross_entropy(network(images), labels).backward()
        optimizer.step()

    return step


M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4


def keep_memory():
    """Ask glibc to take no block by mmap and to give nothing back."""
    libc = ctypes.CDLL(None)
    if not (libc.mallopt(M_MMAP_MAX, 0) and libc.mallopt(M_TRIM_THRESHOLD, -1)):
        sys.exit("glibc refused to keep memory")


def main():
    case, batch, threads, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    if sys.argv[5] == "kept":
        keep_memory()
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    step = {"layer": layer_step, "lenet5-bn": network_step}[case](batch)
    step()
    wall, cpu = [], []
    end = time.perf_counter() + seconds
    while len(wall) < 3 or time.perf_counter() < end:
        start = time.perf_counter(), time.process_time()
        step()
        wall.append(time.perf_counter() - start[0])
        cpu.append(time.process_time() - start[1])
    result = {"seconds": min(wall), "cpuSeconds": min(cpu), "steps": len(wall)}
    print(json.dumps({**result, "version": torch.__version__}))


if __name__ == "__main__":
    main()
