"""compare.py FOLDER [ROUNDS [PART...]]: our imports beside img2dataset, FastWARC and warcio, in turn in one run.

FOLDER holds pictures, which nginx serves on loopback. Parts; fetched, resized and archives by default:

  fetched    `wit import urls`, bytes as fetched, beside `img2dataset --disable_all_reencoding`
  resized    the same with pictures of a short side of 256
  rows       `--check header` beside img2dataset over lists of 1,000 to 30,000 rows: starting, and each picture
  archives   `wit import warc`, and its reader alone, beside FastWARC and warcio
  all        ours of `resized` alone with each picture once: FOLDER may hold many and large ones

CPU seconds are the kernel's accounts of each program with all its children; memory is the most that they held
together. Makes itself a scratch Python with the peers, and builds our programs unless WIT_BENCHMARK names their folder.
"""
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

from shared import build, peers

PARTS = ("fetched", "resized", "archives")


def main():
    pictures = pathlib.Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    parts = sys.argv[3:] or PARTS
    python, programs = peers(), build()
    if pathlib.Path(sys.prefix) != python.parent:
        # The corpora are made with the peers' own libraries.
        os.execve(python / "python", [str(python / "python"), *sys.argv], os.environ | {"WIT_BENCHMARK": str(programs)})
    names = ["img2dataset", "opencv-python-headless", "albumentations", "FastWARC", "warcio", "pillow"]
    listing = subprocess.run([python / "pip", "list", "--format", "freeze"], capture_output=True, text=True).stdout
    versions = dict(line.split("==") for line in listing.splitlines() if "==" in line)
    wit = subprocess.run([programs / "wit", "--version"], capture_output=True, text=True).stdout.strip()
    print(f"wit {wit}; " + ", ".join(f"{name} {versions[name]}" for name in names))
    load = os.getloadavg()[0]
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}, load {load:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        if set(parts) - {"archives"}:
            import pictures as comparison
            comparison.run(parts, pictures, folder, programs / "wit", python, rounds)
        if "archives" in parts:
            import archives
            archives.run(folder, programs, python, rounds)


if __name__ == "__main__":
    main()
