"""PEFT adapters with random factors on two of the models, as save_pretrained writes them.

adapters/NAME/adapter_config.json, adapter_model.safetensors; byte-exact, so they serve as round-trip goldens too.
adapters/NAME/logits.safetensors: input_ids (2, 11) int64, logits (2, 11, V) float32 of base + adapter.
adapters/cases.json: {NAME: {"base": model folder name}}.
blends/NAME/: adapter_config.json and adapter_model.safetensors of add_weighted_adapter(combination_type="cat"), and
blends/NAME/logits.safetensors: input_ids, logits (PEFT's), exact_logits (base weights plus the sum of w s B A, added up here).
blends/cases.json: {NAME: {"base", "parts": [[adapter, weight], ...]}}.
"""
import json
import os
import shutil

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file

from golden_models import load, logits_of, seeded

PLAIN, TIED = "llama3-untied", "qwen2"
QV = ["q_proj", "v_proj"]

# name: (base, LoraConfig arguments)
ADAPTERS = {
    "plain": (PLAIN, dict(r=4, lora_alpha=8, target_modules=QV)),
    "plain-r6": (PLAIN, dict(r=6, lora_alpha=9, target_modules=["q_proj", "k_proj", "o_proj", "up_proj"])),
    "rslora": (PLAIN, dict(r=6, lora_alpha=5, use_rslora=True, target_modules=["q_proj", "o_proj", "gate_proj"])),
    # Two keys match layers.0.mlp.down_proj: the first one, in the order of the file (sorted), has to win.
    "patterns": (PLAIN, dict(r=4, lora_alpha=8, target_modules=QV + ["k_proj", "down_proj"],
                             rank_pattern={"down_proj": 6, "layers.0.mlp.down_proj": 2, r"layers\.1\..*k_proj": 3},
                             alpha_pattern={"model.layers.0.self_attn.q_proj": 3, "v_proj": 24})),
    "patterns-rslora": (TIED, dict(r=4, lora_alpha=7, use_rslora=True, target_modules=QV + ["up_proj"],
                                   rank_pattern={"v_proj": 9}, alpha_pattern={"up_proj": 2.5})),
    "lora-bias": (PLAIN, dict(r=3, lora_alpha=6, lora_bias=True, target_modules=QV + ["down_proj"])),
    "bias-all": (PLAIN, dict(r=2, lora_alpha=4, bias="all", target_modules=QV)),
    "all-linear": (TIED, dict(r=4, lora_alpha=8, target_modules="all-linear")),
    "all-linear-exclude": (PLAIN, dict(r=4, lora_alpha=8, target_modules="all-linear", exclude_modules=["o_proj", "up_proj"])),
    "regex": (PLAIN, dict(r=4, lora_alpha=12, target_modules=r".*layers\.\d+\.(self_attn\.[qv]_proj|mlp\.down_proj)")),
    "layers": (PLAIN, dict(r=4, lora_alpha=8, target_modules=QV, layers_to_transform=[1], layers_pattern="layers")),
    "embedding": (PLAIN, dict(r=3, lora_alpha=6, target_modules=["embed_tokens", "q_proj"])),
    "lm-head": (PLAIN, dict(r=4, lora_alpha=8, target_modules=["q_proj", "lm_head"])),
    "saved-head": (PLAIN, dict(r=4, lora_alpha=8, target_modules=QV, modules_to_save=["lm_head"])),
    "saved-norm": (TIED, dict(r=4, lora_alpha=8, target_modules=QV, modules_to_save=["norm"])),
    "trainable-tokens": (PLAIN, dict(r=2, lora_alpha=4, target_modules=QV, trainable_token_indices=[3, 17, 40])),
    "dora": (PLAIN, dict(r=4, lora_alpha=8, use_dora=True, target_modules=QV + ["down_proj"])),
    "dora-all-linear": (TIED, dict(r=3, lora_alpha=5, use_dora=True, use_rslora=True, target_modules="all-linear")),
    "qwen2-gaussian": (TIED, dict(r=5, lora_alpha=10, lora_dropout=0.1, init_lora_weights="gaussian",
                                  target_modules=["q_proj", "k_proj", "v_proj", "o_proj"])),
}

# Parts of different rank and alpha, of different target modules, negative weights and rsLoRA.
BLENDS = {
    "cat-two-ranks": (["plain", "plain-r6"], [0.7, 0.4]),
    "cat-negative": (["plain", "plain-r6"], [1.3, -0.6]),
    "cat-rslora-second": (["plain", "rslora"], [0.5, 0.8]),
    "cat-patterns": (["plain", "patterns", "plain-r6"], [0.25, 0.5, 0.75]),
}


def randomise_adapter(model, seed):
    generator = seeded(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "lora_magnitude_vector" in name:
                parameter.mul_(1 + 0.2 * noise.clamp(-2, 2))
            elif "lora_" in name:
                wide = "embedding_A" in name
                parameter.copy_(noise * (0.5 if wide else 0.3))
            elif "modules_to_save" in name:
                parameter.add_(0.1 * noise)
            elif "trainable_tokens_delta" in name:
                parameter.add_(0.5 * noise)
            elif parameter.requires_grad:  # bias="all" trains the base model's biases
                parameter.add_(0.1 * noise)


def ids_of(base):
    return load_file(f"models/{base}/logits.safetensors")["input_ids"][:, :11].contiguous()


def save_adapter(model, folder, **arguments):
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **arguments)
    if os.path.exists(f"{folder}/README.md"):
        os.remove(f"{folder}/README.md")


def make_adapter(name, seed):
    base, settings = ADAPTERS[name]
    torch.manual_seed(seed)
    model = get_peft_model(load(base), LoraConfig(task_type="CAUSAL_LM", **settings)).eval()
    randomise_adapter(model, seed)
    folder, ids = f"adapters/{name}", ids_of(base)
    save_adapter(model, folder)
    logits, plain = logits_of(model, ids), logits_of(load(base), ids)
    reloaded = logits_of(PeftModel.from_pretrained(load(base), folder).eval(), ids)
    difference, effect = (reloaded - logits).abs().max().item(), (logits - plain).abs().max().item()
    # The file is the golden: where loading loses something, what the file says counts and the note tells.
    print(f"adapter {name}: changes logits by {effect:.2f}, reload difference {difference:.1e}", flush=True)
    if effect < 0.05:
        raise AssertionError(f"{name} hardly changes the logits ({effect:.2e})")
    if difference > 1e-4:
        raise AssertionError(f"{name}: reloaded logits differ by {difference:.2e}")
    save_file({"input_ids": ids, "logits": reloaded}, f"{folder}/logits.safetensors")


def add_exactly(base, parts, weights):
    """Base model whose weights got the sum of w s B A, read from the modules PEFT built for each adapter."""
    total = load(base)
    for part, weight in zip(parts, weights):
        wrapped = PeftModel.from_pretrained(load(base), f"adapters/{part}").eval()
        deltas = {name: module.get_delta_weight("default") for name, module in wrapped.base_model.model.named_modules()
                  if hasattr(module, "get_delta_weight") and hasattr(module, "lora_A")}
        with torch.no_grad():
            for name, delta in deltas.items():
                total.get_submodule(name).weight.add_(weight * delta)
    return total


def make_blend(name, report):
    parts, weights = BLENDS[name]
    base = ADAPTERS[parts[0]][0]
    ids = ids_of(base)
    exact = logits_of(add_exactly(base, parts, weights), ids)
    model = PeftModel.from_pretrained(load(base), f"adapters/{parts[0]}", adapter_name="part0")
    for index, part in enumerate(parts[1:], 1):
        model.load_adapter(f"adapters/{part}", adapter_name=f"part{index}")
    model.add_weighted_adapter([f"part{i}" for i in range(len(parts))], weights, adapter_name="mix", combination_type="cat")
    model.set_adapter("mix")
    logits = logits_of(model.eval(), ids)
    folder = f"blends/{name}"
    save_adapter(model, folder, selected_adapters=["mix"])
    for file in os.listdir(f"{folder}/mix"):
        shutil.move(f"{folder}/mix/{file}", f"{folder}/{file}")
    os.rmdir(f"{folder}/mix")
    difference = (logits - exact).abs().max().item()
    print(f"blend {name}: PEFT against the exact sum {difference:.1e}", flush=True)
    if difference > 1e-3:
        report.note(f"blend {name}: PEFT's cat differs from the exact sum by {difference:.2e}")
    save_file({"input_ids": ids, "logits": logits, "exact_logits": exact}, f"{folder}/logits.safetensors")


def write_cases(path, cases):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=2)
        file.write("\n")


def make(report):
    for seed, name in enumerate(ADAPTERS, 100):
        report.case(f"adapter {name}", make_adapter, name, seed)
    for name in BLENDS:
        report.case(f"blend {name}", make_blend, name, report)
    made = [name for name in ADAPTERS if os.path.exists(f"adapters/{name}/logits.safetensors")]
    os.makedirs("adapters", exist_ok=True)
    os.makedirs("blends", exist_ok=True)
    write_cases("adapters/cases.json", {name: {"base": ADAPTERS[name][0]} for name in made})
    write_cases("blends/cases.json", {
        name: {"base": ADAPTERS[parts[0]][0], "parts": [list(pair) for pair in zip(parts, weights)]}
        for name, (parts, weights) in BLENDS.items() if os.path.exists(f"blends/{name}/logits.safetensors")})
