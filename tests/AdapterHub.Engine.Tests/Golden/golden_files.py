"""Safetensors files as the library writes them.

files/dtypes.safetensors: one tensor a dtype, named as the dtype is in the file (F32, BF16, ...), shape (2, 3), values
-2 -1 0 1 2 3 (0 1 2 3 4 5 where unsigned, their parity where boolean); scalar (), value 7; empty (0, 4); metadata with non-ASCII text.
"""
import os

import torch
from safetensors.torch import save_file

DTYPES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
          "I16": "int16", "I8": "int8", "U8": "uint8", "U16": "uint16", "U32": "uint32", "U64": "uint64", "BOOL": "bool",
          "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2"}


def make_dtypes():
    tensors = {}
    for name, dtype in DTYPES.items():
        values = torch.arange(6) - (0 if name.startswith("U") else 2)
        values = values % 2 if name == "BOOL" else values
        tensors[name] = values.to(getattr(torch, dtype)).reshape(2, 3).contiguous()
    tensors["scalar"] = torch.tensor(7.0)
    tensors["empty"] = torch.zeros(0, 4)
    os.makedirs("files", exist_ok=True)
    save_file(tensors, "files/dtypes.safetensors", metadata={"format": "pt", "note": "caf\u00e9 \u4f60\u597d \U0001f600"})


def make(report):
    report.case("files dtypes", make_dtypes)
