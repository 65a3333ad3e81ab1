"""Small tokenizers of every pipeline the engine reads, and what the tokenizers library does with awkward texts.

tokenizers/NAME.tokenizer.json  as the library saves it
tokenizers/NAME.cases.json      {"cases": [{"text", "ids", "ids_special", "decoded", "decoded_special"}]}
  ids              encode(text, add_special_tokens=False)
  ids_special      encode(text, add_special_tokens=True)
  decoded          decode(ids, skip_special_tokens=True)
  decoded_special  decode(ids_special, skip_special_tokens=False); absent where equal to decoded

Pipelines are written as JSON, in the form published tokenizer.json files have, and parsed by the library; only the
vocabulary and the merges are trained here.
"""
import json
import os

from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from golden_texts import CASES, TRAINING, fuzz

BAR = "\u2581"
CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
LLAMA3_SPLIT = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2_SPLIT = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def byte_level(use_regex=True, add_prefix_space=False):
    return {"type": "ByteLevel", "add_prefix_space": add_prefix_space, "trim_offsets": True, "use_regex": use_regex}


def split(expression):
    return {"type": "Split", "pattern": {"Regex": expression}, "behavior": "Isolated", "invert": False}


def pre_sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


def metaspace(scheme, whole):
    return {"type": "Metaspace", "replacement": BAR, "prepend_scheme": scheme, "split": not whole}


def added(content, special=True, **flags):
    token = {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": special}
    token.update(flags)
    return token


def template(before, after, ids):
    def special(token):
        return {"SpecialToken": {"id": token, "type_id": 0}}
    single = [special(t) for t in before] + [{"Sequence": {"id": "A", "type_id": 0}}] + [special(t) for t in after]
    pair = single + [special(t) for t in before] + [{"Sequence": {"id": "B", "type_id": 1}}] + [special(t) for t in after]
    return {"type": "TemplateProcessing", "single": single, "pair": pair,
            "special_tokens": {t: {"id": t, "ids": [ids[t]], "tokens": [t]} for t in before + after}}


LLAMA2_NORMALIZER = {"type": "Sequence", "normalizers": [
    {"type": "Prepend", "prepend": BAR}, {"type": "Replace", "pattern": {"String": " "}, "content": BAR}]}
LLAMA2_DECODER = {"type": "Sequence", "decoders": [
    {"type": "Replace", "pattern": {"String": BAR}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}


def document(pre_tokenizer, normalizer=None, vocab=None, merges=None, **model):
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "post_processor": None, "decoder": None,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      **model, "vocab": vocab or {}, "merges": merges or []}}


def parse(tree):
    return Tokenizer.from_str(json.dumps(tree, ensure_ascii=False))


def train(pre_tokenizer, size, alphabet, normalizer=None, lines=None):
    """(vocab in order of id, merges)"""
    tokenizer = parse(document(pre_tokenizer, normalizer))
    options = dict(vocab_size=size, min_frequency=2, show_progress=False, initial_alphabet=alphabet, special_tokens=[])
    tokenizer.train_from_iterator(lines or TRAINING.splitlines(keepends=True), BpeTrainer(**options))
    model = json.loads(tokenizer.to_str())["model"]
    return sorted(model["vocab"], key=model["vocab"].get), model["merges"]


def assemble(tree, names, tokens, decoder, before=(), after=(), extra_post=None):
    """Puts vocabulary, added tokens, template and decoder into the document. An added token that the vocabulary has keeps its id."""
    vocab = {name: index for index, name in enumerate(names)}
    tree["model"]["vocab"] = vocab
    ids = dict(vocab)
    for token in tokens:
        ids.setdefault(token["content"], len(ids))
    tree["added_tokens"] = sorted(({"id": ids[t["content"]], **t} for t in tokens), key=lambda t: t["id"])
    tree["decoder"] = decoder
    processor = template(list(before), list(after), ids) if before or after else None
    if extra_post and processor:
        processor = {"type": "Sequence", "processors": [extra_post, processor]}
    tree["post_processor"] = processor or extra_post
    return parse(tree)


def byte_level_tokenizer(pre_tokenizer, tokens, size=600, normalizer=None, extra_names=(), in_vocab=(), **options):
    model = {"ignore_merges": options.pop("ignore_merges", False)}
    names, merges = train(pre_tokenizer, size, ByteLevel.alphabet(), normalizer)
    names = names + list(extra_names) + list(in_vocab)
    tree = document(pre_tokenizer, normalizer, merges=merges, **model)
    post = byte_level() if options.pop("byte_level_post", False) else None
    return assemble(tree, names, tokens, byte_level(), extra_post=post, **options)


def sentencepiece_tokenizer(pre_tokenizer, normalizer, decoder, byte_fallback, fuse_unk, tokens=(), size=500, **options):
    # Trained over Metaspace words, as SentencePiece does, whatever the finished pipeline splits by.
    # Lines in Korean, Arabic, Hindi and emoji are left out: their characters must fall back to bytes or to <unk>.
    lines = [line for line in TRAINING.splitlines() if not set(line) & set("\uc548\u0645\u0928\U0001f600")]
    names, merges = train(metaspace("always", False), size, [], lines=lines)
    head = ["<unk>", "<s>", "</s>"] + ([f"<0x{b:02X}>" for b in range(256)] if byte_fallback else [])
    tree = document(pre_tokenizer, normalizer, merges=merges, unk_token="<unk>", fuse_unk=fuse_unk, byte_fallback=byte_fallback)
    base = [added("<unk>"), added("<s>"), added("</s>")]
    return assemble(tree, head + names, base + list(tokens), decoder, **options)


def variations():
    """Added tokens, not special, one a flag; "tok\u00e9n" is matched after normalisation and "r\u00e1w" before."""
    plain = dict(special=False)
    return [added("<|endoftext|>"), added("<left>", **plain, lstrip=True), added("<right>", **plain, rstrip=True),
            added("<both>", **plain, lstrip=True, rstrip=True), added("<word>", **plain, single_word=True),
            added("tok\u00e9n", **plain, normalized=True), added("r\u00e1w", **plain), added("<nest>", **plain),
            added("<nested>", **plain), added("multi word token", **plain, normalized=True)]


BUILDERS = {
    "gpt2": lambda: byte_level_tokenizer(byte_level(), [added("<|endoftext|>")], in_vocab=["<|endoftext|>"], byte_level_post=True),
    "gpt2-prefix-space": lambda: byte_level_tokenizer(byte_level(add_prefix_space=True), [added("<|endoftext|>")], size=420),
    "llama3": lambda: byte_level_tokenizer(
        pre_sequence(split(LLAMA3_SPLIT), byte_level(use_regex=False)),
        [added("<|begin_of_text|>"), added("<|end_of_text|>"), added("<|eot_id|>")], ignore_merges=True,
        extra_names=["\u0120unreachable", "zyx"], before=["<|begin_of_text|>"], byte_level_post=True),
    "qwen2": lambda: byte_level_tokenizer(
        pre_sequence(split(QWEN2_SPLIT), byte_level(use_regex=False)),
        [added("<|endoftext|>"), added("<|im_start|>"), added("<|im_end|>"), added("<tool_call>", special=False)],
        normalizer={"type": "NFC"}, byte_level_post=True),
    "digits": lambda: byte_level_tokenizer(
        pre_sequence({"type": "Digits", "individual_digits": True}, byte_level()), [added("<|endoftext|>"), added("<|im_start|>"), added("<|im_end|>")],
        size=500),
    "added-variations": lambda: byte_level_tokenizer(byte_level(), variations(), size=450, normalizer={"type": "NFC"}),
    "llama2": lambda: sentencepiece_tokenizer(None, LLAMA2_NORMALIZER, LLAMA2_DECODER, True, True, before=["<s>"]),
    "llama2-added": lambda: sentencepiece_tokenizer(
        None, LLAMA2_NORMALIZER, LLAMA2_DECODER, True, True, before=["<s>"], tokens=[
            added("<pad>"), added("[INST]", special=False), added("<both>", special=False, lstrip=True, rstrip=True),
            added("multi word token", special=False, normalized=True)]),
    "metaspace-first": lambda: sentencepiece_tokenizer(metaspace("first", True), None, LLAMA2_DECODER, True, True, before=["<s>"]),
    "metaspace-always": lambda: sentencepiece_tokenizer(
        metaspace("always", False), None, metaspace("always", False), False, True, before=["<s>"], after=["</s>"]),
    "metaspace-never-nofuse": lambda: sentencepiece_tokenizer(
        metaspace("never", False), None, metaspace("never", False), False, False, size=300),
}
LEGACY_MERGES = ("gpt2", "llama2")  # "a b" strings in place of ["a", "b"], as files had before tokenizers 0.20


def case_of(tokenizer, text):
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    special = tokenizer.encode(text, add_special_tokens=True).ids
    decoded = tokenizer.decode(ids, skip_special_tokens=True)
    decoded_special = tokenizer.decode(special, skip_special_tokens=False)
    case = {"text": text, "ids": ids, "ids_special": special, "decoded": decoded}
    if decoded_special != decoded:
        case["decoded_special"] = decoded_special
    return case


def save(tokenizer, name):
    tree = json.loads(tokenizer.to_str())
    if name in LEGACY_MERGES:
        tree["model"]["merges"] = [" ".join(pair) if isinstance(pair, list) else pair for pair in tree["model"]["merges"]]
    path = f"tokenizers/{name}.tokenizer.json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tree, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
    return Tokenizer.from_file(path)


def make_tokenizer(name, report):
    os.makedirs("tokenizers", exist_ok=True)
    tokenizer = save(BUILDERS[name](), name)
    cases = []
    for text in dict.fromkeys(CASES + fuzz()):
        try:
            cases.append(case_of(tokenizer, text))
        except BaseException as error:  # a Rust panic is not an Exception
            if isinstance(error, KeyboardInterrupt):
                raise
            report.note(f"tokenizer {name}: {text[:40]!r}: {type(error).__name__}: {str(error)[:200]}")
    with open(f"tokenizers/{name}.cases.json", "w", encoding="utf-8") as file:
        file.write('{"cases": [\n')
        file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
        file.write("\n]}\n")
    print(f"tokenizer {name}: {tokenizer.get_vocab_size()} tokens, {len(cases)} cases", flush=True)


def make(report):
    for name in BUILDERS:
        report.case(f"tokenizer {name}", make_tokenizer, name, report)
