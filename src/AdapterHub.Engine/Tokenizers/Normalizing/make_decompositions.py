"""Writes decompositions.txt, the table behind UnicodeNormalization, from Python's copy of the Unicode Character Database.

One line a code point, in hexadecimal: CODE;COMBINING CLASS (decimal, empty for 0);KIND;DECOMPOSITION
KIND: empty (no decomposition), c (canonical, recomposes), x (canonical, excluded from composition), k (compatibility only).
Left out are the characters newer than Unicode 9.0, which is the version that huggingface/tokenizers normalizes by.
Decompositions are one step deep, as in UnicodeData.txt field 5. Hangul syllables are computed, not listed.
Run: python3 make_decompositions.py > decompositions.txt
"""
import unicodedata

NEWER_THAN_9 = """
7FD 898-89F 8CA-8D3 9FE C3C D3B-D3C EBA 1715 1ABF-1ACE 1DF6-1DFA 32FF A7F2-A7F4 A82C AB69 10781-10785
10787-107B0 107B2-107BA 10D24-10D27 10EAB-10EAC 10F46-10F50 10F82-10F85 11070 1133B 1145E 11839-1183A 11938
1193D-1193E 11943 119E0 11A34 11A47 11A99 11D42 11D44-11D45 11D97 16FF0-16FF1 1E130-1E136 1E2AE 1E2EC-1E2EF
1F16C 1FBF0-1FBF9
"""

newer = set()
for entry in NEWER_THAN_9.split():
    first, _, last = entry.partition("-")
    newer.update(range(int(first, 16), int(last or first, 16) + 1))

print("# Derived from the Unicode Character Database %s, limited to Unicode 9.0. Copyright Unicode, Inc., Unicode License V3."
      % unicodedata.unidata_version)
for code in range(0x110000):
    char = chr(code)
    if code in newer or 0xAC00 <= code <= 0xD7A3 or 0xD800 <= code <= 0xDFFF:
        continue
    combining = unicodedata.combining(char)
    mapping = unicodedata.decomposition(char)
    if not combining and not mapping:
        continue
    kind = ""
    if mapping.startswith("<"):
        kind, mapping = "k", mapping.split("> ", 1)[1]
    elif mapping:
        kind = "c" if unicodedata.normalize("NFC", char) == char else "x"
    print("%X;%s;%s;%s" % (code, combining or "", kind, mapping))
