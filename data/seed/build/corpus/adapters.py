"""Readers of the four adapter datasets: each yields documents for a .jsonl file, as dictionaries of its line."""
import gzip
import json
import re
import struct
import subprocess
from html import unescape

from .cleaning import fold, one_line, paragraphs, sentences
from .html_text import page_text
from .readers import html_pages, root_test

_BOOKS = (
    "Genesis", "Exodus", "Leviticus", "Numbers", "Deuteronomy", "Joshua", "Judges", "Ruth", "1 Samuel", "2 Samuel", "1 Kings", "2 Kings",
    "1 Chronicles", "2 Chronicles", "Ezra", "Nehemiah", "Esther", "Job", "Psalms", "Proverbs", "Ecclesiastes", "Song of Solomon", "Isaiah",
    "Jeremiah", "Lamentations", "Ezekiel", "Daniel", "Hosea", "Joel", "Amos", "Obadiah", "Jonah", "Micah", "Nahum", "Habakkuk", "Zephaniah",
    "Haggai", "Zechariah", "Malachi", "Matthew", "Mark", "Luke", "John", "Acts", "Romans", "1 Corinthians", "2 Corinthians", "Galatians",
    "Ephesians", "Philippians", "Colossians", "1 Thessalonians", "2 Thessalonians", "1 Timothy", "2 Timothy", "Titus", "Philemon", "Hebrews",
    "James", "1 Peter", "2 Peter", "1 John", "2 John", "3 John", "Jude", "Revelation",
)


def kjv(_, folder):
    """A chapter a document: "Genesis 1", an empty line, then "1 In the beginning ..." a line a verse."""
    data = (folder / "usr/lib/bible.data").read_bytes()
    books, chapter, verses, abbreviation = 0, 0, [], None
    for line in _unpack_bible(data).split("\n"):
        match = re.match(r"([1-3]?[A-Za-z]+)(\d+):(\d+) (.*)", line)
        if not match:
            continue
        name, number, verse, text = match[1], int(match[2]), match[3], match[4]
        if (name, number) != (abbreviation, chapter):
            if verses:
                yield {"text": "\n".join(verses)}
            books += name != abbreviation
            abbreviation, chapter = name, number
            verses = [f"{_BOOKS[books - 1]} {number}", ""]
        # The file marks words the translators supplied with brackets, and psalm titles with << >>.
        verses.append(f"{verse} {one_line(re.sub(r'<<[^>]*>>|[][{}<>]', '', text))}")
    yield {"text": "\n".join(verses)}


def _unpack_bible(data):
    """bible.data (bible-kjv's tsl format): from 0x54 big-endian window size, count, offsets; windows are compress(1) streams without magic."""
    _, count = struct.unpack(">2I", data[0x54:0x5C])
    offsets = [*struct.unpack(f">{count}I", data[0x5C:0x5C + 4 * count]), len(data)]
    windows = (data[start:end] for start, end in zip(offsets, offsets[1:]))
    unpacked = [subprocess.run(["gzip", "-dc"], input=b"\x1f\x9d\x90" + w, capture_output=True, check=True).stdout for w in windows]
    return fold(b"".join(unpacked).decode("ascii"))


def sotu(_, folder):
    """An address a document. Those over 100 kB are written messages, another style, and stay out."""
    for path in sorted((folder / "package/data").glob("*.txt")):
        text = path.read_text("utf-8")
        if int(path.name[:4]) < 1934 or not 1000 < len(text) < 100_000:
            continue
        text = re.sub(r"[\[(](laughter|applause|p\.\d+|\d+)[^\])]{0,12}[\])]", " ", text, flags=re.I)
        text = re.sub(r"\s?(--|—)\s?", "—", fold(text))
        blocks, block = [], []
        for sentence in sentences(one_line(text)):
            block.append(sentence)
            if sum(map(len, block)) > 420 or (not blocks and sentence.endswith(":")):
                blocks.append(" ".join(block))
                block = []
        yield {"text": "\n\n".join([*blocks, " ".join(block)]).strip()}


def devil(_, folder):
    """An entry a line: the headword with its part of speech is the prompt, the definition the completion."""
    text = gzip.decompress((folder / "usr/share/dictd/devil.dict.dz").read_bytes()).decode("latin-1")
    text = fold(text)
    body = text[text.index("\nABASEMENT"):]
    for entry in re.split(r"\n\n(?=[A-Z][A-Z'\-]*(?: [A-Z'\-]+)*(?:,|\.|\s\())", body):
        match = re.match(r"\s*([A-Z][^a-z]*?(?:, (?:n|adj|v|adv|pp|x|interj|prep|pron|conj|p\.p|abbr)\.(?: ?[a-z]{1,3}\.)*(?:pl\.)?))\s+(.*)", entry, re.S)
        if match and "nigger" not in match[2]:
            yield {"prompt": one_line(match[1]), "completion": " " + _definition(match[2])}


def _definition(text):
    blocks = []
    text = re.sub(r"(?<![A-Za-z])_([^_]+)_(?![A-Za-z])", r"\1", text.strip("\n")).replace(" [sic]", "")
    for block in re.split(r"\n\s*\n", text):
        # A paragraph begins with an indent and no empty line before it; verse is indented throughout, its author far right.
        for part in re.split(r"\n(?= {4}\S.*\n(?! {4}))", block):
            lines = [line for line in part.split("\n") if line.strip()]
            if not lines:
                continue
            tail = lines[1:] or lines
            indented = sum(line.startswith("    ") for line in tail) / len(tail) > 0.6
            drawn = [line for line in lines if not line.startswith(" " * 30)]
            prose = not indented or (drawn and sum(map(len, drawn)) / len(drawn) > 60)
            if prose and len(drawn) == len(lines):
                blocks.append(one_line(part))
            elif prose:
                blocks += [one_line("\n".join(drawn)), *("—" + line.strip() for line in lines if line not in drawn)]
            else:
                blocks.append("\n".join(_verse_line(line) for line in lines))
    blocks = [block for block in blocks if block and block != "abcdefghijklmnopqrstuvwxyz"]
    return re.sub(r" ?-- ?", "—", "\n\n".join(blocks))


def _verse_line(line):
    return "—" + line.strip() if line.startswith(" " * 30) else line.removeprefix("    ").rstrip()


def sqlite(source, folder):
    """A page a document, under its title: the pages show theirs in a box that is dropped with the navigation."""
    seen = set()
    for _, page in html_pages(source, folder):
        text = page_text(page, root_test(source.main))
        # Captions of syntax diagrams ("select-stmt:") without their pictures, and the running head of the session pages.
        text = re.sub(r"^(#+ *|[a-z]+(-[a-z]+)*:|## Session Module C Interface)$", "", text, flags=re.M)
        text = paragraphs(re.sub(r"^(This page last modified|\*DRAFT\*|Small\. Fast\. Reliable).*$", "", text, flags=re.M))
        head = text[:300]
        if len(text) < 500 or head in seen:
            continue
        seen.add(head)
        title = re.search(r"<title>([^<]+)</title>", page)
        if title and not text.startswith("# ") or title and re.match(r"# \d", text):
            title = one_line(fold(unescape(title[1])))
            body = text.removeprefix(f"## {title}").lstrip("\n")
            text = f"# {title}\n\n{body}"
        yield {"text": text}


def wisdom(documents):
    """Proverbs and Ecclesiastes as one text: chapters, an empty line between them."""
    chapters = (document["text"] for document in documents)
    return "\n\n".join(text for text in chapters if text.startswith(("Proverbs ", "Ecclesiastes "))) + "\n"


def held_out(documents, every):
    """Parts documents by position, so that both parts cover the whole source: (training, held out)."""
    documents = list(documents)
    return ([d for i, d in enumerate(documents, 1) if i % every], [d for i, d in enumerate(documents, 1) if i % every == 0])


def jsonl(documents):
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)


HELD_OUT_EVERY = {"kjv": 12, "sotu": 10, "devil": 12, "sqlite": 12}
