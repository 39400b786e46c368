"""JSON strings on standard input, one a line -> the ids of OpenCLIP's tokenizer, one line each."""
import json
import sys

import open_clip

tokenizer = open_clip.SimpleTokenizer()
for line in sys.stdin.buffer:
    print(*tokenizer.encode(json.loads(line)))
