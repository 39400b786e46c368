"""corpus.py FOLDER: pictures of web sizes out of Debian's photographs, as WebDataset shards for compare.py.

Needs Pillow, numpy and the Debian packages named in PACKAGES. Writes, the same bytes on every run of one Pillow:

  FOLDER/jpeg/*.tar     1,000 JPEGs of quality 85, a quarter progressive, a fifth without chroma subsampling
  FOLDER/detail/*.tar     500 JPEGs with the grain of a camera in poor light: twice the bits for each pixel
  FOLDER/mixed/*.tar    1,000 pictures: 84% JPEG, 8% PNG, 8% WebP
  FOLDER/small/*.tar    the pictures of `jpeg`, short side 256, as a store that was derived once would hold them

Widths lie log-uniformly in 200...1,600 pixels; each picture is a cut of half to all of a photograph, so that several
of one photograph differ.
"""
import io
import json
import math
import os
import random
import subprocess
import sys
import tarfile

import numpy
from PIL import Image

PACKAGES = (
    "tuxpaint-stamps-default plasma-workspace-wallpapers mate-backgrounds ukui-wallpapers "
    "lomiri-wallpapers-16.04 lomiri-wallpapers-20.04"
).split()
SMALLEST = 400  # a source with a shorter side is an icon, not a photograph


def sources():
    """Paths of the photographs, in a fixed order, with their captions."""
    listing = subprocess.run(["dpkg", "-L", *PACKAGES], check=True, capture_output=True, text=True).stdout
    for path in sorted(set(listing.split("\n"))):
        if not path.lower().endswith((".jpg", ".jpeg", ".png")) or os.path.islink(path) or not os.path.isfile(path):
            continue
        with Image.open(path) as image:
            if min(image.size) >= SMALLEST and image.mode in ("RGB", "RGBA"):
                yield path, caption(path)


def caption(path):
    text = os.path.splitext(path)[0] + ".txt"
    if os.path.exists(text):
        return open(text, encoding="utf-8", errors="replace").readline().strip()
    return "wallpaper " + os.path.splitext(os.path.basename(path))[0].replace("_", " ")


class Photographs:
    """Opens photographs, keeping the last few decoded ones."""

    def __init__(self):
        self.all = list(sources())
        self.kept = {}

    def open(self, path):
        if path not in self.kept:
            if len(self.kept) >= 60:
                del self.kept[next(iter(self.kept))]
            image = Image.open(path)
            image.draft("RGB", (1600, 1600))
            image.thumbnail((3200, 3200), Image.Resampling.LANCZOS)
            self.kept[path] = image
        return self.kept[path]

    def cut(self, path, draw):
        """A part of a photograph at a web size."""
        image = self.open(path)
        share = draw.uniform(0.5, 1)
        width, height = (int(side * share) for side in image.size)
        left, top = (int(draw.random() * (side - part)) for side, part in zip(image.size, (width, height)))
        wanted = round(math.exp(draw.uniform(math.log(200), math.log(1600))))
        size = (wanted, max(64, round(wanted * height / width)))
        return image.crop((left, top, left + width, top + height)).resize(size, Image.Resampling.LANCZOS)


def on_grey(image):
    if image.mode == "RGB":
        return image
    ground = Image.new("RGB", image.size, (200, 200, 200))
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def grained(image, number):
    noise = numpy.random.default_rng(number).normal(0, 5, (*image.size[::-1], 1))
    return Image.fromarray((numpy.asarray(image) + noise).clip(0, 255).astype(numpy.uint8))


def encoded(image, suffix, draw):
    out = io.BytesIO()
    if suffix == "jpg":
        sampling = 0 if draw.random() < 0.2 else 2
        on_grey(image).save(out, "JPEG", quality=85, progressive=draw.random() < 0.25, subsampling=sampling)
    elif suffix == "png":
        image.save(out, "PNG", compress_level=6)
    else:
        image.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()


def derived(data):
    """What ingestion keeps of a picture when asked for a short side of 256."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    short = min(image.size)
    if short > 256:
        image = image.resize([round(side * 256 / short) for side in image.size], Image.Resampling.BICUBIC)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()


def write(folder, pictures):
    """A shard for each 1,000 pictures of (suffix, bytes, caption)."""
    os.makedirs(folder, exist_ok=True)
    for first in range(0, len(pictures), 1000):
        with tarfile.open(f"{folder}/{first // 1000:05d}.tar", "w", format=tarfile.USTAR_FORMAT) as shard:
            for number, (suffix, data, text) in enumerate(pictures[first : first + 1000], first):
                for name, content in ((suffix, data), ("txt", text.encode()), ("json", b"{}")):
                    member = tarfile.TarInfo(f"{number:06d}.{name}")
                    member.size = len(content)
                    shard.addfile(member, io.BytesIO(content))


def facts(pictures):
    sizes = [Image.open(io.BytesIO(data)).size for _, data, _ in pictures]
    pixels = sum(width * height for width, height in sizes)
    count = sum(len(data) for _, data, _ in pictures)
    return {
        "pictures": len(pictures),
        "megapixels": round(pixels / len(pictures) / 1e6, 3),
        "bits_per_pixel": round(count * 8 / pixels, 2),
    }


def main(folder):
    photographs = Photographs()

    def made(seed, suffixes, change=lambda image, number: image):
        draw = random.Random(seed)
        chosen = sorted(range(len(suffixes)), key=lambda _: draw.random())
        jobs = [(*draw.choice(photographs.all), number) for number in chosen]
        # By photograph, so that each is decoded about once; the shard's order stays random.
        made = {}
        for path, text, number in sorted(jobs):
            each = random.Random(f"{seed} {number}")
            image = change(photographs.cut(path, each), number)
            made[number] = (suffixes[number], encoded(image, suffixes[number], each), text)
        return [made[number] for number in range(len(suffixes))]

    sets = {"jpeg": made(1, ["jpg"] * 1000)}
    sets["detail"] = made(2, ["jpg"] * 500, lambda image, number: grained(on_grey(image), number))
    suffixes = ["png"] * 80 + ["webp"] * 80 + ["jpg"] * 840
    random.Random(3).shuffle(suffixes)
    sets["mixed"] = made(3, suffixes)
    sets["small"] = [("jpg", derived(data), text) for _, data, text in sets["jpeg"]]
    for name, pictures in sets.items():
        write(f"{folder}/{name}", pictures)
        print(name, json.dumps(facts(pictures)))


if __name__ == "__main__":
    main(sys.argv[1])
