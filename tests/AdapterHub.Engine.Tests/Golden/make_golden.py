"""Makes the golden numbers that the engine's tests compare with, by the libraries themselves.

    python3 make_golden.py OUTDIR [models] [adapters] [training] [tokenizers] [files]

Needs torch, transformers, peft, tokenizers and safetensors; nothing is downloaded. Runs on the CPU in float32
with fixed seeds. A case that fails is printed and the others are still made; the exit code is then 1.
What each file holds is said at the head of golden_models.py, golden_adapters.py and golden_tokenizers.py.
"""
import json
import os
import platform
import sys
import traceback

# PEFT keeps target_modules in a set: without a fixed hash seed two runs would write its names in different orders.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable] + sys.argv)

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false",
                  CUDA_VISIBLE_DEVICES="", TRANSFORMERS_VERBOSITY="error")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


class Report:
    """Runs cases, each guarded, and remembers which failed."""

    def __init__(self):
        self.made, self.failed, self.notes = [], [], []

    def case(self, name, make, *arguments):
        try:
            make(*arguments)
            self.made.append(name)
        except Exception as error:  # one bad case must not cost the others
            traceback.print_exc()
            self.failed.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")

    def note(self, text):
        self.notes.append(text)

    def close(self):
        for note in self.notes:
            print("note:", note)
        for failure in self.failed:
            print("FAILED", failure)
        print(f"{len(self.made)} made, {len(self.failed)} failed")
        return 1 if self.failed else 0


def write_versions(_report):
    versions = {"python": platform.python_version()}
    for name in ("torch", "transformers", "peft", "tokenizers", "safetensors"):
        try:
            versions[name] = __import__(name).__version__
        except Exception as error:
            versions[name] = f"absent: {error}"
    with open("versions.json", "w", encoding="utf-8") as file:
        json.dump(versions, file, indent=2)
        file.write("\n")


def make_part(part, report):
    if part == "models":
        import golden_models
        golden_models.make(report)
    elif part == "adapters":
        import golden_adapters
        golden_adapters.make(report)
    elif part == "training":
        import golden_training
        golden_training.make(report)
    elif part == "tokenizers":
        import golden_tokenizers
        golden_tokenizers.make(report)
    elif part == "files":
        import golden_files
        golden_files.make(report)
    else:
        raise ValueError(f"unknown part {part}")


def total_bytes():
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(".") for name in names)


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    os.makedirs(sys.argv[1], exist_ok=True)
    # Everything is loaded and saved by paths relative to OUTDIR, so that no path of this machine enters a golden file.
    os.chdir(sys.argv[1])
    report = Report()
    report.case("versions", write_versions, report)
    for part in sys.argv[2:] or ["models", "adapters", "training", "tokenizers", "files"]:
        report.case(f"part {part}", make_part, part, report)
    print(f"{total_bytes() / 1024:.0f} KiB in {os.getcwd()}")
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
