"""parity.py PROGRAM [--model ViT-B/32] [--batch 2] [--steps 20] [--long 100] [--threads 2] [--rate 1e-5]

Trains a full-size model in our PROGRAM (CLIPTrainBenchmark, built) and in OpenCLIP, from the same weights on the same
batches: --steps in float64, whose losses, gradient norms and temperatures must agree within 1e-8 relative, then --long
in float32, where our distance from the float64 run must be at most twice OpenCLIP's. Features under the first weights
must agree within 1e-5. Run it with a Python that has open_clip_torch. Ends with status 1 where something differs more.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import open_clip
import torch
from open_clip.loss import ClipLoss
from safetensors.torch import save_file

STORED_BATCHES = 4


def prepare(options, folder):
    """Weights as OpenCLIP starts them, noise for pictures, texts as long as alt texts are."""
    torch.manual_seed(1)
    name = options.model.replace("/", "-").replace("@", "-") + "-quickgelu"
    model = open_clip.create_model(name, pretrained=None)
    skipped = ("num_batches_tracked", "attn_mask")
    weights = {k: v.contiguous() for k, v in model.state_dict().items() if not k.endswith(skipped)}
    save_file(weights, folder / "weights.safetensors")
    side = model.visual.image_size
    side = side[0] if isinstance(side, (tuple, list)) else side
    count = STORED_BATCHES * options.batch
    images = torch.randn(count, 3, side, side)
    lengths = [6 + row * 7 % 17 for row in range(count)]
    tokens = torch.zeros(count, model.context_length, dtype=torch.int32)
    for row, length in enumerate(lengths):
        tokens[row, 0] = model.vocab_size - 2
        tokens[row, 1 : length - 1] = torch.randint(1, model.vocab_size - 2, (length - 2,))
        tokens[row, length - 1] = model.vocab_size - 1
    images.numpy().tofile(folder / "images.bin")
    tokens.numpy().tofile(folder / "tokens.bin")
    torch.tensor(lengths, dtype=torch.int32).numpy().tofile(folder / "lengths.bin")
    return model, images.split(options.batch), tokens.long().split(options.batch)


def theirs(options, model, images, tokens, precision, steps):
    """OpenCLIP's training as its own script has it."""
    dtype = {"float32": torch.float32, "float64": torch.float64}[precision]
    model = model.to(dtype)
    model.eval()
    with torch.no_grad():
        first = [model.encode_image(images[0].to(dtype), normalize=True), model.encode_text(tokens[0], normalize=True)]
    model.train()
    resnet = options.model.startswith("RN")
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in model.parameters() if p.ndim < 2], "weight_decay": 0.0},
            {"params": [p for p in model.parameters() if p.ndim >= 2], "weight_decay": 0.2},
        ],
        lr=options.rate, betas=(0.9, 0.999 if resnet else 0.98), eps=1e-8 if resnet else 1e-6,
    )
    loss_fn, rows = ClipLoss(), []
    for step in range(steps):
        done = (step - options.warm_up) / max(1, steps - options.warm_up)
        rising = options.rate * (step + 1) / options.warm_up
        rate = rising if step < options.warm_up else 0.5 * (1 + math.cos(math.pi * done)) * options.rate
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        index = step % STORED_BATCHES
        loss = loss_fn(*model(images[index].to(dtype), tokens[index])[:3])
        loss.backward()
        norm = math.sqrt(sum(p.grad.double().pow(2).sum().item() for p in model.parameters() if p.grad is not None))
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, math.log(100))
        rows.append({"loss": loss.item(), "gradient_norm": norm, "logit_scale": model.logit_scale.exp().item()})
    return [f.double() for f in first], rows


def ours(options, folder, precision, steps):
    command = [options.program, "--parity", str(folder), "--model", options.model, "--batch", str(options.batch)]
    command += ["--precision", precision, "--steps", str(steps), "--threads", str(options.threads)]
    command += ["--warm-up", str(options.warm_up), "--rate", repr(options.rate)]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    return [torch.tensor(answer[k], dtype=torch.float64) for k in ("images", "texts")], answer["steps"], answer["libtorch"]


def relative(found, exact):
    """The greatest relative difference of any figure at any step."""
    return max(abs(a[k] / b[k] - 1) for a, b in zip(found, exact) for k in ("loss", "gradient_norm", "logit_scale"))


def distance(found, exact):
    """The root mean square of the relative differences of the losses."""
    return math.sqrt(sum((a["loss"] / b["loss"] - 1) ** 2 for a, b in zip(found, exact)) / len(exact))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--model", default="ViT-B/32")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--long", type=int, default=100, help="steps in float32; 0 leaves them out")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warm-up", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1e-5)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    failures = []

    def judge(what, value, limit):
        print(f"  {what}: {value:.3g} (at most {limit:g})", flush=True)
        if not value <= limit:
            failures.append(what)

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model, images, tokens = prepare(options, folder)
        start = {k: v.clone() for k, v in model.state_dict().items()}
        our_features, our_rows, version = ours(options, folder, "float64", options.steps)
        features, rows = theirs(options, model, images, tokens, "float64", options.steps)
        print(f"{options.model}, batch {options.batch}, warm-up {options.warm_up}, rate {options.rate:g}: wit on LibTorch "
              f"{version}, open_clip {open_clip.__version__} on torch {torch.__version__}", flush=True)
        judge("features, float64, greatest difference",
              max((a - b).abs().max().item() for a, b in zip(our_features, features)), 1e-5)
        judge(f"float64, {options.steps} steps, greatest relative difference", relative(our_rows, rows), 1e-8)
        if options.long:
            for run in folder.glob("run-*"):
                run.rename(folder / ("short-" + run.name))
            _, exact, _ = ours(options, folder, "float64", options.long)
            _, single, _ = ours(options, folder, "float32", options.long)
            model = model.to(torch.float32)
            model.load_state_dict(start)
            _, their_single = theirs(options, model, images, tokens, "float32", options.long)
            mine, other = distance(single, exact), distance(their_single, exact)
            print(f"  float32, {options.long} steps, distance from float64: wit {mine:.3g}, OpenCLIP {other:.3g}")
            judge("ratio of these", mine / other, 2)
    if failures:
        sys.exit("differs: " + "; ".join(failures))


if __name__ == "__main__":
    main()
