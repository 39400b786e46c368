"""peers.py pillow|simplejpeg|bytes PATTERN: one pass of webdataset over shards; prints samples and versions.

pillow: webdataset, Pillow, torchvision: the transform that OpenCLIP uses. simplejpeg: the fastest exact Python that
was found, full decode by libjpeg-turbo, torch's antialiased bicubic on bytes, one fused normalisation. bytes: nothing
is decoded. All single-threaded, in the process itself, as one worker of many would run.
"""
import glob
import io
import os
import sys

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import torch
import webdataset

torch.set_num_threads(1)
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)
SIDE = 224


def pillow():
    import PIL
    from open_clip.transform import image_transform
    from PIL import Image

    transform = image_transform(SIDE, is_train=False, mean=MEAN, std=STD)
    return f"Pillow {PIL.__version__}", lambda data: transform(Image.open(io.BytesIO(data)).convert("RGB"))


def simplejpeg():
    import importlib.metadata

    import numpy
    import simplejpeg as codec
    from PIL import Image

    scale = torch.tensor([1 / (255 * s) for s in STD])[:, None, None]
    bias = torch.tensor([-m / s for m, s in zip(MEAN, STD)])[:, None, None]

    def transform(data):
        if data[:2] == b"\xff\xd8":
            pixels = codec.decode_jpeg(data, "RGB", fastdct=False, fastupsample=False)
        else:
            pixels = numpy.array(Image.open(io.BytesIO(data)).convert("RGB"))
        height, width = pixels.shape[:2]
        short = min(height, width)
        size = (int(SIDE * height / short), int(SIDE * width / short))
        picture = torch.from_numpy(pixels).permute(2, 0, 1)[None]
        picture = torch.nn.functional.interpolate(picture, size=size, mode="bicubic", antialias=True)[0]
        top, left = round((size[0] - SIDE) / 2), round((size[1] - SIDE) / 2)
        square = picture[:, top : top + SIDE, left : left + SIDE]
        return square.to(torch.float32, memory_format=torch.contiguous_format).mul_(scale).add_(bias)

    return "simplejpeg " + importlib.metadata.version("simplejpeg"), transform


if __name__ == "__main__":
    mode, pattern = sys.argv[1:]
    steps = [
        webdataset.SimpleShardList(sorted(glob.glob(pattern))),
        webdataset.tarfile_to_samples(),
        webdataset.shuffle(1000, initial=500),
        webdataset.rename(image="jpg;png;jpeg;webp", text="txt", keep=False),
    ]
    version = "webdataset " + webdataset.__version__
    if mode == "bytes":
        steps += [webdataset.to_tuple("image", "text"), webdataset.batched(64, partial=True, collation_fn=len)]
    else:
        name, transform = {"pillow": pillow, "simplejpeg": simplejpeg}[mode]()
        version += ", " + name + ", torch " + torch.__version__
        steps += [
            webdataset.map_dict(image=transform, text=lambda text: text.decode("utf-8", "replace")),
            webdataset.to_tuple("image", "text"),
            webdataset.batched(64, partial=True, collation_fn=torch.utils.data.default_collate),
        ]
    samples = 0
    for batch in webdataset.WebLoader(webdataset.DataPipeline(*steps), batch_size=None, num_workers=0):
        samples += batch if isinstance(batch, int) else len(batch[0])
    print(samples, version)
