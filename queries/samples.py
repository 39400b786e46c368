#!/usr/bin/env python3
"""Prints 40 entries of every source of the list, drawn with a fixed seed, for README.md."""
import collections, gzip, pathlib, random

entries = collections.defaultdict(list)
with gzip.open(pathlib.Path(__file__).with_name("wit-500k.tsv.gz"), "rt", encoding="utf-8") as rows:
    for row in rows:
        text, source, score = row.rstrip("\n").split("\t")
        entries[source].append(text)
for source in sorted(entries, key=lambda source: -len(entries[source])):
    print(f"**{source}** ({len(entries[source]):,}): {' · '.join(random.Random(7).sample(entries[source], 40))}\n")
