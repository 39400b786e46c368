#!/usr/bin/env python3
"""Writes reference_table.h: the HTML standard's named character references, as Python's html.entities has them.

    python3 Sources/CHTML/reference_table.py > Sources/CHTML/reference_table.h
"""
from html.entities import html5

print("// Made by reference_table.py: name, first code point, second or 0; sorted by the bytes of the name.")
row = ""
for name in sorted(html5):
    points = [ord(character) for character in html5[name]] + [0]
    entry = f'{{"{name}", {points[0]:#x}, {points[1]:#x}}},'
    if len(row) + len(entry) > 116:
        print(row)
        row = ""
    row += (" " if row else "") + entry
print(row)
