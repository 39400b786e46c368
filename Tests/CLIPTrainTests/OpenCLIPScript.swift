/// Runs OpenCLIP on what a test wrote, in a Python that has `open_clip_torch` and `safetensors`.
///
/// Arguments: the checkpoint's folder, a file with the batches, the file to write, precision, steps, rate, warm-up.
/// It loads the checkpoint strictly, writes the features of the first batch, and trains as OpenCLIP does.
let openCLIPScript = """
    import json, math, sys
    import torch, open_clip
    from open_clip.loss import ClipLoss
    from safetensors.torch import load_file, save_file

    folder, batches, out, precision, steps, rate, warm_up = sys.argv[1:8]
    steps, rate, warm_up = int(steps), float(rate), int(warm_up)
    torch.set_num_threads(2)
    dtype = {"float64": torch.float64, "float32": torch.float32}[precision]
    config = json.load(open(folder + "/open_clip_config.json"))
    model, _, _ = open_clip.create_model_and_transforms("local-dir:" + folder)
    weights = load_file(folder + "/open_clip_model.safetensors")
    own = model.state_dict()
    assert {k for k in own if not k.endswith("num_batches_tracked") and k != "attn_mask"} == set(weights), "keys differ"
    # Loading went through float32; a run in double precision starts from the double weights.
    model = model.to(dtype)
    model.load_state_dict({**model.state_dict(), **weights}, strict=True)
    data = load_file(batches)
    images, tokens = data["images"].to(dtype), data["tokens"].long()
    model.eval()
    with torch.no_grad():
        features = {"image": model.encode_image(images[0], normalize=True).double(),
                    "text": model.encode_text(tokens[0], normalize=True).double()}
    save_file({k: v.contiguous() for k, v in features.items()}, out + ".safetensors")

    model.train()
    named = list(model.named_parameters())
    plain = lambda n, p: p.ndim < 2
    resnet = isinstance(config["model_cfg"]["vision_cfg"]["layers"], list)
    optimizer = torch.optim.AdamW(
        [{"params": [p for n, p in named if plain(n, p)], "weight_decay": 0.0},
         {"params": [p for n, p in named if not plain(n, p)], "weight_decay": 0.2}],
        lr=rate, betas=(0.9, 0.999 if resnet else 0.98), eps=1e-8 if resnet else 1e-6)
    loss_fn, rows = ClipLoss(), []
    for step in range(steps):
        done = (step - warm_up) / max(1, steps - warm_up)
        now = rate * (step + 1) / warm_up if step < warm_up else 0.5 * (1 + math.cos(math.pi * done)) * rate
        for group in optimizer.param_groups:
            group["lr"] = now
        optimizer.zero_grad()
        index = step % len(images)
        found = model(images[index], tokens[index])
        loss = loss_fn(found[0], found[1], found[2])
        loss.backward()
        norm = math.sqrt(sum(p.grad.double().pow(2).sum().item() for _, p in named if p.grad is not None))
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, math.log(100))
        rows.append({"loss": loss.item(), "norm": norm, "scale": model.logit_scale.exp().item()})
    json.dump({"version": open_clip.__version__, "torch": torch.__version__, "steps": rows}, open(out, "w"))
    """

/// One batch by OpenCLIP's own gradient accumulation: features of all parts without gradients, then for each part again
/// with gradients, in its place among the others' cached ones, the whole loss, backward.
///
/// Arguments, for each model: the checkpoint's folder, a file with the batches, the file to write the gradients to.
let openCLIPAccumulationScript = """
    import sys
    import torch, open_clip
    from open_clip.loss import ClipLoss
    from safetensors.torch import load_file, save_file

    rows = 8
    torch.set_num_threads(2)
    for folder, batches, out in zip(*[iter(sys.argv[1:])] * 3):
        model, _, _ = open_clip.create_model_and_transforms("local-dir:" + folder)
        model = model.double()
        weights = load_file(folder + "/open_clip_model.safetensors")
        model.load_state_dict({**model.state_dict(), **weights}, strict=True)
        model.train()
        data = load_file(batches)
        images, texts = data["images"][0].double().split(rows), data["tokens"][0].long().split(rows)
        with torch.no_grad():
            cached = [model(i, t)[:2] for i, t in zip(images, texts)]
        loss_fn = ClipLoss()
        for part, (i, t) in enumerate(zip(images, texts)):
            image, text, scale = model(i, t)[:3]
            whole = [c if k != part else (image, text) for k, c in enumerate(cached)]
            loss_fn(torch.cat([w[0] for w in whole]), torch.cat([w[1] for w in whole]), scale).backward()
        save_file({n: p.grad.contiguous() for n, p in model.named_parameters()}, out)
    """

/// Loads a model strictly in whatever format its weights have, writes features of the first batch in float32 and the
/// model's state in the same format.
///
/// Arguments, for each model: its folder, a file with the batches, the file for the features, that for the weights, the
/// format.
let openCLIPFormatScript = """
    import sys
    import torch, open_clip
    from safetensors.torch import load_file, save_file

    for folder, batches, features, weights, format in zip(*[iter(sys.argv[1:])] * 5):
        model, _, _ = open_clip.create_model_and_transforms("local-dir:" + folder, precision="fp32")
        model.eval()
        data = load_file(batches)
        with torch.no_grad():
            save_file({"image": model.encode_image(data["images"][0].float(), normalize=True),
                       "text": model.encode_text(data["tokens"][0].long(), normalize=True)}, features)
        skipped = ("attn_mask", "num_batches_tracked")
        state = {k: v for k, v in model.state_dict().items() if not k.endswith(skipped)}
        save_file({k: v.to(getattr(torch, format)).contiguous() for k, v in state.items()}, weights)
    """
