"""`wit import urls` beside img2dataset: the same list, the same pictures from nginx on loopback, in turn."""
import io
import json
import pathlib
import shutil
import statistics
import subprocess
import tarfile

from shared import HOST, Server, fresh, measure

# Each picture is served under so many addresses, each with a text of its own, so that all rows are stored.
ADDRESSES = 10
# Lengths of the lists of `rows`.
ROWS = (1_000, 3_000, 10_000, 30_000)
IN_FLIGHT = 32
# img2dataset's options for bytes as they came.
FETCHED = ("--disable_all_reencoding", True, "--compute_hash", "sha256")
SIZE, QUALITY = 256, 95


def prepare(pictures, folder, addresses):
    """A site of the pictures, the list of their addresses, and a query that every text contains."""
    site = folder / "site"
    names = sorted(path for path in pictures.rglob("*") if path.suffix in (".jpg", ".jpeg", ".png") and path.is_file())
    (site / "0").mkdir(parents=True)
    for number, path in enumerate(names):
        (site / "0" / f"{number}{path.suffix}").symlink_to(path)
    for copy in range(1, addresses):
        (site / str(copy)).symlink_to("0")
    rows = [
        f"{HOST}/{copy}/{number}{path.suffix}\tphotograph number {number} of set {copy}"
        for copy in range(addresses) for number, path in enumerate(names)
    ]
    (folder / "list.tsv").write_text("\n".join(["url\tcaption", *rows]) + "\n")
    (folder / "queries.txt").write_text("photograph\n")
    return len(rows)


def ours(wit, folder, rows, *options):
    """Keeps whatever can be decoded, as the peer does: no picture is too small or too long."""
    store = fresh(folder / "store")
    facts = measure([
        wit, "import", "urls", folder / "list.tsv", "--store", store, "--queries", folder / "queries.txt",
        "--per-query", 10 * rows, "--delay", 0, "--per-host", IN_FLIGHT, "--per-domain", IN_FLIGHT, "--per-address",
        IN_FLIGHT, "--concurrency", 2 * IN_FLIGHT, "--allow-address", "127.0.0.0/8", "--min-side", 1, "--min-bytes", 1,
        "--max-aspect", 100_000, "--json", *options,
    ], stderr=subprocess.DEVNULL)
    progress = json.loads(facts["output"])["progress"]
    return facts | {"stored": progress["pairs_kept"], "drops": progress["drops"], "folder": store / "shards"}


def theirs(peers, folder, rows, *options):
    output = fresh(folder / "dataset")
    facts = measure([
        peers / "img2dataset", "--url_list", folder / "list.tsv", "--input_format", "tsv", "--url_col", "url",
        "--caption_col", "caption", "--output_format", "webdataset", "--output_folder", output, "--processes_count", 2,
        "--thread_count", IN_FLIGHT, "--number_sample_per_shard", max(100, rows // 10), "--enable_wandb", False,
        "--retries", 0, *options,
    ], stderr=subprocess.DEVNULL)
    stored = sum(json.loads(path.read_text())["successes"] for path in output.glob("*_stats.json"))
    return facts | {"stored": stored, "drops": {}, "folder": output}


def show(name, facts, server):
    each = facts["cpu"] / facts["stored"] * 1e3
    print(
        f"  {name:12} {facts['stored']:7,} stored  {facts['cpu']:7.2f} CPU-s ({facts['user']:.2f} user)  "
        f"{facts['seconds']:6.1f} s  {each:6.3f} ms CPU an image  {facts['stored'] / facts['seconds']:7.1f} images/s  "
        f"{facts['memory'] / 2**20:6.0f} MiB  (nginx {server:.2f} CPU-s)", flush=True)
    if facts["drops"]:
        print(f"               left out: {facts['drops']}")
    return each


def turn(what, programs, server, after=lambda results: None):
    """Each program once; the ratios of CPU an image, images a second and memory."""
    print(f"{what}:")
    results = {}
    for name, run in programs.items():
        before = server.cpu()
        results[name] = run()
        results[name]["each"] = show(name, results[name], server.cpu() - before)
    b = results["img2dataset"]
    for name, a in results.items():
        if a is not b:
            compare(name, a, b)
    after(results)


def compare(name, a, b):
    print(
        f"  {name}: CPU an image {a['each'] / b['each']:.3f} of img2dataset's (1/{b['each'] / a['each']:.1f}), "
        f"images a second {a['stored'] / a['seconds'] / (b['stored'] / b['seconds']):.2f} times, "
        f"memory {a['memory'] / b['memory']:.3f}", flush=True)


def curl(folder):
    """What asking alone costs: curl, which throws away what it gets."""
    rows = (folder / "list.tsv").read_text().splitlines()[1:]
    config = "".join(f'url = "{row.split(chr(9))[0]}"\noutput = /dev/null\n' for row in rows)
    (folder / "curl.txt").write_text(config)
    command = ["curl", "-s", "-Z", "--no-progress-meter", "--parallel-max", IN_FLIGHT, "-K", folder / "curl.txt"]
    facts = measure(command, stderr=subprocess.DEVNULL)
    print(f"  (curl, nothing kept: {facts['cpu'] / len(rows) * 1e3:.3f} ms CPU a request)", flush=True)


def shorten(path, rows):
    """Keeps the first rows of a list, and its header."""
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:rows + 1]) + "\n")


def by_rows(wit, peers, folder, rows, rounds):
    """Both over the first rows of the list, more and more of them: what a program costs before its first picture is shared
    among few or many."""
    print("CPU by rows of the list, --check header:")
    costs = {"wit": [], "img2dataset": []}
    for count in (count for count in ROWS if count <= rows):
        part = fresh(folder / "part")
        part.mkdir()
        shutil.copy(folder / "list.tsv", part / "list.tsv")
        shorten(part / "list.tsv", count)
        (part / "queries.txt").write_text("photograph\n")
        for _ in range(rounds):
            a = ours(wit, part, count, "--check", "header")
            b = theirs(peers, part, count, *FETCHED)
            assert a["stored"] == b["stored"] == count, (a["stored"], b["stored"], count)
            costs["wit"].append((count, a["cpu"]))
            costs["img2dataset"].append((count, b["cpu"]))
            print(
                f"  {count:6,} rows: wit {a['cpu'] / count * 1e3:.3f} ms an image, img2dataset "
                f"{b['cpu'] / count * 1e3:.3f} (1/{b['cpu'] / a['cpu']:.1f})", flush=True)
    for name, points in costs.items():
        each, start = statistics.linear_regression(*zip(*points))
        print(f"  {name:12} {start:.2f} CPU-s and {each * 1e3:.3f} ms an image, by a straight line through all")


def stored_pictures(folder, count):
    """The first pictures of shards, by their text."""
    found = {}
    for shard in sorted(folder.glob("*.tar")):
        with tarfile.open(shard) as tar:
            parts = {}
            for member in tar:
                key, ending = member.name.split(".", 1)
                parts.setdefault(key, {})[ending] = tar.extractfile(member).read()
        for part in parts.values():
            picture = next((part[ending] for ending in ("jpg", "jpeg", "png", "webp") if ending in part), None)
            if picture and "txt" in part:
                found[part["txt"].decode()] = picture
    return dict(sorted(found.items())[:count])


def quality(results, folder):
    """How near both come to Pillow's Lanczos resize of the same picture, and how large their files are."""
    import numpy
    from PIL import Image
    sources = {}
    for line in (folder / "list.tsv").read_text().splitlines()[1:]:
        url, text = line.split("\t")
        sources[text] = folder / "site" / url[len(HOST) + 1:]
    kept = {name: stored_pictures(facts["folder"], 10**9) for name, facts in results.items()}
    common = sorted(set(kept["wit"]) & set(kept["img2dataset"]))[:: max(1, len(kept["wit"]) // 300)]
    figures = {name: {"decibels": [], "bytes": []} for name in kept}
    differing = 0
    for text in common:
        sizes = set()
        reference = {}
        for name in kept:
            data = kept[name][text]
            image = Image.open(io.BytesIO(data)).convert("RGB")
            sizes.add(image.size)
            if image.size not in reference:
                whole = Image.open(sources[text])
                if whole.mode in ("RGBA", "LA", "P"):
                    whole = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole.convert("RGBA"))
                resized = whole.convert("RGB").resize(image.size, Image.Resampling.LANCZOS)
                reference[image.size] = numpy.asarray(resized, dtype=float)
            error = numpy.mean((numpy.asarray(image, dtype=float) - reference[image.size]) ** 2)
            figures[name]["decibels"].append(10 * numpy.log10(255**2 / max(error, 0.01)))
            figures[name]["bytes"].append(len(data))
        differing += len(sizes) > 1
        (x, y), (u, v) = min(sizes), max(sizes)
        assert abs(x - u) <= 1 and abs(y - v) <= 1, (text, sizes)
    for name, figure in figures.items():
        print(
            f"  {name:12} {statistics.mean(figure['decibels']):.2f} dB from Lanczos in the mean of {len(common)} "
            f"pictures, {statistics.mean(figure['bytes']) / 1e3:.1f} kB each")
    print(f"  sizes differ, by one pixel of rounding, in {differing}", flush=True)


def run(parts, pictures, folder, wit, peers, rounds):
    folder = pathlib.Path(folder)
    # For `rows` a longer list, which the other parts read the beginning of.
    copies = 1 if "all" in parts else max(ADDRESSES, max(ROWS) // 1_000 if "rows" in parts else 0)
    rows = prepare(pictures, folder, copies)
    server = Server(folder)
    try:
        if "rows" in parts:
            by_rows(wit, peers, folder, rows, rounds)
            rows = rows // copies * ADDRESSES
            shorten(folder / "list.tsv", rows)
        for _ in range(rounds):
            if "fetched" in parts:
                turn("bytes as fetched", {
                    "wit": lambda: ours(wit, folder, rows),
                    "wit, header": lambda: ours(wit, folder, rows, "--check", "header"),
                    "img2dataset": lambda: theirs(peers, folder, rows, *FETCHED),
                }, server)
                curl(folder)
            made = ["--resize", "keep_ratio", "--image-size", SIZE, "--encode-format", "jpg", "--encode-quality", QUALITY]
            if "all" in parts:
                print(f"keep_ratio {SIZE}, ours alone:")
                show("wit", ours(wit, folder, rows, *made, "--max-pixels", 700_000_000), 0)
                show("wit, fetched", ours(wit, folder, rows, "--max-pixels", 700_000_000, "--max-bytes", 128 << 20), 0)
            if "resized" in parts:
                sizes = ["--image_size", SIZE, "--resize_mode", "keep_ratio", "--encode_quality", QUALITY]
                turn(f"keep_ratio {SIZE}, JPEG of quality {QUALITY}", {
                    "wit": lambda: ours(wit, folder, rows, *made),
                    "img2dataset": lambda: theirs(peers, folder, rows, *sizes),
                }, server, lambda results: quality(results, folder))
    finally:
        server.stop()
