"""compare.py: our tokenizer beside OpenCLIP's and HuggingFace's, in turn, on the same captions, one thread each.

Usage: WIT_TEST_PYTHON=PYTHON python3 compare.py [ROUNDS]
PYTHON has open_clip_torch and tokenizers. CPU seconds come from the kernel's accounts of each process, less those of
the same process over one caption, so that loading is not counted.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
python = os.environ.get("WIT_TEST_PYTHON", sys.executable)
cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
os.environ.setdefault("WIT_MERGES", f"{cache}/wit/bpe_simple_vocab_16e6.txt.gz")


def build():
    """Our program, unless WIT_BENCHMARK names one that is built already."""
    if "WIT_BENCHMARK" in os.environ:
        return os.environ["WIT_BENCHMARK"]
    arguments = ["swift", "build", "-c", "release", "--package-path", str(here)]
    subprocess.run(arguments, check=True, stdout=sys.stderr)
    folder = subprocess.run([*arguments, "--show-bin-path"], check=True, capture_output=True, text=True).stdout
    return folder.strip() + "/TokenizerBenchmark"


def captions():
    """WordNet's glosses and tuxpaint's captions in English; tuxpaint's in every other language."""
    english, others = [], []
    for part in ("noun", "verb", "adj", "adv"):
        for line in open(f"/usr/share/wordnet/data.{part}", encoding="utf-8"):
            if " | " in line:
                english.append(line.split(" | ", 1)[1].strip())
    for path in sorted(pathlib.Path("/usr/share/tuxpaint/stamps").rglob("*.txt")):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        english += lines[:1]
        others += [line.split("=", 1)[1] for line in lines[1:] if "=" in line]
    return {"English": english, "62 other languages": others}


def cpu(command):
    """CPU seconds of a process, as its parent sees them, and what it printed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return usage.ru_utime + usage.ru_stime, output.split()


def main(rounds):
    ours = build()
    ways = {
        "wit": lambda path, passes: [ours, path, str(passes)],
        "HuggingFace": lambda path, passes: [python, str(here / "peers.py"), "huggingface", path, str(passes)],
        "OpenCLIP": lambda path, passes: [python, str(here / "peers.py"), "openclip", path, str(passes)],
    }
    passes = {"wit": 20, "HuggingFace": 5, "OpenCLIP": 1}
    with tempfile.TemporaryDirectory() as folder:
        one = folder + "/one"
        pathlib.Path(one).write_text("a photo of a cat\n", encoding="utf-8")
        for name, lines in captions().items():
            path = folder + "/captions"
            pathlib.Path(path).write_text("\n".join(filter(None, lines)) + "\n", encoding="utf-8")
            count = sum(1 for line in lines if line)
            best, answers = {}, {}
            for _ in range(rounds):
                for way, command in ways.items():
                    idle, _ = cpu(command(one, 1))
                    busy, answers[way] = cpu(command(path, passes[way]))
                    seconds = (busy - idle) / passes[way]
                    best[way] = min(best.get(way, seconds), seconds)
            print(f"{name}: {count} captions, best of {rounds}")
            for way, seconds in best.items():
                ids = int(answers[way][0]) // passes[way]
                version = answers[way][2] if len(answers[way]) > 2 else ""
                print(
                    f"  {way:12}{version:8}{count / seconds:12,.0f} captions a CPU-second"
                    f"{count / seconds * 60 / 1e6:8.2f} million a minute{seconds / best['wit']:8.1f} x our time  {ids} ids"
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
