"""`wit import warc` and its reader alone beside FastWARC and warcio, on the same WARC file, in turn."""
import io
import json
import mimetypes
import pathlib
import subprocess

from shared import cache, fresh, here, measure, repository

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
        f"  {name:34} {facts['records']:7,} records  {facts['cpu']:6.2f} CPU-s  {facts['seconds']:6.2f} s  "
        f"{facts['rate']:9,.0f} records/CPU-s  {facts['memory'] / 2**20:5.0f} MiB", flush=True)


def reading(command):
    """One of the programs that only read: it prints records, answers, bytes of bodies and a digest of all digests."""
    facts = measure(command)
    records, *rest = facts["output"].split()
    return facts | {"records": int(records), "found": rest}


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
    reader = here / "read_archive.py"
    for _ in range(rounds):
        results = {}
        for name, command in {
            "wit's reader": [programs / "ArchiveBenchmark", path],
            "FastWARC": [peers / "python", reader, "fastwarc", path],
            "warcio": [peers / "python", reader, "warcio", path],
        }.items():
            results[name] = reading(command)
            show(name, results[name])
        if len({tuple(facts["found"]) for facts in results.values()}) != 1:
            raise SystemExit("they did not read the same: " + str({name: facts["found"] for name, facts in results.items()}))
        whole = importing(programs / "wit", folder, path)
        show("wit import warc, the whole road", whole)
        ours = results["wit's reader"]["rate"]
        print(
            f"  reader: {ours / results['FastWARC']['rate']:.2f} times FastWARC, "
            f"{ours / results['warcio']['rate']:.2f} times warcio; the import: {whole['rate'] / results['FastWARC']['rate']:.2f} and "
            f"{whole['rate'] / results['warcio']['rate']:.2f}, with {whole['pairs']:,} pairs stored", flush=True)
