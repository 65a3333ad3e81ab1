"""Texts for the tokenizer goldens: TRAINING to train the small vocabularies on, CASES to encode, fuzz() for more.

Lone surrogates are not here: they cannot be handed to the library, whose strings are UTF-8.
"""
import random
import unicodedata

TRAINING = """\
The hub keeps adapters on cards, and every card says what the adapter was trained on, how long it took and what it answers.
It's a small thing, isn't it? We're sure they'll say that you've seen it before, I'd guess, and I'm not the one who's wrong.
In 2024 there were 1234567 tokens, 3.14159 of them round; 42 + 17 = 59, and 100% of 8,192 is 8192.
A reader who wants the whole story should begin at the beginning, read on until the end is reached, and then stop reading.
the quick brown fox jumps over the lazy dog while the other foxes were sleeping under the older trees in the morning
def forward(self, x):
    return self.down(torch.nn.functional.silu(self.gate(x)) * self.up(x))  # (batch, time, hidden)
for (int i = 0; i < n; i++) { total += values[i]; }\tif (total == 0) return null;
https://example.org/models/tiny?revision=main&file=config.json#top
Caf\u00e9 cr\u00e8me, na\u00efve fa\u00e7ade, \u00fcber stra\u00dfe, ni\u00f1o, \u00c5ngstr\u00f6m, \u0141\u00f3d\u017a.
\u041c\u043e\u0441\u043a\u0432\u0430 \u0438 \u0433\u043e\u0440\u043e\u0434 \u043d\u0430 \u0440\u0435\u043a\u0435. \u042d\u0442\u043e \u043c\u0430\u043b\u0435\u043d\u044c\u043a\u0430\u044f \u043c\u043e\u0434\u0435\u043b\u044c.
\u4f60\u597d\uff0c\u4e16\u754c\u3002\u8fd9\u662f\u4e00\u4e2a\u5c0f\u6a21\u578b\uff0c\u4e16\u754c\u5f88\u5927\u3002\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002
\u3053\u3093\u306b\u3061\u306f\u4e16\u754c\u3002\u5c0f\u3055\u306a\u30e2\u30c7\u30eb\u3067\u3059\u3002\u30c6\u30b9\u30c8\u3092\u3057\u307e\u3059\u3002
\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4. \uc791\uc740 \ubaa8\ub378\uc785\ub2c8\ub2e4.
\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645. \u0647\u0630\u0627 \u0646\u0645\u0648\u0630\u062c \u0635\u063a\u064a\u0631.
\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e\u0964 \u092f\u0939 \u090f\u0915 \u091b\u094b\u091f\u093e \u092e\u0949\u0921\u0932 \u0939\u0948\u0964
\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd. \u0393\u03b5\u03b9\u03ac \u03c3\u03bf\u03c5 \u03ba\u03cc\u03c3\u03bc\u03b5.
\U0001f600 \U0001f680\U0001f680 \u2764\ufe0f so happy \U0001f600!!! ... --- *** === ###
"""

ARABIC_MARKS = "\u0628\u0650\u0633\u0652\u0645\u0650 \u0671\u0644\u0644\u0651\u064e\u0647\u0650 \u0661\u0662\u0663"
HINDI = "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e \u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f \u0967\u0968\u0969"
KOREAN = "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4 \ud55c\uad6d\uc5b4"

CASES = [
    "", " ", "  ", "   ", "\n", "\r\n", "\t", "a", " a", "a ", "  a  ", "Hello, world!", "Hello world",
    "The hub keeps adapters on cards.", "It's isn't WE'RE They'LL you've I'd I'm who's 'tis 'S 'LL 'quote'",
    "it\u2019s isn\u2019t", "\u017fs '\u017f a'\u017f",  # long s folds to s when case is ignored
    "1 12 123 1234 12345 1234567 3.14 1,000,000 0x1F 1e-10", "\u00bd \u00b2 \u2167 \u0663\u0664 \u096a\u096b \u4e09 \u2460",
    "a  b   c    d     e", "  leading", "trailing  ", "tab\tand\t\ttabs\t", "line\nline\n\nline\n\n\n", "dos\r\nline\r\n\r\nend\r",
    " \n \n  x", "x \n", "x\n y", "a\n\n  b\t\n", "\n\n\n   \n x",
    "def f(x):\n    if x > 0:\n        return x ** 2  # square\n\treturn None\n",
    "for (int i=0;i<n;++i){a[i]+=b[i]*c[i];}", "<div class=\"x\">&nbsp;</div>", "{\"key\": [1, 2.5, null, true]}",
    "https://example.org/a/b?c=d&e=%20f#g", "user.name+tag@example.co.uk", "C:\\Users\\me\\file.txt", "snake_case camelCase kebab-case",
    "\U0001f600\U0001f601", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family", "\U0001f44d\U0001f3fd\U0001f44b\U0001f3ff",
    "\u2764\ufe0f\u200d\U0001f525 \U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7 1\ufe0f\u20e3",
    "\u4f60\u597d\uff0c\u4e16\u754c\uff01 \u8fd9\u662f\u4e00\u4e2atest\u3002", "\U00020000\U0002a6d6\u9f98",
    "\u3053\u3093\u306b\u3061\u306f \u4e16\u754c\u3002\uff76\uff9e\uff77\uff9e \u304b\u3099\u304c", ARABIC_MARKS, HINDI, KOREAN,
    unicodedata.normalize("NFD", KOREAN), unicodedata.normalize("NFD", "Caf\u00e9 na\u00efve \u00c5ngstr\u00f6m \u1e69"),
    "caf\u00e9 cafe\u0301 \u1e9b\u0323 \u212b \ufb01", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0e42\u0e25\u0e01", "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd",
    "\U0001d400\U0001d401\U0001d402 \U0001d7d8\U0001d7d9\U0001d7da x\U0001d4b3y", "\U00010400\U00010428 \U000118a0 \U0001e900",
    "zero\u200bwidth\u200c\u200djoin\ufeffbom", "\ufeffstart", "nbsp\u00a0x\u00a0\u00a0y \u3000wide\u2003em\u2028ls\u2029ps\u0085nel\u000bvt\u000cff",
    "nul\u0000inside\u0000", "\u0001\u0002\u001b[0m\u007f\u0080\u009f", "soft\u00adhyphen \u202eright\u202c", "\uffff\ufffe\U0010ffff\ue000\ufffd",
    "Z\u0351\u036b\u0343\u036aa\u0300\u0301\u0302\u0303lgo", "!!!???...", "-- --- ---- ==== ~~~~", "$100 \u20ac50 \u00a35 50% #1 @me", "\u201cquoted\u201d \u2018single\u2019 \u2014 dash \u2026",
    "a" * 100, "ab" * 60, "the" * 40, " " * 70, "\n" * 20, "9" * 50, "\u4e16" * 40, "\U0001f600" * 20, "aB1 " * 40,
    "Lorem ipsum dolor sit amet, " * 6, "unreachable zyx  unreachable", " unreachablex unreachable.", "\u2581a\u2581\u2581b \u2581", "<0x0A><0x41>",
    "<|endoftext|>", "a<|endoftext|>b", " <|endoftext|> ", "<|endoftext|><|endoftext|>", "<|endoftext", "<|begin_of_text|>Hi<|eot_id|>",
    "<|im_start|>user\nHi there<|im_end|>\n<|im_start|>assistant\n", "<s> a </s>b<unk><pad>", "<s>", "</s></s>", "[INST] hi [/INST]",
    "x <left> y", "x   <left>   y", "x   <right>   y", "x   <both>   y", "a <word> b<word>c <word>.", "<word>", "pre<word>", "_<word>_",
    "tok\u00e9n toke\u0301n", "r\u00e1w ra\u0301w", "<left><right><both>", "  <both>  <both>  ", "\t<both>\n\n<right>\r\n x", "<nest><nested>", "a<nested>b<nest>",
    "multi word token here", "multi  word token", "xmulti word tokenx",
]

POOL = (list("aAbzZ09'.,-_!?<>|/\\\t\n\r     ") + ["'s", "'LL", "the", "ing", "\r\n", "  ", "\u2581", "<s>", "<|endoftext|>", "<both>"]
        + list("\u00e9\u0301\u0308\u00df\u0130\u01c5\u00a0\u3000\u0085\u2028\u200b\u200d\ufeff\u4f60\u3042\u30a2\uac00\u1100\u1161\u0628\u064e\u0661\u0915\u094d\u0967\u00b2\u00bd\u2160\u20ac\u2764\ufe0f")
        + ["\U0001f600", "\U0001f3fd", "\U0001d400", "\U0001d7d9", "\U00020000", "\U00010400", "\U0001f1e9", "\U000e0061", "\u0000"])


def fuzz(count=45):
    """Short random strings over characters of every class that the split expressions tell apart."""
    source = random.Random(20240607)
    return ["".join(source.choice(POOL) for _ in range(source.randint(1, 14))) for _ in range(count)]
