"""Five AdamW steps by PEFT and torch, without dropout.

training/NAME/init/, training/NAME/final/: the adapter before the first and after the last step, as PEFT folders.
training/NAME/steps.safetensors:
  input_ids (2, 11), labels (2, 11) int64, -100 where nothing is learned; the loss shifts them by one itself
  losses    (6,) float32: before each of the five steps, and after the last
  grad.KEY  gradient of the first step, KEY as in adapter_model.safetensors
training/full/steps.safetensors: all weights of llama-tied trained, with decay 0.1 on every weight; losses and first_grad.norm only.
training/cases.json: {NAME: {"base", "learning_rate", "betas", "eps", "weight_decay"}}.
"""
import os
import shutil

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file

from golden_adapters import PLAIN, QV, TIED, ids_of, randomise_adapter, save_adapter, write_cases
from golden_models import load

STEPS = 5
ADAMW = dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8)

RUNS = {
    "plain": (PLAIN, dict(r=4, lora_alpha=8, target_modules=QV)),
    "all-linear-rslora": (TIED, dict(r=3, lora_alpha=6, use_rslora=True, target_modules="all-linear")),
    "lora-bias": (PLAIN, dict(r=2, lora_alpha=4, lora_bias=True, target_modules=["o_proj", "down_proj"])),
    "embedding": (PLAIN, dict(r=2, lora_alpha=4, target_modules=["embed_tokens", "v_proj"])),
    "dora": (PLAIN, dict(r=4, lora_alpha=8, use_dora=True, target_modules=["q_proj", "down_proj"])),
}


def labels_for(ids):
    labels = ids.clone()
    labels[0, :5] = -100   # a prompt
    labels[1, -4:] = -100  # padding
    return labels


def key_of(name):
    """Name of a live parameter -> its key in adapter_model.safetensors."""
    key = name.replace(".default.", ".")
    key = key[:-len(".default")] if key.endswith(".default") else key
    return key.replace("lora_magnitude_vector.weight", "lora_magnitude_vector")


def train(model, parameters, ids, labels, weight_decay):
    """(losses, gradients of the first step)"""
    optimizer = torch.optim.AdamW([p for _, p in parameters], weight_decay=weight_decay, **ADAMW)
    losses, gradients = [], {}
    for step in range(STEPS + 1):
        loss = model(input_ids=ids, labels=labels, use_cache=False).loss
        losses.append(loss.detach())
        if step == STEPS:
            break
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if step == 0:
            gradients = {name: p.grad.detach().clone().contiguous() for name, p in parameters if p.grad is not None}
        optimizer.step()
    return torch.stack(losses).float(), gradients


def make_run(name, seed):
    base, settings = RUNS[name]
    torch.manual_seed(seed)
    first = get_peft_model(load(base), LoraConfig(task_type="CAUSAL_LM", **settings))
    randomise_adapter(first, seed)
    folder = f"training/{name}"
    shutil.rmtree(folder, ignore_errors=True)
    save_adapter(first, f"{folder}/init")
    # From the files again: what a reader of the golden starts from is exactly what was trained here.
    model = PeftModel.from_pretrained(load(base), f"{folder}/init", is_trainable=True).train()
    ids = ids_of(base)
    labels = labels_for(ids)
    parameters = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    losses, gradients = train(model, parameters, ids, labels, 0.0)
    if not losses[-1] < losses[0]:
        raise AssertionError(f"{name}: the loss did not fall: {losses.tolist()}")
    save_adapter(model, f"{folder}/final")
    save_file({"input_ids": ids, "labels": labels, "losses": losses,
               **{f"grad.{key_of(n)}": g for n, g in gradients.items()}}, f"{folder}/steps.safetensors")
    print(f"training {name}: losses {[round(x, 4) for x in losses.tolist()]}", flush=True)


def make_full():
    model = load("llama-tied").train()
    ids = ids_of("llama-tied")
    labels = labels_for(ids)
    parameters = list(model.named_parameters())
    losses, gradients = train(model, parameters, ids, labels, 0.1)
    norm = torch.stack([g.norm() for g in gradients.values()]).norm().reshape(1)
    os.makedirs("training/full", exist_ok=True)
    save_file({"input_ids": ids, "labels": labels, "losses": losses, "first_grad.norm": norm},
              "training/full/steps.safetensors")
    print(f"training full: losses {[round(x, 4) for x in losses.tolist()]}", flush=True)


def make(report):
    for seed, name in enumerate(RUNS, 300):
        report.case(f"training {name}", make_run, name, seed)
    report.case("training full", make_full)
    settings = dict(learning_rate=ADAMW["lr"], betas=list(ADAMW["betas"]), eps=ADAMW["eps"])
    os.makedirs("training", exist_ok=True)
    cases = {name: dict(base=RUNS[name][0], weight_decay=0.0, **settings) for name in RUNS
             if os.path.exists(f"training/{name}/steps.safetensors")}
    cases["full"] = dict(base="llama-tied", weight_decay=0.1, **settings)
    write_cases("training/cases.json", cases)
