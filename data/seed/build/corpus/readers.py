"""Readers of the base corpus: each yields the pages of one source as plain text."""
import gzip
import json
import re
from pathlib import Path

from .cleaning import fold, one_line, paragraphs
from .html_text import page_text
from .sources import selects

_MIN_PAGE = 400  # characters; shorter pages are indexes and redirects


def root_test(main):
    tag, mark = main
    kind, value = mark[:1], mark[1:]

    def is_root(name, attributes):
        if tag and name != tag:
            return False
        if kind == "#":
            return attributes.get("id") == value
        if kind == "@":
            return attributes.get("role") == value
        return kind != "." or value in attributes.get("class", "").split()
    return is_root


def html_pages(source, folder):
    root = folder / source.root
    for path in sorted(root.rglob("*.html")):
        relative = path.relative_to(root).as_posix()
        if path.is_symlink() or not selects(source, relative):
            continue
        html = path.read_bytes()
        encoding = "latin-1" if re.search(rb"charset=[\"']?iso-8859-1", html[:2000], re.I) else "utf-8"
        yield relative, html.decode(encoding, "replace")


def html(source, folder):
    for _, page in html_pages(source, folder):
        text = page_text(page, root_test(source.main))
        if len(text) >= _MIN_PAGE and not _is_listing(text) and _is_english(text):
            yield text


def _is_english(text):
    words = re.findall(r"[^\W\d_]+", text.lower())
    foreign = sum(word in {"de", "que", "und", "der", "les", "não", "een", "och", "ist", "el"} for word in words)
    return foreign < words.count("the")


def _is_listing(text):
    """Pages that are mostly bullets of a few words: contents, symbol lists."""
    lines = [line for line in text.split("\n") if line]
    short = sum(line.lstrip().startswith("- ") and len(line) < 60 for line in lines)
    return short > 0.7 * len(lines)


def jargon(_, folder):
    """The Jargon File: essays, then the entries, as paragraphs of one line."""
    text = gzip.decompress((folder / "usr/share/doc/jargon-text/jargon.txt.gz").read_bytes()).decode("utf-8")
    text = fold(text)
    entries = text.index("\n   :")
    essays = text.index("This document is a collection of slang terms")
    end = text.find("\nBibliography\n", entries)
    body = text[entries:end if end > 0 else None]
    glossary = text.rfind("\nGlossary\n", 0, entries)
    yield _reflow(text[essays:glossary])
    page = []
    for entry in re.split(r"\n(?= {3}:[^\n]{1,80}:)", body):
        page.append(re.sub(r"^:([^\n]*?):(?=[ \n]|$)", r"\1:", _reflow(entry)))
        if sum(map(len, page)) > 6000:
            yield "\n\n".join(filter(None, page))
            page = []
    if any(page):
        yield "\n\n".join(filter(None, page))


def _reflow(text):
    blocks = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.split("\n") if line.strip()]
        if not lines or re.fullmatch(r"[\s═─=-]+", block):
            continue
        deep = min(len(line) - len(line.lstrip()) for line in lines) >= 5 and len(lines) > 1
        drawn = sum(bool(re.search(r"\S {3,}\S|[|/\\+]{2}", line)) for line in lines) > len(lines) / 3
        if deep or drawn:
            blocks.append("\n".join("    " + line.strip("\n").removeprefix("   ") for line in lines))
        else:
            blocks.append(re.sub(r"\{([^{}\n]{1,60})\}", r"\1", one_line(" ".join(lines))))
    return paragraphs("\n\n".join(blocks))


_PARTS = {"n": "noun", "v": "verb", "a": "adjective", "s": "adjective", "r": "adverb"}


def wordnet(_, folder):
    """Synsets that have an example of some length, neighbours in meaning side by side."""
    page = []
    for name in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"usr/share/wordnet/data.{name}").read_text("utf-8").split("\n"):
            if line.startswith("  ") or "|" not in line or '; "' not in line:
                continue
            fields, gloss = line.split("|", 1)
            fields = fields.split()
            words = [re.sub(r"\(.*\)", "", w).replace("_", " ") for w in fields[4:4 + 2 * int(fields[3], 16):2]]
            meaning, *examples = re.split(r'; (?=")', fold(gloss).strip())
            examples = [e.strip('"; ') for e in examples if '"' in e[:1] and len(e.split()) >= 5]
            if not examples:
                continue
            page.append(f"{', '.join(words)} ({_PARTS[fields[2]]}): {meaning}. Example: {' / '.join(examples)}.")
            if len(page) == 40:
                yield "\n".join(page)
                page = []
    yield "\n".join(page)


def moby_dick(_, folder):
    """Chapters in order, paragraphs kept where the package has them."""
    data = folder / "package/data"
    chapters = [json.loads((data / f"chapter_{number}.json").read_text("utf-8")) for number in range(1, 136)]
    blocks = []
    for chapter in [*chapters, json.loads((data / "epilogue.json").read_text("utf-8"))]:
        number = chapter.get("chapter", "")
        blocks.append(f"CHAPTER {number}." if str(number).isdigit() else "EPILOGUE.")
        blocks.append(chapter.get("title", "") if str(number).isdigit() else "")
        blocks += [one_line(block) for block in re.split(r"\n\s*\n", fold(chapter["text"]))]
    yield paragraphs("\n\n".join(filter(None, blocks)))
