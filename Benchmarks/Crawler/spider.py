"""spider.py pages|pairs|decoded STORE PER-HOST SEED: the peer, a Scrapy spider set up as its manual's "Broad Crawls" advises.

The links it follows are the ones ours follows: of a, area, frame and iframe, on the seed's host, but for the endings
that ours leaves out. In `pairs` it stores every picture that has a text as it came, through FilesPipeline; in `decoded` it looks at each as
ours does, through ImagesPipeline, which decodes them and stores JPEG.
"""
import json
import re
import sys
import time

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor

mode, store, per_host, seed = sys.argv[1:]
# FileKind in Sources/Crawler/Pages.
IGNORED = (
    "jpg jpeg jpe jfif png webp gif svg svgz ico avif heic heif bmp tif tiff jxl jp2 psd eps apng css js mjs json xml "
    "rss atom txt pdf ps gz tgz bz2 xz zip 7z rar tar zst deb rpm iso exe msi dmg apk jar mp3 ogg oga ogv flac wav m4a "
    "mid mp4 m4v webm mkv avi mov mpg mpeg wmv doc docx xls xlsx ppt pptx odt ods odp csv tsv woff woff2 ttf otf eot "
    "swf bin img ics epub djvu ly tex c h py patch diff sig asc"
).split()
FIELD = {"pairs": "file_urls", "decoded": "image_urls"}
totals = {"pages": 0, "bytes": 0, "files": 0}


class Spider(scrapy.Spider):
    name = "peer"
    start_urls = [seed]
    links = LinkExtractor(
        tags=("a", "area", "frame", "iframe"), attrs=("href", "src"), deny_extensions=IGNORED,
        allow=["^" + re.escape(seed.rsplit(":", 1)[0])])

    def parse(self, response):
        totals["pages"] += 1
        totals["bytes"] += len(response.body)
        if not isinstance(response, scrapy.http.HtmlResponse):
            return
        for link in self.links.extract_links(response):
            yield scrapy.Request(link.url)
        if mode != "pages":
            images = [i.attrib.get("src") for i in response.css("img") if i.attrib.get("alt") or i.attrib.get("title")]
            if images:
                yield {FIELD[mode]: [response.urljoin(i) for i in images]}

    def closed(self, reason):
        totals["files"] = self.crawler.stats.get_value("file_status_count/downloaded", 0)
        totals["bytes"] = self.crawler.stats.get_value("downloader/response_bytes", 0)
        totals["requests"] = self.crawler.stats.get_value("downloader/request_count", 0)


settings = {
    # https://docs.scrapy.org/en/latest/topics/broad-crawls.html
    "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.DownloaderAwarePriorityQueue", "CONCURRENT_REQUESTS": 100,
    "REACTOR_THREADPOOL_MAXSIZE": 20, "LOG_LEVEL": "CRITICAL", "COOKIES_ENABLED": False,
    # But not a shorter time limit nor fewer tries: on a busy machine they would lose it pages.
    # The same manners as ours.
    "ROBOTSTXT_OBEY": True, "DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": int(per_host),
    "AUTOTHROTTLE_ENABLED": False, "TELNETCONSOLE_ENABLED": False,
}
if mode == "decoded":
    settings |= {"ITEM_PIPELINES": {"scrapy.pipelines.images.ImagesPipeline": 1}, "IMAGES_STORE": store}
if mode == "pairs":
    settings |= {"ITEM_PIPELINES": {"scrapy.pipelines.files.FilesPipeline": 1}, "FILES_STORE": store}
start = time.monotonic()
process = CrawlerProcess(settings)
process.crawl(Spider)
process.start()
print(json.dumps(totals | {"seconds": time.monotonic() - start}))
