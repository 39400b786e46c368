"""peers.py pillow|torch|opencv|bytes PATTERN [PASSES]: webdataset over shards; prints samples and versions.

pillow: the transform that OpenCLIP uses. torch: the fastest exact Python that was found: simplejpeg (libjpeg-turbo)
decodes in full, OpenCV decodes what is no JPEG, torch resizes bytes by antialiased bicubic, one fused normalisation.
opencv: faster and lossy: simplejpeg decodes at a reduced size of at least 224, OpenCV averages areas. bytes: nothing
is decoded. All in the process itself, with one thread, as one worker of many would run.

peers.py agree PATTERN FOLDER: how far the batches that LoaderBenchmark wrote to FOLDER lie from Pillow's, in levels.
"""
import glob
import importlib.metadata
import io
import os
import sys

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy
import torch
import webdataset

torch.set_num_threads(1)
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)
SIDE = 224
SCALE = torch.tensor([1 / (255 * s) for s in STD])[:, None, None]
BIAS = torch.tensor([-m / s for m, s in zip(MEAN, STD)])[:, None, None]


def version(package):
    return f"{package} {importlib.metadata.version(package)}"


def resized(width, height):
    """torchvision's size of the resized picture: the long side is cut, not rounded."""
    short = min(width, height)
    return int(SIDE * width / short), int(SIDE * height / short)


def corner(length):
    return round((length - SIDE) / 2)


def normalised(square):
    """Bytes, channels first, to normalised floats."""
    return square.to(torch.float32, memory_format=torch.contiguous_format).mul_(SCALE).add_(BIAS)


def pillow():
    from open_clip.transform import image_transform
    from PIL import Image

    transform = image_transform(SIDE, is_train=False, mean=MEAN, std=STD)
    return version("pillow"), lambda data: transform(Image.open(io.BytesIO(data)).convert("RGB"))


def opencv_decode():
    import cv2

    cv2.setNumThreads(1)
    return lambda data: cv2.cvtColor(cv2.imdecode(numpy.frombuffer(data, numpy.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def torch_exact():
    import simplejpeg

    other = opencv_decode()

    def transform(data):
        is_jpeg = data[:2] == b"\xff\xd8"
        pixels = simplejpeg.decode_jpeg(data, "RGB", fastdct=False, fastupsample=False) if is_jpeg else other(data)
        width, height = resized(pixels.shape[1], pixels.shape[0])
        picture = torch.from_numpy(pixels).permute(2, 0, 1)[None]
        picture = torch.nn.functional.interpolate(picture, size=(height, width), mode="bicubic", antialias=True)[0]
        top, left = corner(height), corner(width)
        return normalised(picture[:, top : top + SIDE, left : left + SIDE])

    return version("simplejpeg") + ", " + version("torch"), transform


def opencv():
    import cv2
    import simplejpeg

    other = opencv_decode()

    def transform(data):
        if data[:2] == b"\xff\xd8":
            height, width, _, _ = simplejpeg.decode_jpeg_header(data)
            pixels = simplejpeg.decode_jpeg(data, "RGB", fastdct=False, fastupsample=False, min_height=SIDE, min_width=SIDE)
        else:
            pixels = other(data)
            height, width = pixels.shape[:2]
        size = resized(width, height)
        kind = cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_CUBIC
        top, left = corner(size[1]), corner(size[0])
        square = cv2.resize(pixels, size, interpolation=kind)[top : top + SIDE, left : left + SIDE]
        return normalised(torch.from_numpy(numpy.ascontiguousarray(square)).permute(2, 0, 1))

    return version("simplejpeg") + ", " + version("opencv-python-headless"), transform


MODES = {"pillow": pillow, "torch": torch_exact, "opencv": opencv}


def samples(pattern, passes=1):
    steps = [
        webdataset.SimpleShardList(passes * sorted(glob.glob(pattern))),
        webdataset.tarfile_to_samples(),
        webdataset.shuffle(1000, initial=500),
        webdataset.rename(key="__key__", image="jpg;png;jpeg;webp", text="txt", keep=False),
    ]
    return steps


def stream(mode, pattern, passes=1):
    """The count and the versions."""
    steps = samples(pattern, int(passes))
    versions = version("webdataset")
    if mode == "bytes":
        steps += [webdataset.to_tuple("image", "text"), webdataset.batched(64, partial=True, collation_fn=len)]
    else:
        name, transform = MODES[mode]()
        versions += ", " + name
        steps += [
            webdataset.map_dict(image=transform, text=lambda text: text.decode("utf-8", "replace")),
            webdataset.to_tuple("image", "text"),
            webdataset.batched(64, partial=True, collation_fn=torch.utils.data.default_collate),
        ]
    count = 0
    for batch in webdataset.WebLoader(webdataset.DataPipeline(*steps), batch_size=None, num_workers=0):
        count += batch if isinstance(batch, int) else len(batch[0])
    return f"{count} {versions}"


def agreement(pattern, folder):
    """Mean, 99.9th percentile and maximum of the differences to Pillow, in levels of 255."""
    def pixels(data, transform):
        """Pillow's; what is transparent lies on white, as ours does, where OpenCLIP's transform would show what is hidden."""
        image = Image.open(io.BytesIO(data))
        if image.mode != "RGB":
            image = image.convert("RGBA")
            white = Image.new("RGB", image.size, (255, 255, 255))
            white.paste(image, mask=image.getchannel("A"))
            image = white
        out = io.BytesIO()
        image.save(out, "PPM")
        return transform(out.getvalue()).numpy()

    ours = {}
    for path in glob.glob(folder + "/*.keys.npy"):
        images = numpy.load(path.replace(".keys.npy", ".images.npy"), mmap_mode="r")
        ours.update({key.decode(): images[row] for row, key in enumerate(numpy.load(path))})
    from PIL import Image

    name, transform = pillow()
    counts = numpy.zeros(256, numpy.int64)
    levels = 255 * numpy.array(STD, numpy.float32)[:, None, None]
    for sample in webdataset.DataPipeline(*samples(pattern)):
        difference = numpy.abs(ours.pop(sample["key"]) - pixels(sample["image"], transform)) * levels
        counts += numpy.bincount(numpy.rint(difference).astype(int).ravel(), minlength=256)
    if ours:
        sys.exit(f"{len(ours)} of our samples are not in the shards")
    total = counts.sum()
    mean = (counts * numpy.arange(256)).sum() / total
    high = int(numpy.searchsorted(counts.cumsum(), 0.999 * total))
    return f"mean {mean:.3f}, 99.9% within {high}, maximum {counts.nonzero()[0].max()} of 255 levels from {name}"


if __name__ == "__main__":
    mode, pattern, *rest = sys.argv[1:]
    print(agreement(pattern, *rest) if mode == "agree" else stream(mode, pattern, *rest))
