"""read_archive.py fastwarc|warcio FILE: every record, the HTTP header of each answer, SHA-256 of each body.

Prints the records, the answers, the bytes of their bodies, and a digest over all digests.
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
    records = answers = size = 0
    whole = hashlib.sha256()
    for status, body in {"fastwarc": fastwarc, "warcio": warcio}[sys.argv[1]](sys.argv[2]):
        records += 1
        if status is None:
            continue
        answers += 1
        size += len(body)
        whole.update(hashlib.sha256(body).digest())
    print(records, answers, size, whole.hexdigest())


main()
