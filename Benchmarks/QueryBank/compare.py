#!/usr/bin/env python3
"""Our matcher beside its peers on the same texts in one run, and the balance's figures. usage: compare.py [LIST] [TEXTS]

Needs the Debian packages wordnet-base and tuxpaint-stamps-default (scripts/setup installs them) and PyPI for the
peers, which go into a scratch environment. Speeds are per second of processor time; the machine may be shared.
"""
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = f"{HERE}/.build/release/QueryBankBenchmark"
ROUNDS = 3
SCRIPTS = {
    "Cyrillic": ("ru", "uk", "be", "bg", "sr", "mk"), "Greek": ("el",), "Han and Kana": ("ja", "zh_CN", "zh_TW"),
    "Hangul": ("ko",), "Thai": ("th",), "Devanagari": ("hi",), "Arabic": ("ar", "fa"), "Latin, accented": ("cs", "fr", "vi"),
}


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def facts(*command, **options):
    return [json.loads(line) for line in run(*command, **options).splitlines()]


def glosses(path):
    """WordNet's glosses: 117,659 real sentences of English."""
    with open(path, "w", encoding="utf-8") as out:
        for part in ("noun", "verb", "adj", "adv"):
            for line in open(f"/usr/share/wordnet/data.{part}", encoding="utf-8"):
                if not line.startswith("  "):
                    out.write(line.split(" | ", 1)[1].strip() + "\n")


def captions(path, languages):
    """Captions of Tux Paint's stamps in some languages, repeated to a size that can be measured."""
    lines = []
    for folder, _, names in sorted(os.walk("/usr/share/tuxpaint/stamps")):
        for name in sorted(name for name in names if name.endswith(".txt")):
            for line in open(f"{folder}/{name}", encoding="utf-8", errors="replace"):
                language, found, text = line.partition(".utf8=")
                if found and language in languages:
                    lines.append(text.strip() + "\n")
    text = "".join(lines)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text * (8_000_000 // len(text.encode()) + 1))


def best(rows, peer=None):
    return max(row["megabytes_per_cpu_second"] for row in rows if row.get("peer") == peer and "matches" in row)


def peers_python(folder):
    run(sys.executable, "-m", "venv", f"{folder}/venv")
    run(f"{folder}/venv/bin/pip", "install", "-q", "pyahocorasick", "ahocorasick_rs")
    return f"{folder}/venv/bin/python"


def compile_and_open(query_list, bank):
    compiled = facts(BINARY, "compile", query_list, bank)[0]
    opened = min((facts(BINARY, "open", bank)[0] for _ in range(7)), key=lambda row: row["milliseconds"])
    print(f"list     {compiled['rows']} rows; load and compile {compiled['load_and_compile_seconds']:.2f} s, "
          f"write {compiled['write_seconds'] * 1e3:.0f} ms; file {os.path.getsize(bank) / 1e6:.1f} MB")
    print(f"open     {opened['milliseconds']:.2f} ms (checksum of every byte included), "
          f"resident +{opened['resident_kib'] / 1024:.1f} MiB")


def compare_english(bank, texts, folder):
    python, size = peers_python(folder), os.path.getsize(texts)
    open(f"{folder}/rows", "w").write(run(BINARY, "rows", bank))
    open(f"{folder}/ids", "w").write(run(BINARY, "ids", bank, texts))
    # Ours, theirs, ours: a machine that slows down on the way slows both.
    ours = facts(BINARY, "match", bank, texts, str(ROUNDS))
    theirs = facts(python, f"{HERE}/peers.py", f"{folder}/rows", f"{folder}/ids", str(size), str(ROUNDS))
    ours += facts(BINARY, "match", bank, texts, str(ROUNDS))
    print(f"texts    {ours[0]['texts']} texts, {size / 1e6:.1f} MB; {ours[0]['matches'] / ours[0]['texts']:.1f} matches each")
    print(f"ours     {best(ours):.0f} MB/s raw text to sorted ids, resident +{ours[-1]['resident_kib'] / 1024:.1f} MiB")
    for peer, target in (("pyahocorasick", 20), ("ahocorasick_rs", 15)):
        made = next(row for row in theirs if row.get("peer") == peer and "version" in row)
        print(f"{peer} {made['version']}: {best(theirs, peer):.1f} MB/s normalised text to unsorted ids, built in "
              f"{made['build_seconds']:.2f} s, resident +{made['resident_kib'] / 1024:.0f} MiB "
              f"-> ours is {best(ours) / best(theirs, peer):.1f}x (target {target}x)")
    agreement = next(row for row in theirs if "agreement" in row)
    print(f"agreement with pyahocorasick: {agreement['compared']} texts compared, {agreement['differing']} differ "
          f"({agreement['left_out_with_possessives']} texts with an x's left out)")
    return agreement["differing"] == 0


def other_scripts(bank, folder):
    for script, languages in SCRIPTS.items():
        path = f"{folder}/captions"
        captions(path, languages)
        rows = facts(BINARY, "match", bank, path, str(ROUNDS))
        print(f"{script:16} {best(rows):4.0f} MB/s ({', '.join(languages)})")


def stream(bank, texts):
    """A gigabyte through a pipe: memory must not grow with it."""
    data = open(texts, "rb").read()
    with subprocess.Popen([BINARY, "match", bank, "-", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for _ in range(1_000_000_000 // len(data) + 1):
            process.stdin.write(data)
        process.stdin.close()
        row = json.loads(process.stdout.read())
    print(f"stream   {row['bytes'] / 1e9:.2f} GB through a pipe at {row['megabytes_per_cpu_second']:.0f} MB/s, "
          f"resident +{row['resident_kib'] / 1024:.1f} MiB at its end")


def balance():
    row = facts(BINARY, "balance", "500000", "10000000", "20000")[0]
    print(f"balance  {row['offers'] / 1e6:.0f}M offers over {row['queries']} queries, cap {row['per_query']}: "
          f"{row['offers_per_second']:.0f} offers/s, {row['claims'] / 1e6:.1f}M claims, peak {row['peak_kib'] / 1024:.0f} MiB "
          f"(the claims themselves included, in memory)")


def main():
    query_list = sys.argv[1] if len(sys.argv) > 1 else f"{HERE}/../../queries/wit-500k.tsv.gz"
    run("swift", "build", "-c", "release", "--package-path", HERE, "--product", "QueryBankBenchmark")
    model = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    print(f"{datetime.date.today()}, {model}, Python {platform.python_version()}, {run('swift', '--version').splitlines()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        bank, texts = f"{folder}/list.qbank", f"{folder}/glosses.txt"
        if len(sys.argv) > 2:
            texts = sys.argv[2]
        else:
            glosses(texts)
        compile_and_open(query_list, bank)
        agrees = compare_english(bank, texts, folder)
        other_scripts(bank, folder)
        stream(bank, texts)
        balance()
    sys.exit(0 if agrees else 1)


main()
