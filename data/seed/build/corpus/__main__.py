"""python3 -m corpus packages | build --novels FILE --cache DIR --out DIR"""
import argparse
import hashlib
import json
import re
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from . import adapters, readers
from .cleaning import paragraphs
from .novels import clean_novel, read_novels
from .sources import SOURCES


def main():
    parser = argparse.ArgumentParser(prog="corpus")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("packages", help="print what must be downloaded, a line each: kind and name")
    build_verb = verbs.add_parser("build")
    for name in ("novels", "cache", "out"):
        build_verb.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    if arguments.verb == "packages":
        print("\n".join(f"{source.kind} {source.package}" for source in SOURCES))
    else:
        build(arguments.novels, arguments.cache, arguments.out)


def build(novels, cache, out):
    for name in ("novels", "other", "adapters", "datasets", "licenses"):
        shutil.rmtree(out / name, ignore_errors=True)
        (out / name).mkdir(parents=True)
    (out / "adapters/heldout").mkdir()
    rows = [_novels(novels, out)]
    for source in SOURCES:
        folder = cache / f"{source.kind}-{source.package.replace('/', '-')}"
        version = (folder / "version").read_text().strip()
        _check_licence(source, folder / "files", out)
        files = _write_base(source, folder / "files", out) if source.use == "base" else _write_adapter(source, folder / "files", out)
        rows.append({"name": source.name, "use": source.use, "package": source.package, "version": version, "licence": source.licence,
                     "note": source.note, "files": files})
        print(f"{source.name:12} {sum(f['bytes'] for f in files):>10} bytes", file=sys.stderr)
    (out / "sources.json").write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    (out / "SOURCES.md").write_text(_table(rows), "utf-8")


def _novels(archive, out):
    size, digest, count = 0, hashlib.sha256(), 0
    novels = read_novels(archive)
    with ProcessPoolExecutor() as pool:
        cleaned = list(pool.map(_clean, novels))
    for name, data in cleaned:
        (out / "novels" / name).write_bytes(data)
        size, count = size + len(data), count + 1
        digest.update(data)
    print(f"{'novels':12} {size:>10} bytes", file=sys.stderr)
    return {"name": "novels", "use": "base", "package": archive.name, "version": "ELTeC-eng 1.0.1; 100_english_novels", "licence": "LicenseRef-public-domain",
            "note": f"{count} novels of 1839 to 1929; sha256 over the files in name order", "files": [{"path": "novels/*.txt", "bytes": size, "sha256": digest.hexdigest()}]}


def _clean(novel):
    name, text = novel
    return name, clean_novel(text).encode("utf-8")


def _check_licence(source, folder, out):
    candidates = [folder / "package/LICENSE"] if source.kind == "npm" else [folder / f"usr/share/doc/{source.package}/copyright"]
    text = candidates[0].read_text("utf-8", "replace")
    if not re.search(source.proof, text):
        raise SystemExit(f"corpus: {source.package}: its licence file no longer says {source.proof!r}; look at {candidates[0]}")
    (out / "licenses" / f"{source.name}.copyright").write_text(text, "utf-8")


def _write_base(source, folder, out):
    pages = [paragraphs(page) for page in getattr(readers, source.reader)(source, folder)]
    if not pages:
        raise SystemExit(f"corpus: {source.package}: no page found below {source.root}")
    if len(pages) == 1:
        return [_write(out, f"other/{source.name}.txt", pages[0] + "\n")]
    return [_write(out, f"other/{source.name}.jsonl", adapters.jsonl({"text": page} for page in pages))]


def _write_adapter(source, folder, out):
    documents = list(getattr(adapters, source.reader)(source, folder))
    if source.name == "kjv":
        _write(out, "datasets/kjv-wisdom.txt", adapters.wisdom(documents))
    training, held_out = adapters.held_out(documents, adapters.HELD_OUT_EVERY[source.name])
    if not held_out:
        raise SystemExit(f"corpus: {source.package}: too few documents found")
    return [_write(out, f"adapters/{source.name}.jsonl", adapters.jsonl(training)),
            _write(out, f"adapters/heldout/{source.name}.jsonl", adapters.jsonl(held_out))]


def _write(out, path, text):
    data = text.encode("utf-8")
    (out / path).write_bytes(data)
    return {"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _table(rows):
    lines = ["# Sources", "", "Base texts pretrain inkwell; adapter texts, and everything like them, are kept from it.",
             "A line of `other/*.jsonl` is one page. Licence texts are in `licenses/`; they are not for training.", "",
             "| text | use | package | version | licence | bytes | sha256 | note |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        lines += [f"| {f['path']} | {row['use']} | {row['package']} | {row['version']} | {row['licence']} | {f['bytes']} | `{f['sha256'][:16]}` | {row['note']} |"
                  for f in row["files"]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
