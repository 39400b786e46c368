"""frontier.py [URLS]: the memory that our crawler takes for a frontier of so many URLs, 5,000,000 by default.

They come in as they do in life: as a sitemap of files of 50,000 URLs each, served by nginx. Measured twice: while they
are queued, and in a second run that goes on from a full frontier. Builds our program unless WIT_BENCHMARK names one.
"""
import gzip
import pathlib
import sys
import tempfile

from shared import PER_HOST, SEED, Server, build, measure

PER_FILE = 50_000


def write_site(site, count):
    site.mkdir()
    files = range(count // PER_FILE)
    (site / "index.html").write_text("<p>A site with a large sitemap")
    (site / "robots.txt").write_text("Sitemap: /index.xml\n")
    (site / "index.xml").write_text(
        "<sitemapindex>" + "".join(f"<sitemap><loc>/{n}.xml.gz</loc></sitemap>" for n in files) + "</sitemapindex>")
    for n in files:
        with gzip.open(site / f"{n}.xml.gz", "wt", compresslevel=1) as file:
            file.write("<urlset>")
            for page in range(PER_FILE):
                file.write(f"<url><loc>{SEED}articles/{n:03}/a-title-of-usual-length-{page:05}.html</loc></url>\n")
            file.write("</urlset>")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    ours = build()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_site(folder / "site", count)
        (folder / "none.txt").write_text("zqxj\n")
        server = Server(folder)
        try:
            # A few are asked for meanwhile, so not all of them ever wait at once.
            for title, mode in (("queueing", f"queued:{count * 999 // 1000}"), ("going on", "pages:2000")):
                facts = measure([
                    ours, mode, str(folder / "store"), str(folder / "none.txt"), str(PER_HOST), SEED])
                size = (folder / "store/crawl.sqlite").stat().st_size
                print(
                    f"{title:9} {facts['queued']:,} URLs wait, {facts['pages']:,} pages asked for, {facts['seconds']:.0f} s, "
                    f"{facts['cpu']:.0f} CPU-s, peak {facts['mib']:.0f} MiB, crawl.sqlite {size / 1e6:,.0f} MB", flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
