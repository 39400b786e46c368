"""Reads shards with the webdataset library; prints a line a sample: key, extension, SHA-256 of the picture, text."""
import glob
import hashlib
import json
import sys

import webdataset

for sample in webdataset.WebDataset(sorted(glob.glob(sys.argv[1])), shardshuffle=False):
    extension = next(e for e in ("jpg", "png", "webp", "gif") if e in sample)
    picture = hashlib.sha256(sample[extension]).hexdigest()
    facts = json.loads(sample["json"])
    print(json.dumps({"key": sample["__key__"], "sha256": picture, "text": sample["txt"].decode(),
                      "listed": facts["sha256"]}))
