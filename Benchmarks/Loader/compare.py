"""compare.py PATTERN [ROUNDS]: our loader beside webdataset with Pillow and with simplejpeg, in turn, on the same shards.

Usage: WIT_TEST_PYTHON=PYTHON python3 compare.py 'shards/*.tar' [ROUNDS]
PYTHON has webdataset, torch, torchvision, pillow, simplejpeg and open_clip_torch. CPU seconds come from the kernel's
accounts of each process, less those of the same process over a shard of one sample, so that loading is not counted.
Each process uses one thread; ours tokenises the captions too, theirs do not.
"""
import glob
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

here = pathlib.Path(__file__).resolve().parent
python = os.environ.get("WIT_TEST_PYTHON", sys.executable)


def build():
    """Our program, unless WIT_BENCHMARK names one that is built already."""
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
    return usage.ru_utime + usage.ru_stime, output


def shard_of_one(pattern, path):
    """A copy of the first sample."""
    with tarfile.open(sorted(glob.glob(pattern))[0]) as source, tarfile.open(path, "w") as target:
        members = source.getmembers()
        for member in members:
            if member.name.split(".")[0] == members[0].name.split(".")[0]:
                target.addfile(member, source.extractfile(member))


def main(pattern, rounds):
    ours = build()
    theirs = lambda mode: lambda shards: [python, str(here / "peers.py"), mode, shards]
    wit = lambda mode: lambda shards: [ours, mode, "1", shards]
    groups = {
        "decoded": {
            "wit": wit("exact"),
            "wit, reduced JPEG decode": wit("fast"),
            "webdataset + Pillow": theirs("pillow"),
            "webdataset + simplejpeg": theirs("simplejpeg"),
        },
        "bytes only": {"wit": wit("bytes"), "webdataset": theirs("bytes")},
    }
    with tempfile.TemporaryDirectory() as folder:
        one = folder + "/one.tar"
        shard_of_one(pattern, one)
        for group, ways in groups.items():
            best, answers = {}, {}
            for _ in range(rounds):
                for way, command in ways.items():
                    idle, _ = cpu(command(one))
                    busy, answers[way] = cpu(command(pattern))
                    best[way] = min(best.get(way, 1e9), busy - idle)
            samples = int(answers["wit"].split()[0])
            print(f"{group}, {samples} samples, best of {rounds}")
            for way, seconds in best.items():
                count, *rest = answers[way].split(maxsplit=1)
                if int(count) != samples:
                    sys.exit(f"{way} gave {count} samples, wit {samples}")
                version = "" if way.startswith("wit") else rest[0].strip()
                print(
                    f"  {way:26}{samples / seconds:10,.0f} samples a CPU-second"
                    f"{seconds / best['wit']:8.2f} x our time  {version}"
                )
            _, first, peak = answers["wit"].split()
            print(f"  wit: first batch after {first} s of wall time, {peak} MiB at most")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3)
