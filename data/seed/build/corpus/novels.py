"""Novels: repairs broken encodings, gives each paragraph one line and an empty line after it, drops editorial marks."""
import re
import statistics
import tarfile

from .cleaning import fold, one_line, paragraphs

# Bytes of Windows-1252 that someone read as Macintosh Central European; each such letter betrays the whole file.
_MAC_LATIN2_SIGNS = set("ťŰŲŽķÁšľ")


def read_novels(archive):
    """(file name, text) in name order. Read in the archive's order: an xz stream cannot be sought back without unpacking it again."""
    with tarfile.open(archive, "r|*") as tar:
        return sorted((member.name.rsplit("/", 1)[-1], tar.extractfile(member).read().decode("utf-8"))
                      for member in tar if member.isfile() and member.name.endswith(".txt"))


def clean_novel(text):
    text = fold(_tidy(_repair(text)))
    lines = text.split("\n")
    wrapped = _is_wrapped(lines)
    blocks = _unwrap(lines) if wrapped else _one_per_line(lines)
    return paragraphs("\n\n".join(filter(None, map(_polish, blocks)))) + "\n"


def _repair(text):
    if len(_MAC_LATIN2_SIGNS & set(text)) >= 1 and "ť" in text or {"Ű", "Ų"} & set(text) or "reŽ" in text:
        text = "".join(map(_from_mac_latin2, text))
    text = re.sub("â€”", "—", text).replace("â€œ", "“").replace("â€\x9d", "”").replace("â€™", "’")
    # UTF-8 read as Latin-2: the second byte survives as a letter, or is lost and left a blank.
    text = text.replace("ĂŠ", "é").replace("ĂŞ", "ê").replace("Ă¨", "è").replace("Ă´", "ô").replace("Ă§", "ç")
    text = text.replace("Ă Ă tre", "éâtre").replace("FranĂ ais", "Français")
    text = re.sub(r"(?<=\w)Ă ", "é", text)
    text = re.sub(r"\bĂ (?=\w)", "É", text)
    text = text.replace("Äš", "£").replace("€lite", "élite").replace("Sch\ufffdn", "Schön").replace("sch\ufffdn", "schön")
    return re.sub(r"Ł(?=\d)", "£", text)


def _from_mac_latin2(character):
    if ord(character) < 128:
        return character
    try:
        return character.encode("mac_latin2").decode("cp1252")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return character


def _tidy(text):
    text = re.sub(r"\u2010\s+(?=[a-z])", "", text)                 # a word once broken at a line end
    text = re.sub(r"\[Illustration[^\]]*\]|Illustration(?=[a-z])", "", text)
    text = re.sub(r"\s?\[\d{1,3}\]", "", text)                     # footnote numbers
    text = re.sub(r"(?<![\w_])_([^_\n]{1,200})_(?![\w_])", r"\1", text)  # italics
    text = re.sub(r"\*([^*\n]{1,60})\*(?=\W)", r"\1", text)
    return text.replace("`", "'")


def _is_wrapped(lines):
    lengths = sorted(len(line) for line in lines if line)
    return bool(lengths) and lengths[int(len(lengths) * 0.95)] < 130


def _one_per_line(lines):
    """Long lines are paragraphs already; short neighbours without an empty line between are verse, and stay lines."""
    filled = [line for line in lines if line.strip()]
    spaced = (len(lines) - len(filled)) / max(1, len(filled)) > 0.4
    if not spaced:
        return filled
    blocks, block = [], []
    for line in [*lines, ""]:
        if line.strip() and len(line) < 70:
            block.append(line)
            continue
        if block:
            blocks.append("\n".join(block))
            block = []
        if line.strip():
            blocks.append(line)
    return blocks


def _unwrap(lines):
    filled = [line for line in lines if line.strip()]
    width = sorted(map(len, filled))[int(len(filled) * 0.95)]
    spaced = (len(lines) - len(filled)) / len(filled) > 0.03
    blocks, block = [], []
    for line in [*lines, ""]:
        if not line.strip():
            if block:
                blocks += _split_block(block, width, spaced)
            block = []
        else:
            block.append(line)
    return blocks


def _split_block(block, width, spaced):
    if len(block) > 1 and _is_verse(block, width):
        return ["\n".join(line.strip() for line in block)]
    parts, part = [], []
    for line in block:
        if part and _starts_paragraph(part[-1], line, width, spaced):
            parts.append(one_line("\n".join(part)))
            part = []
        part.append(line)
    parts.append(one_line("\n".join(part)))
    return parts


def _is_verse(block, width):
    body = block[:-1]
    short = statistics.fmean(len(line.strip()) for line in body) < 0.72 * width
    capitals = sum(line.strip()[:1].isupper() or line.strip()[:1] in "\"'(" for line in block) / len(block)
    return short and capitals > 0.75 and len(block) < 60


def _starts_paragraph(before, line, width, spaced):
    ended = before.rstrip()[-1] in ".!?:\"')—*-"
    indented = line[0] in " \t" and before[0] not in " \t"
    if ended and indented:
        return True
    if spaced:
        return False
    # Without empty lines only the layout tells: the next word would still have fitted on the line before.
    room = width - len(before.rstrip()) - 1 - len(line.split()[0])
    heading = before.isupper() or line.isupper() or re.match(r"(CHAPTER|BOOK|VOLUME|PART)\b", line)
    return bool(heading) or (ended and room > 3) or room > 0.5 * width


def _polish(block):
    lines = [one_line(line) for line in block.split("\n")]
    text = "\n".join(line for line in lines if line)
    text = re.sub(r"-{3,}|—{2,}", "——", text)
    if "--" in text:
        text = re.sub(r" ?--(?!-) ?", "—", text)
    text = re.sub(r" [-–—] (?=\S)", "—", text)
    text = re.sub(r"\. ?\. ?\.(?: ?\.)*", "...", text)
    text = re.sub(r" (?<=\w )([,;:!?])(?=[\s\"']|$)", r"\1", text, flags=re.M)
    text = re.sub(r" (?<=[a-z] )\.(?=\s|$)", ".", text, flags=re.M)
    if len(text) < 80 and re.fullmatch(r"[\s*.·~_—-]+", text):
        return "* * *" if "*" in text or "·" in text else ""
    return text
