"""`wit import warc` and its reader alone beside FastWARC and warcio, on the same WARC file, in turn."""
import io
import json
import mimetypes
import pathlib
import subprocess

from shared import cache, fresh, here, measure, repository

# SHA-256 is the same OpenSSL in all of them: with it, what reading costs is hidden; without it, nothing shows that the
# bytes are the same.
MODES = {"read": "reading alone", "digest": "with SHA-256"}
PAGES = ("debian-handbook", "gimp-help-en", "lilypond-doc-html", "python3.11-doc")


def write(path):
    """The manuals of four packages as a crawler would have kept them: warcinfo, request and response of each file."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter
    with open(path, "wb") as out:
        writer = WARCWriter(out, gzip=True)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "warcio"}))
        for package in PAGES:
            root = cache / "benchmark-site" / package
            for file in sorted(root.rglob("*")):
                if not file.is_file():
                    continue
                url = f"http://{package}.test/{file.relative_to(root)}"
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                fields = [("Content-Type", kind), ("Content-Length", str(file.stat().st_size)), ("Server", "nginx")]
                answer = writer.create_warc_record(
                    url, "response", payload=io.BytesIO(file.read_bytes()),
                    http_headers=StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1"))
                asked = writer.create_warc_record(
                    url, "request", http_headers=StatusAndHeaders(
                        f"GET {url.split('.test', 1)[1]} HTTP/1.1", [("Host", f"{package}.test")], is_http_request=True))
                writer.write_request_response_pair(asked, answer)


def show(name, facts):
    facts["rate"] = facts["records"] / facts["cpu"]
    print(
        f"  {name:31} {facts['records']:7,} records  {facts['cpu']:6.2f} CPU-s  {facts['seconds']:6.2f} s  "
        f"{facts['rate']:9,.0f} records/CPU-s  {facts['memory'] / 2**20:5.0f} MiB", flush=True)


def reading(command):
    """One of the programs that only read: it prints records, answers, bytes of bodies and perhaps a digest of all digests."""
    facts = measure(command)
    records, *rest = facts["output"].split()
    return facts | {"records": int(records), "found": rest}


def readers(programs, peers, path, mode):
    """Each reader once: `read` reads every record whole, `digest` takes SHA-256 of each body besides."""
    script = here / "read_archive.py"
    results = {}
    for name, command in {
        "wit's reader": [programs / "ArchiveBenchmark", mode, path],
        "FastWARC": [peers / "python", script, "fastwarc", mode, path],
        "warcio": [peers / "python", script, "warcio", mode, path],
    }.items():
        results[name] = reading(command)
        show(f"{name}, {MODES[mode]}", results[name])
    return results


def agree(found):
    """Records, answers and bytes must be the same in all of them, and the digest in those that take it."""
    counts = {(facts["records"], *facts["found"][:2]) for facts in found}
    digests = {tuple(facts["found"][2:]) for facts in found} - {()}
    if len(counts) != 1 or len(digests) != 1:
        raise SystemExit(f"they did not read the same: {counts}, {digests}")


def importing(wit, folder, path):
    store = fresh(folder / "store")
    facts = measure(
        [wit, "import", "warc", path, "--store", store, "--offline", "--queries", folder / "queries.txt", "--json"],
        stderr=subprocess.DEVNULL)
    progress = json.loads(facts["output"])["progress"]
    return facts | {"records": progress["rows"], "pairs": progress["pairs_kept"]}


def run(folder, programs, peers, rounds):
    folder = pathlib.Path(folder)
    path = folder / "manuals.warc.gz"
    if not (cache / "benchmark-site").exists():
        subprocess.run([repository / "Benchmarks/Crawler/site", folder / "manuals"], check=True)
    write(path)
    # A word that the manuals' pictures have texts with now and then.
    (folder / "queries.txt").write_text("dialog\nimage\nexample\n")
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
    for _ in range(rounds):
        results = {mode: readers(programs, peers, path, mode) for mode in MODES}
        agree([facts for found in results.values() for facts in found.values()])
        whole = importing(programs / "wit", folder, path)
        show("wit import warc, the whole road", whole)
        for mode, found in results.items():
            ours, fast, slow = (found[name] for name in ("wit's reader", "FastWARC", "warcio"))
            print(
                f"  {MODES[mode]}: {ours['rate'] / fast['rate']:.2f} times FastWARC, "
                f"{ours['rate'] / slow['rate']:.2f} times warcio; the import: {whole['rate'] / fast['rate']:.2f} and "
                f"{whole['rate'] / slow['rate']:.2f}", flush=True)
        print(f"  {whole['pairs']:,} pairs stored", flush=True)
