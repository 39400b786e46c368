"""compare.py CORPUS [ROUNDS [GROUP...]]: our loader beside webdataset with Pillow, torch and OpenCV, in turn, on the same shards.

CORPUS is what corpus.py wrote. Run it with a Python that has webdataset, open_clip_torch, torch, torchvision, pillow,
simplejpeg and opencv-python-headless; WIT_BENCHMARK names a LoaderBenchmark that is built already.

CPU seconds come from the kernel's accounts of each process, less those of the same process over the first few batches,
so that neither loading nor the first use of memory is counted. Of each way the best of all rounds counts. Each process uses one thread. Ours tokenises
the captions too, theirs do not.
"""
import datetime
import glob
import json
import os
import pathlib
import platform
import subprocess
import sys
import tarfile
import tempfile

here = pathlib.Path(__file__).resolve().parent

# For each set: what is measured, and how many times our time the others must take.
OURS = ("exact", "fast")
GROUPS = {
    "jpeg": (OURS, ("pillow", "torch")),
    "detail": (OURS, ("pillow", "torch")),
    "mixed": (OURS, ("pillow", "opencv")),
    "small": (("exact",), ()),
}
# A set is passed over so often, so that what a process does once weighs little; bytes alone take hardly any time.
PASSES, BYTES_PASSES = 2, 40
# Samples of the first few batches.
FEW = 192
NAMES = {
    "exact": "wit, exact",
    "fast": "wit, reduced JPEG decode",
    "pillow": "webdataset + Pillow",
    "torch": "webdataset + simplejpeg + torch, exact",
    "opencv": "webdataset + simplejpeg + OpenCV, lossy",
    "bytes": "webdataset, bytes only",
}
AIMS = [
    ("exact mode over Pillow", "jpeg/exact", "jpeg/pillow", 3.5),
    ("exact mode over torch", "jpeg/exact", "jpeg/torch", 1.6),
    ("fast mode over Pillow", "jpeg/fast", "jpeg/pillow", 5),
    ("exact mode over Pillow, detail", "detail/exact", "detail/pillow", None),
    ("fast mode over Pillow, detail", "detail/fast", "detail/pillow", None),
    ("mixed over Pillow", "mixed/exact", "mixed/pillow", 2.5),
    ("mixed, exact over lossy OpenCV", "mixed/exact", "mixed/opencv", 1.25),
    ("derived store over Pillow on the originals", "small/exact", "jpeg/pillow", 8),
    ("bytes only over webdataset", "bytes/ours", "bytes/webdataset", 5),
]


def build():
    """Our program."""
    if "WIT_BENCHMARK" in os.environ:
        return os.environ["WIT_BENCHMARK"]
    arguments = ["swift", "build", "-c", "release", "--package-path", str(here)]
    subprocess.run(arguments, check=True, stdout=sys.stderr)
    folder = subprocess.run([*arguments, "--show-bin-path"], check=True, capture_output=True, text=True).stdout
    return folder.strip() + "/LoaderBenchmark"


def cpu(command):
    """CPU seconds of a process, as its parent sees them, and what it printed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return usage.ru_utime + usage.ru_stime, output.strip()


def shard_of_few(pattern, path):
    """A copy of the first samples."""
    with tarfile.open(sorted(glob.glob(pattern))[0]) as source, tarfile.open(path, "w") as target:
        keys = set()
        for member in source:
            keys.add(member.name.split(".")[0])
            if len(keys) > FEW:
                return
            target.addfile(member, source.extractfile(member))


def facts(answer):
    """Samples and versions, as ours or the peers print them."""
    if answer.startswith("{"):
        return json.loads(answer)["samples"], ""
    count, versions = answer.split(maxsplit=1)
    return int(count), versions


class Comparison:
    def __init__(self, corpus, rounds, ours):
        self.corpus, self.rounds, self.ours = corpus, rounds, ours
        self.best, self.counts = {}, {}

    def pattern(self, name):
        return f"{self.corpus}/{name}/*.tar"

    def command(self, mode, shards):
        if mode == "ours":
            return [self.ours, "bytes", "1", str(BYTES_PASSES), shards]
        if mode == "webdataset":
            return [sys.executable, str(here / "peers.py"), "bytes", shards, str(BYTES_PASSES)]
        if mode in ("exact", "fast"):
            return [self.ours, mode, "1", str(PASSES), shards]
        return [sys.executable, str(here / "peers.py"), mode, shards, str(PASSES)]

    def measure(self, group, name, modes):
        """CPU seconds of each mode over a set, in turn, round after round."""
        versions = {}
        with tempfile.TemporaryDirectory() as folder:
            few = folder + "/few.tar"
            shard_of_few(self.pattern(name), few)
            for _ in range(self.rounds):
                for mode in modes:
                    key = f"{group}/{mode}"
                    idle, start = cpu(self.command(mode, few))
                    busy, answer = cpu(self.command(mode, self.pattern(name)))
                    self.best[key] = min(self.best.get(key, 1e9), busy - idle)
                    count, versions[mode] = facts(answer)
                    self.counts[key] = count - facts(start)[0]
        if len({self.counts[f"{group}/{mode}"] for mode in modes}) != 1:
            sys.exit(f"{group}: not every way gave the same number of samples: {self.counts}")
        print(f"\n{group}, {self.counts[f'{group}/{modes[0]}']} samples, best of {self.rounds}")
        for mode in modes:
            rate = self.rate(f"{group}/{mode}")
            ratio = self.rate(f"{group}/{modes[0]}") / rate
            print(f"  {NAMES.get(mode, mode):40}{rate:10,.0f} a CPU-second{ratio:8.2f} x our time  {versions[mode]}")

    def rate(self, key):
        return self.counts[key] / self.best[key]

    def agree(self, name):
        """Our pixels beside Pillow's."""
        for mode in OURS:
            with tempfile.TemporaryDirectory() as folder:
                cpu([self.ours, mode, "1", "1", self.pattern(name), folder])
                _, answer = cpu([sys.executable, str(here / "peers.py"), "agree", self.pattern(name), folder])
            print(f"  {name}, {NAMES[mode]:26} {answer}")

    def run(self, mode, threads, epochs, name="jpeg"):
        return json.loads(cpu([self.ours, mode, str(threads), str(epochs), self.pattern(name)])[1])

    def threads(self):
        """Wall time of one and two threads, in turn."""
        one = two = 0
        for _ in range(self.rounds):
            for threads in (1, 2):
                told = self.run("exact", threads, 1)
                rate = told["samples"] / told["seconds"]
                one, two = (max(one, rate), two) if threads == 1 else (one, max(two, rate))
        load = os.getloadavg()[0]
        print(f"\ntwo threads: {two:,.0f} a second, one: {one:,.0f}; {two / one:.2f} x (load average {load:.1f})")

    def memory(self):
        told = self.run("exact", 2, 5)
        print(f"memory in each of five epochs: {[k >> 10 for k in told['residentKiB']]} MiB, peak {told['peakKiB'] >> 10}")
        first = min(self.run("exact", os.cpu_count(), 1)["firstBatchSeconds"] for _ in range(self.rounds))
        print(f"first batch on a warm cache, {os.cpu_count()} threads: {first * 1000:.0f} ms after the program's start")


def processor():
    lines = [line for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"{len(lines)} x {lines[0].split(':')[1].strip()}" if lines else platform.processor()


def main(corpus, rounds=3, *groups):
    comparison = Comparison(corpus, int(rounds), build())
    print(f"{datetime.date.today()}, {processor()}, load average {os.getloadavg()[0]:.1f}")
    for name in groups or GROUPS:
        if name in GROUPS:
            comparison.measure(name, name, sum(GROUPS[name], ()))
    if "bytes" in (groups or ["bytes"]):
        comparison.measure("bytes", "jpeg", ("ours", "webdataset"))
    if not groups:
        print("\npixels")
        for name in ("jpeg", "detail", "mixed"):
            comparison.agree(name)
        comparison.threads()
        comparison.memory()
    print("\nratios")
    for text, ours, theirs, aim in AIMS:
        if ours in comparison.best and theirs in comparison.best:
            ratio = comparison.rate(ours) / comparison.rate(theirs)
            print(f"  {text:44}{ratio:7.2f}" + (f"   (aim {aim})" if aim else ""))


if __name__ == "__main__":
    main(*sys.argv[1:])
