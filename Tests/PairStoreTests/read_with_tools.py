"""Reads shards with one of today's tools; prints a JSON line a sample: key, SHA-256 of the picture, text.

Usage: read_with_tools.py webdataset|datasets|tarfile|open_clip SHARD...
"""
import hashlib
import json
import sys
import tarfile
import warnings

warnings.simplefilter("error")
PICTURES = ("jpg", "png", "webp", "gif")


def say(key, picture, text):
    print(json.dumps({"key": key, "sha256": hashlib.sha256(picture).hexdigest(), "text": text}))


def with_webdataset(shards):
    import webdataset

    for sample in webdataset.WebDataset(shards, shardshuffle=False):
        picture = next(sample[e] for e in PICTURES if e in sample)
        say(sample["__key__"], picture, sample["txt"].decode())


def with_datasets(shards):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies
        import datasets
    loaded = datasets.load_dataset(
        "webdataset", data_files={"train": shards}, split="train", streaming=True)
    for sample in loaded.decode(False):
        picture = next(sample[e] for e in PICTURES if sample.get(e) is not None)
        say(sample["__key__"], picture["bytes"], sample["txt"])


def with_tarfile(shards):
    for shard in shards:
        with tarfile.open(shard, "r:", errorlevel=2) as archive:
            members = archive.getmembers()
            assert all(m.isreg() and not m.pax_headers and m.mtime == 0 and m.uid == 0 for m in members)
            files = {m.name: archive.extractfile(m).read() for m in members}
        for name in files:
            key, extension = name.split(".")
            if extension in PICTURES:
                say(key, files[name], files[key + ".txt"].decode())


def with_open_clip(shards):
    """OpenCLIP's own training pipeline: batches of tensors; prints how many pairs they held."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import open_clip
        import torch
        from open_clip_train.data import get_wds_dataset
        from open_clip_train.params import parse_args
    args = parse_args([])
    args.train_data, args.val_data = None, "::".join(shards)
    args.val_num_samples, args.batch_size, args.workers, args.world_size = 1 << 20, 4, 0, 1
    args.distributed, args.seed = False, 0
    preprocess = open_clip.image_transform((32, 32), is_train=False)
    data = get_wds_dataset(args, preprocess, is_train=False, tokenizer=open_clip.tokenize)
    count = 0
    for images, texts in data.dataloader:
        assert images.shape[1:] == (3, 32, 32) and images.dtype == torch.float32
        assert texts.shape == (images.shape[0], 77) and bool((texts[:, 0] == 49406).all())
        count += images.shape[0]
    print(json.dumps({"pairs": count}))


if __name__ == "__main__":
    tool, *paths = sys.argv[1:]
    {"webdataset": with_webdataset, "datasets": with_datasets, "tarfile": with_tarfile,
     "open_clip": with_open_clip}[tool](paths)
