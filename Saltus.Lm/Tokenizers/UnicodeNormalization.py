"""Writes UnicodeNormalization.txt: decompositions, combining classes and marks of Unicode 9.0, the version whose normalization the
tokenizers library follows. Python's own tables (Unicode 14.0) minus what was added between; decompositions never change once assigned.

    python UnicodeNormalization.py > UnicodeNormalization.txt
"""
import unicodedata

assert unicodedata.unidata_version == "14.0.0", "the exceptions below are those of Unicode 14.0"

# Code points that Unicode 10.0 to 14.0 gave a decomposition, and those that became marks (or, the last two, ceased to be).
LATER_DECOMPOSITIONS = "32FF A7F2-A7F4 AB69 10781-10785 10787-107B0 107B2-107BA 11938 1F16C 1FBF0-1FBF9"
LATER_MARKS = """7FD 898-89F 8CA-8D3 9FE AFA-AFF B55 C04 C3C D00 D3B-D3C D81 EBA 1715 180F 1ABF-1ACE 1CF7 1DF6-1DFA A82C A8FF
10D24-10D27 10EAB-10EAC 10F46-10F50 10F82-10F85 11070 11073-11074 110C2 11145-11146 111C9 111CE-111CF 1133B 1145E 1182C-1183A
11930-11935 11937-11938 1193B-1193E 11940 11942-11943 119D1-119D7 119DA-119E0 119E4 11A01-11A0A 11A33-11A39 11A3B-11A3E 11A47
11A51-11A5B 11A8A-11A99 11D31-11D36 11D3A 11D3C-11D3D 11D3F-11D45 11D47 11D8A-11D8E 11D90-11D91 11D93-11D97 11EF3-11EF6 16F4F
16F7F-16F87 16FE4 16FF0-16FF1 1CF00-1CF2D 1CF30-1CF46 1E130-1E136 1E2AE 1E2EC-1E2EF"""
FORMER_MARKS = "1CF2-1CF3"


def points(text):
    result = set()
    for part in text.split():
        first, _, last = part.partition("-")
        result.update(range(int(first, 16), int(last or first, 16) + 1))
    return result


def runs(values):
    """Neighbouring code points of equal value, as (first, last, value)."""
    result = []
    for point, value in values:
        if result and result[-1][1] == point - 1 and result[-1][2] == value:
            result[-1][1] = point
        else:
            result.append([point, point, value])
    return result


def main():
    later, later_marks, former = points(LATER_DECOMPOSITIONS), points(LATER_MARKS), points(FORMER_MARKS)
    every = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    marks = [p for p in every if (unicodedata.category(chr(p))[0] == "M" and p not in later_marks) or p in former]
    for point in every:
        mapping = unicodedata.decomposition(chr(point))
        if not mapping or point in later:
            continue
        if mapping.startswith("<"):
            print(f"K {point:X} {mapping[mapping.index('>') + 2:]}")
        else:
            # What does not come back when composed is excluded from composition.
            kind = "C" if unicodedata.normalize("NFC", chr(point)) == chr(point) else "X"
            print(f"{kind} {point:X} {mapping}")
    for first, last, value in runs([(p, unicodedata.combining(chr(p))) for p in marks]):
        print(f"M {first:X} {last:X} {value:X}")


main()
