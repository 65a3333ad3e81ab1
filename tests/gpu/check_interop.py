"""transformers and PEFT load what AdapterHub writes, and continue the same prompts with the same text (greedy, f32, CPU).
usage: python3 check_interop.py PROGRAM [ARGUMENT ...]   from the repository's root; PROGRAM is adapterhub, or dotnet with adapterhub.dll"""
import os
import subprocess
import sys
import tempfile

os.environ.update(HF_HUB_OFFLINE="1", CUDA_VISIBLE_DEVICES="")
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

BASE, SEEDS, PROGRAM = "data/seed/models/inkwell", "data/seed/adapters/", sys.argv[1:]
TOKENS = 40


def ours(adapter, prompt):
    arguments = ["generate", "--base", "inkwell", *(["--adapter", adapter] if adapter else []), "--prompt", prompt, "--max-tokens", str(TOKENS),
                 "--temperature", "0", "--device", "cpu", "--dtype", "f32"]
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def theirs(adapter, prompt):
    model = AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32)
    if adapter:
        model = PeftModel.from_pretrained(model, adapter).float()
    ids = tokenizer(prompt, return_tensors="pt", add_special_tokens=False).input_ids
    made = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=TOKENS, do_sample=False)
    return tokenizer.decode(made[0], skip_special_tokens=True).strip()


tokenizer = AutoTokenizer.from_pretrained(BASE)
folder = tempfile.mkdtemp()
parents = [f"{SEEDS}king-james=0.7", f"{SEEDS}database-manual=0.3"]
subprocess.run([*PROGRAM, "blend", "--out", f"{folder}/exact", *parents], check=True, stdout=subprocess.DEVNULL)
subprocess.run([*PROGRAM, "blend", "--rank", "8", "--out", f"{folder}/rank8", *parents], check=True, stdout=subprocess.DEVNULL)
CASES = [(None, "The old house stood"), (f"{SEEDS}king-james", "And it came to pass"), (f"{SEEDS}state-of-the-union", "My fellow Americans"),
         (f"{SEEDS}devils-dictionary", "LOVE, n."), (f"{SEEDS}database-manual", "The default value is"), (f"{folder}/exact", "The king"),
         (f"{folder}/rank8", "The king")]
differing = 0
for adapter, prompt in CASES:
    mine, reference = ours(adapter, prompt), theirs(adapter, prompt)
    differing += mine != reference
    print("same" if mine == reference else f"DIFFERS\n  ours   {mine!r}\n  theirs {reference!r}", adapter, repr(reference[:70]))
sys.exit(1 if differing else 0)
