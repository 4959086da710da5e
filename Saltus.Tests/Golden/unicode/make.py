"""Writes normalization.jsonl: random strings and their four normal forms by Python's unicodedata (Unicode 14.0), over code points whose
normalization is the same in Unicode 9.0, which the product follows.

    python make.py
"""
import json
import os
import random
import unicodedata

# What Unicode 10.0 to 14.0 added to the tables: decompositions and combining marks.
LATER = """32FF A7F2-A7F4 AB69 10781-107BA 11938 1F16C 1FBF0-1FBF9 7FD 898-89F 8CA-8D3 9FE AFA-AFF B55 C04 C3C D00 D3B-D3C D81 EBA 1715
180F 1ABF-1ACE 1CF7 1DF6-1DFA A82C A8FF 10D24-10D27 10EAB-10EAC 10F46-10F50 10F82-10F85 11070-11074 110C2 11145-11146 111C9-111CF 1133B
1145E 1182C-1183A 11930-11943 119D1-119E4 11A01-11A99 11D31-11D97 11EF3-11EF6 16F4F 16F7F-16F87 16FE4-16FF1 1CF00-1CF46 1E130-1E136
1E2AE-1E2EF"""


def main():
    later = set()
    for part in LATER.split():
        first, _, last = part.partition("-")
        later.update(range(int(first, 16), int(last or first, 16) + 1))
    rng = random.Random(9)
    every = [p for p in range(0x110000) if not 0xD800 <= p < 0xE000 and p not in later and unicodedata.category(chr(p)) != "Cn"]
    marks = [p for p in every if unicodedata.combining(chr(p))]
    decomposing = [p for p in every if unicodedata.decomposition(chr(p))]
    pools = [range(0x41, 0x7B), range(0xC0, 0x250), range(0x1100, 0x1200), range(0xAC00, 0xD7A4), marks, decomposing, every, range(0x1E00, 0x2000)]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "normalization.jsonl")
    with open(path, "w", encoding="ascii", newline="\n") as out:
        for _ in range(600):
            some = rng.sample(pools, 3) + [marks]
            points = [rng.choice(rng.choice(some)) for _ in range(rng.randint(1, 12))]
            text = "".join(map(chr, (p for p in points if p not in later)))
            forms = {form: unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")}
            out.write(json.dumps({"text": text, **forms}, separators=(",", ":")) + "\n")


main()
