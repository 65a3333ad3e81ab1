"""Writes decompositions.txt, the table behind UnicodeNormalization, from Python's copy of the Unicode Character Database.

One line a code point, in hexadecimal: CODE;COMBINING CLASS (decimal, empty for 0);KIND;DECOMPOSITION
KIND: empty (no decomposition), c (canonical, recomposes), x (canonical, excluded from composition), k (compatibility only).
Decompositions are one step deep, as in UnicodeData.txt field 5. Hangul syllables are computed, not listed.
Run: python3 make_decompositions.py > decompositions.txt
"""
import unicodedata

print("# Derived from the Unicode Character Database %s. Copyright Unicode, Inc., Unicode License V3." % unicodedata.unidata_version)
for code in range(0x110000):
    char = chr(code)
    if 0xAC00 <= code <= 0xD7A3 or 0xD800 <= code <= 0xDFFF:
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
