"""HTML pages of manuals to plain text in the manner of Markdown: # headings, indented code, "- " items, `code`."""
import re
from html.parser import HTMLParser

from .cleaning import fold, one_line, paragraphs

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_DROP = {"script", "style", "nav", "svg", "button", "form", "head", "noscript", "object", "select", "template", "iframe"}
_DROP_CLASSES = {
    "headerlink", "viewcode-link", "sphinxsidebar", "related", "footer", "toctree-wrapper", "menu", "contents", "toc",
    "fancy_toc", "nosearch", "toplang", "bottomlang", "up", "top", "comments_section", "nav-chapters", "indextable",
}
_DROP_IDS = {"quickview", "path", "page-header", "toc", "table-of-contents", "footer", "comments_section"}
_BLOCKS = {
    "p", "div", "section", "article", "main", "header", "footer", "aside", "ul", "ol", "li", "dl", "dt", "dd", "table", "tr",
    "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "hr", "center", "body", "details",
    "summary", "thead", "tbody", "caption",
}
# A start tag on the left ends an open element on the right, as long as none of the stops lies between.
_CLOSES = {
    "li": ({"li", "p"}, {"ul", "ol"}), "p": ({"p"}, {"div", "li", "dd", "td", "blockquote"}), "dt": ({"dt", "dd", "p"}, {"dl"}),
    "dd": ({"dt", "dd", "p"}, {"dl"}), "tr": ({"tr", "td", "th", "p"}, {"table"}), "td": ({"td", "th", "p"}, {"tr"}),
    "th": ({"td", "th", "p"}, {"tr"}),
}
_HEADINGS = {"h1": "#", "h2": "##", "h3": "###", "h4": "####", "h5": "####", "h6": "####"}


class PageText(HTMLParser):
    """Collects the text under the first element for which `is_root(tag, attributes)` holds."""

    def __init__(self, is_root):
        super().__init__(convert_charrefs=True)
        self._is_root = is_root
        self._stack = []          # open elements as (tag, role); role is "", "root", "drop" or "code"
        self._roots = self._drops = 0
        self._blocks, self._inline = [], []
        self._lists, self._marker, self._row = [], None, None

    def text(self):
        self._flush()
        return paragraphs("\n".join(self._blocks))

    # Tokens

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag in _CLOSES:
            self._close_implied(*_CLOSES[tag])
        if tag in _VOID:
            if tag == "br" and self._live():
                self._inline.append("\n")
            elif tag == "hr":
                self._flush()
            return
        role = self._role(tag, attributes)
        self._stack.append((tag, role))
        self._roots += role == "root"
        self._drops += role == "drop"
        if role != "drop" and self._live():
            self._open(tag, role)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in _VOID or not any(open_tag == tag for open_tag, _ in self._stack):
            return
        while self._pop() != tag:
            pass

    def handle_data(self, data):
        if self._live():
            self._inline.append(data if self._inside("pre") else re.sub(r"\s+", " ", data))

    # Structure

    def _live(self):
        return self._roots > 0 and self._drops == 0

    def _inside(self, tag):
        return any(open_tag == tag for open_tag, _ in self._stack)

    def _role(self, tag, attributes):
        classes = set(attributes.get("class", "").split())
        if tag in _DROP or classes & _DROP_CLASSES or attributes.get("id") in _DROP_IDS or attributes.get("role") == "navigation":
            return "drop"
        if self._roots == 0 and self._is_root(tag, attributes):
            return "root"
        if tag in {"code", "tt", "samp"} and not any(self._inside(t) for t in ("pre", "dt", "code", "tt", "samp", *_HEADINGS)):
            return "code"
        return ""

    def _close_implied(self, closes, stops):
        for index in range(len(self._stack) - 1, -1, -1):
            tag, role = self._stack[index]
            if tag in stops or role == "root":
                return
            if tag in closes:
                while len(self._stack) > index:
                    self._pop()

    def _open(self, tag, role):
        if role == "code":
            self._inline.append("\x01")
        if tag not in _BLOCKS and tag not in {"td", "th"}:
            return
        if tag in {"td", "th"} and self._row is not None:
            self._flush_cell()
            return
        self._flush()
        if tag in {"ul", "ol"}:
            self._lists.append([tag, 0])
        elif tag == "li" and self._lists:
            self._lists[-1][1] += 1
            kind, number = self._lists[-1]
            self._marker = f"{number}. " if kind == "ol" else "- "
        elif tag == "tr":
            self._row = []

    def _pop(self):
        tag, role = self._stack[-1]
        if self._live():
            self._close(tag, role)
        self._stack.pop()
        self._roots -= role == "root"
        self._drops -= role == "drop"
        return tag

    def _close(self, tag, role):
        if role == "code":
            self._inline.append("\x01")
        if tag in {"td", "th"} and self._row is not None:
            self._flush_cell()
        elif tag == "tr" and self._row is not None:
            self._flush_cell()
            cells, self._row = [cell for cell in self._row if cell], None
            if cells:
                self._blocks.append(" | ".join(cells))
        elif tag in _BLOCKS:
            self._flush()
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()
                self._blocks.append("")
            elif tag == "li":
                self._marker = None
            elif tag in {"table", "dl"}:
                self._blocks.append("")

    # Output

    def _take(self):
        text, self._inline = "".join(self._inline), []
        return text

    def _flush_cell(self):
        text = self._code_marks(one_line(self._take()))
        if text:
            self._row.append(text)

    @staticmethod
    def _code_marks(text):
        text = re.sub("\x01\\s*\x01", "", text)
        return re.sub("\x01([^\x01]*)\x01", r"`\1`", text).replace("\x01", "")

    def _flush(self):
        if not self._inline:
            return
        if self._row is not None:  # A block inside a table cell: its parts stay one cell.
            self._inline.append(" ")
            return
        raw = self._take()
        if self._inside("pre"):
            self._put_code(raw.replace("\x01", ""))
            return
        lines = [self._code_marks(line) for line in map(one_line, raw.split("\n")) if line]
        if not lines:
            return
        tag = next((t for t, _ in reversed(self._stack) if t in _HEADINGS or t in {"dt", "li", "dd"}), "")
        if tag in _HEADINGS:
            self._blocks += ["", f"{_HEADINGS[tag]} {' '.join(lines)}", ""]
        elif self._marker is not None:
            indent = "  " * (len(self._lists) - 1)
            self._blocks.append(indent + self._marker + "\n".join(lines))
            self._marker = None
        elif tag == "li" and self._lists:
            self._blocks.append("\n".join("  " * len(self._lists) + line for line in lines))
        elif tag == "dt":
            self._blocks += ["", *lines]
        else:
            self._blocks += ["", *lines, ""] if tag != "dd" else [*lines, ""]

    def _put_code(self, raw):
        lines = [line.rstrip().expandtabs(4) for line in raw.strip("\n").split("\n")]
        if any(lines):
            self._blocks += ["", *("    " + line if line else "" for line in lines), ""]


def page_text(html, is_root):
    parser = PageText(is_root)
    parser.feed(html)
    parser.close()
    return paragraphs(re.sub(r"\n[ \t]+\n", "\n\n", fold(parser.text())))
