"""Rules every text goes through, whatever its source.

Typography is folded to what a keyboard types (straight quotes, three dots), so that a prompt typed by a person and the
text a model saw look the same. The em dash stays: novels are full of it and "--" would be a second spelling.
"""
import re
import unicodedata

_FOLD = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u00b4": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2212": "-",
    "\u2026": "...", "\u00ad": "", "\ufeff": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "",
    "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\u200a": " ", "\u2007": " ",
    "\u2028": "\n", "\u2029": "\n\n", "\x85": "\n", "\x0c": "\n",
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\u017f": "s",
})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")


def fold(text):
    """One Unicode form, keyboard quotes, no control characters, no trailing blanks, line ends of one kind."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", text.translate(_FOLD))
    text = _CONTROL.sub("", text)
    return "\n".join(line.rstrip(" \t") for line in text.split("\n"))


def one_line(text):
    """Joins the lines of a paragraph; a hyphen at a line end belongs to its word."""
    return " ".join(re.sub(r"-\n\s*(?=\w)(?<=\w-\n)", "-", text).split())


def paragraphs(text):
    """At most one empty line in a row, none at the ends."""
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def sentences(line):
    """Splits a line after sentence ends that a capital follows; titles such as Mr. do not end a sentence."""
    parts = re.split(r"(?<=[.!?])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\b[A-Z]\.)\s+(?=[\"'(\[A-Z])", line)
    return [part for part in parts if part]
