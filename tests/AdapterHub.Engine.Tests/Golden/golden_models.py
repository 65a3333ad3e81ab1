"""Tiny random models, and what transformers computes with them.

models/NAME/config.json, model.safetensors (or shards with an index), as save_pretrained writes them.
models/NAME/logits.safetensors:
  input_ids        (2, T)     int64
  logits           (2, T, V)  float32, one forward pass without cache
  generated        (2, 12)    int64, greedy continuation of input_ids with the KV cache; no margin between the best two
                              logits is under 1e-3, so that rounding cannot change it
  long_input_ids   (1, 401)   int64
  long_logits      (1, 8, V)  float32, logits of the last 8 positions of long_input_ids
config.json of mistral and qwen2 is rewritten with the keys of transformers 4 (rope_theta, rope_scaling, torch_dtype),
which most published checkpoints still have; the rest keep version 5's rope_parameters.
"""
import json
import os
import shutil

import torch
import transformers
from safetensors.torch import save_file

THETA = {"rope_type": "default", "rope_theta": 10000.0}
# Wavelengths of a head of 16 lie from 6 to 19869 tokens: original length 64 puts some in each of the three bands.
LLAMA3 = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 64}
COMMON = dict(max_position_embeddings=1024, bos_token_id=1, eos_token_id=2, pad_token_id=None)
NEW_TOKENS = 12

# name: (config class, seed, T, save_pretrained arguments, config arguments)
MODELS = {
    "llama-tied": ("LlamaConfig", 11, 17, {}, dict(
        vocab_size=101, hidden_size=32, intermediate_size=44, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, rms_norm_eps=1e-5, tie_word_embeddings=True, rope_parameters=THETA)),
    "llama3-untied": ("LlamaConfig", 12, 23, {}, dict(
        vocab_size=97, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, rms_norm_eps=1e-5, tie_word_embeddings=False, attention_bias=True, mlp_bias=True,
        rope_parameters=LLAMA3)),
    "llama-headdim": ("LlamaConfig", 13, 19, {}, dict(
        vocab_size=103, hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=3,
        num_key_value_heads=3, head_dim=12, rms_norm_eps=1e-6, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 500000.0})),
    "llama-shards": ("LlamaConfig", 14, 21, {"max_shard_size": "20KB"}, dict(
        vocab_size=99, hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3,
        num_key_value_heads=1, rms_norm_eps=1e-5, tie_word_embeddings=False, rope_parameters=THETA)),
    "mistral": ("MistralConfig", 15, 27, {}, dict(
        vocab_size=107, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, rms_norm_eps=1e-5, tie_word_embeddings=False, sliding_window=None,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0})),
    "mistral-window": ("MistralConfig", 16, 37, {}, dict(
        vocab_size=97, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=1, head_dim=8, rms_norm_eps=1e-5, tie_word_embeddings=False, sliding_window=9,
        rope_parameters=THETA)),
    "qwen2": ("Qwen2Config", 17, 25, {}, dict(
        vocab_size=109, hidden_size=32, intermediate_size=44, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, rms_norm_eps=1e-6, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0})),
    "qwen3": ("Qwen3Config", 18, 29, {}, dict(
        vocab_size=113, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=12, rms_norm_eps=1e-6, tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0})),
    "qwen3-tied": ("Qwen3Config", 19, 31, {}, dict(
        vocab_size=97, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, rms_norm_eps=1e-6, tie_word_embeddings=True, rope_parameters=THETA)),
}
VERSION_4_CONFIGS = ("mistral", "qwen2")


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def randomise(model, seed):
    """Norms around one, biases around zero, matrices of unit gain: no weight keeps a value that would hide a mistake."""
    generator = seeded(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name:
                parameter.copy_(1 + 0.3 * noise)
            elif name.endswith("bias"):
                parameter.copy_(0.2 * noise)
            elif "embed_tokens" in name:
                parameter.copy_(0.5 * noise)
            else:
                parameter.copy_(noise * 1.2 / parameter.shape[-1] ** 0.5)


def load(name):
    """The saved model NAME, by a path relative to the output folder (it ends up in adapter_config.json)."""
    model = transformers.AutoModelForCausalLM.from_pretrained(
        f"models/{name}", dtype=torch.float32, attn_implementation="eager")
    return model.eval()


def logits_of(model, ids):
    with torch.no_grad():
        return model(input_ids=ids, use_cache=False).logits.float().contiguous()


def greedy_without_cache(model, ids):
    """(continuation (B, NEW_TOKENS), smallest margin between the best two logits)"""
    margin, start = float("inf"), ids.shape[1]
    for _ in range(NEW_TOKENS):
        best = logits_of(model, ids)[:, -1].topk(2, dim=-1)
        margin = min(margin, (best.values[:, 0] - best.values[:, 1]).min().item())
        ids = torch.cat([ids, best.indices[:, :1]], dim=1)
    return ids[:, start:].contiguous(), margin


def greedy_with_generate(model, ids):
    model.generation_config.eos_token_id = None  # a continuation must not stop early
    with torch.no_grad():
        out = model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False,
                             max_new_tokens=NEW_TOKENS, pad_token_id=0, use_cache=True)
    return out[:, ids.shape[1]:].contiguous()


def choose_ids(model, name, seed, length, vocabulary, report):
    for attempt in range(30):
        ids = torch.randint(3, vocabulary, (2, length), generator=seeded(1000 * seed + attempt))
        generated, margin = greedy_without_cache(model, ids)
        if margin >= 1e-3:
            return ids, generated
    report.note(f"{name}: no input with a margin of 1e-3 found, last {margin:.1e}")
    return ids, generated


def rewrite_as_version_4(name):
    path = f"models/{name}/config.json"
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope["rope_theta"]
    config["rope_scaling"] = None if rope["rope_type"] == "default" else {
        key: value for key, value in rope.items() if key != "rope_theta"}
    config["torch_dtype"] = config.pop("dtype", "float32")
    config["transformers_version"] = "4.46.0"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2, sort_keys=True)
        file.write("\n")


def make_model(name, report):
    config_class, seed, length, save_arguments, settings = MODELS[name]
    config = getattr(transformers, config_class)(**{**COMMON, **settings})
    torch.manual_seed(seed)
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    randomise(model, seed)
    folder = f"models/{name}"
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **save_arguments)
    if os.path.exists(f"{folder}/generation_config.json"):
        os.remove(f"{folder}/generation_config.json")
    if name in VERSION_4_CONFIGS:
        rewrite_as_version_4(name)

    ids, generated = choose_ids(model, name, seed, length, settings["vocab_size"], report)
    logits = logits_of(model, ids)
    # The file is the golden, not the object: what is loaded again must say the same.
    difference = (logits_of(load(name), ids) - logits).abs().max().item()
    if difference > 1e-5:
        raise AssertionError(f"{name}: reloaded logits differ by {difference:.2e}")
    try:
        cached = greedy_with_generate(model, ids)
        if not torch.equal(cached, generated):
            report.note(f"{name}: generate differs from the uncached greedy loop:\n{cached}\n{generated}")
    except Exception as error:
        report.note(f"{name}: generate failed ({type(error).__name__}: {error}); the uncached greedy loop was kept")
    long_ids = torch.randint(3, settings["vocab_size"], (1, 401), generator=seeded(77 + seed))
    save_file({"input_ids": ids, "logits": logits, "generated": generated, "long_input_ids": long_ids,
               "long_logits": logits_of(model, long_ids)[:, -8:].contiguous()}, f"{folder}/logits.safetensors")
    print(f"model {name}: logits std {logits.std().item():.2f}, reload difference {difference:.1e}", flush=True)


def make(report):
    for name in MODELS:
        report.case(f"model {name}", make_model, name, report)
