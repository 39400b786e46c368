"""compare.py [ROUNDS [pages|pairs|decoded]...]: our crawler beside Scrapy on the same loopback site, in turn, no delay, robots.txt
obeyed.

First pages alone, of all manuals; then pages with their pictures stored, of GIMP's, which has three to a page: beside the pipeline that stores bytes as
they came (`pairs`), and beside the one that decodes each picture, as ours does (`decoded`). CPU seconds and resident memory come from the kernel's
accounts of each process; the pages each asked for come from nginx's log. Needs nginx; makes itself a scratch Python
with Scrapy, and builds our program unless WIT_BENCHMARK names one.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from shared import PER_HOST, SEED, Server, build, here, measure, repository

GIMP = SEED + "gimp/index.html"
PINS = ["scrapy==2.19.0", "pillow==13.0.0"]
cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "wit"


def python():
    """A Python with Scrapy."""
    folder = cache / "benchmark-scrapy"
    if not (folder / "bin/scrapy").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "-q", "--disable-pip-version-check", *PINS], check=True)
    return str(folder / "bin/python")


def show(name, unit, facts, pages):
    facts["pages"] = sum(pages.values())
    rate = facts[unit] / facts["cpu"]
    print(
        f"  {name:7} {facts['pages']:6,} pages {facts['files']:6,} files {facts['cpu']:7.1f} CPU-s "
        f"{facts['seconds']:6.1f} s  {rate:7.1f} {unit}/CPU-s  {facts['bytes'] / facts['seconds'] / 1e6:6.1f} MB/s  "
        f"{facts['mib']:5.0f} MiB", flush=True)
    return rate


def compare(mode, unit, programs, server, folder):
    print(f"{mode}:")
    rates = {}
    for name, command in programs.items():
        store = folder / "store"
        shutil.rmtree(store, ignore_errors=True)
        facts = measure(command(mode, str(store)))
        pages = server.asked()
        rates[name] = (show(name, unit, facts, pages), facts, pages)
    (ours, our_facts, our_pages), (theirs, their_facts, their_pages) = rates["ours"], rates["Scrapy"]
    mean = our_facts["bytes"] / our_facts["pages"] if mode == "pages" else 0
    print(
        f"  ratio {ours / theirs:.1f} ({unit} per CPU-second), "
        f"{our_facts[unit] / our_facts['seconds'] / (their_facts[unit] / their_facts['seconds']):.1f} ({unit} per second), "
        f"memory {our_facts['mib'] / their_facts['mib']:.2f}, "
        f"pages that only one read: ours {len(our_pages.keys() - their_pages.keys())}, "
        f"Scrapy {len(their_pages.keys() - our_pages.keys())}" + (f"; mean page {mean / 1e3:.1f} kB" if mean else ""))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    modes = sys.argv[2:] or ["pages", "pairs", "decoded"]
    scrapy, ours = python(), build()
    versions = "import scrapy, twisted, sys; print('Scrapy', scrapy.__version__, 'Twisted', twisted.__version__, " \
        "'Python', sys.version.split()[0])"
    print(subprocess.run([scrapy, "-c", versions], check=True, capture_output=True, text=True).stdout.strip())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "none.txt").write_text("zqxj\n")
        subprocess.run([here / "site", folder / "site"], check=True)
        server = Server(folder)

        def command_of_ours(mode, store):
            if mode == "pages":
                return [ours, "pages", store, str(folder / "none.txt"), str(PER_HOST), SEED]
            return [ours, "pairs", store, str(repository / "queries/wit-500k.tsv.gz"), str(PER_HOST), GIMP]

        def command_of_theirs(mode, store):
            return [scrapy, str(here / "spider.py"), mode, store, str(PER_HOST), SEED if mode == "pages" else GIMP]

        programs = {"ours": command_of_ours, "Scrapy": command_of_theirs}
        try:
            # Our program compiles a query list once and keeps that; a page is enough to have it done.
            measure([ours, "pages:1", *command_of_ours("pairs", str(folder / "store"))[2:]])
            server.asked()
            for _ in range(rounds):
                for mode in modes:
                    compare(mode, "pages" if mode == "pages" else "files", programs, server, folder)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
