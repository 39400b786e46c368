"""read_archive.py fastwarc|warcio read|digest FILE: every record whole, and the HTTP header of each answer.

Prints the records, the answers and the bytes of their bodies; with `digest` also a digest over the SHA-256 of each body.
"""
import hashlib
import sys


def fastwarc(path):
    from fastwarc.warc import ArchiveIterator, WarcRecordType
    for record in ArchiveIterator(path, parse_http=True):
        is_answer = record.record_type == WarcRecordType.response
        yield record.http_headers.status_code if is_answer else None, record.reader.read()


def warcio(path):
    from warcio.archiveiterator import ArchiveIterator
    with open(path, "rb") as file:
        for record in ArchiveIterator(file):
            is_answer = record.rec_type == "response"
            yield record.http_headers.get_statuscode() if is_answer else None, record.raw_stream.read()


def main():
    name, mode, path = sys.argv[1:]
    takes_digests = {"read": False, "digest": True}[mode]
    records = answers = size = 0
    whole = hashlib.sha256()
    for status, body in {"fastwarc": fastwarc, "warcio": warcio}[name](path):
        records += 1
        if status is None:
            continue
        answers += 1
        size += len(body)
        if takes_digests:
            whole.update(hashlib.sha256(body).digest())
    print(records, answers, size, *[whole.hexdigest()] * takes_digests)


main()
