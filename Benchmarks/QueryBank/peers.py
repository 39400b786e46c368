"""The peers' side: pyahocorasick, which MetaCLIP uses, and ahocorasick_rs, a Rust one, on texts normalised beforehand.

usage: peers.py ROWS IDS RAW_BYTES [ROUNDS]
ROWS has a normalised query a line; IDS a normalised text, a tab and our ids a line; RAW_BYTES is what speed is counted
in. Prints one JSON object a measurement, then whether pyahocorasick finds what we find.
"""
import importlib.metadata
import json
import resource
import sys
import time

rss = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def say(**facts):
    print(json.dumps(facts), flush=True)


def measure(name, build, find, texts, raw_bytes, rounds):
    before, start = rss(), time.process_time()
    automaton = build()
    say(peer=name, version=importlib.metadata.version(name), build_seconds=time.process_time() - start,
        resident_kib=rss() - before)
    for _ in range(rounds):
        start = time.process_time()
        matches = sum(len(find(automaton, text)) for text in texts)
        seconds = time.process_time() - start
        say(peer=name, matches=matches, megabytes_per_cpu_second=raw_bytes / 1e6 / seconds)
    return automaton


def main():
    rows = open(sys.argv[1], encoding="utf-8").read().split("\n")[:-1]
    lines = [line.split("\t") for line in open(sys.argv[2], encoding="utf-8").read().split("\n")[:-1]]
    raw_bytes, rounds = int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 3
    texts = [f" {text} " for text, _ in lines]

    import ahocorasick

    def build():
        automaton = ahocorasick.Automaton()
        for row in reversed(range(len(rows))):  # the first of equal rows is the one that matches
            if rows[row]:
                automaton.add_word(f" {rows[row]} ", row)
        automaton.make_automaton()
        return automaton

    find = lambda automaton, text: {row for _, row in automaton.iter(text)}
    automaton = measure("pyahocorasick", build, find, texts, raw_bytes, rounds)
    differing = compared = possessive = 0
    for text, (_, ids) in zip(texts, lines):
        if "'s " in text:
            possessive += 1  # our rule that x's stands for x too has no counterpart there
            continue
        compared += 1
        differing += sorted(find(automaton, text)) != [int(row) for row in ids.split()]
    say(agreement="pyahocorasick", compared=compared, differing=differing, left_out_with_possessives=possessive)
    del automaton

    import ahocorasick_rs

    kind = ahocorasick_rs.Implementation.ContiguousNFA  # the fastest of the three on this list
    measure(
        "ahocorasick_rs",
        lambda: ahocorasick_rs.AhoCorasick([f" {row} " for row in rows], implementation=kind),
        lambda a, text: {row for row, _, _ in a.find_matches_as_indexes(text, overlapping=True)},
        texts, raw_bytes, rounds)


main()
