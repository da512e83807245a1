"""Writes the tiny random transformers that Tests/TransformersTests replays, with the logits and states of PyTorch.

    tools/reference/transformer_logits.sh Tests/TransformersTests/Fixtures

Each model has a folder with config.json and model.safetensors, as save_pretrained writes them, and expected.json: sequences of
pieces, and what the network gives for each alone, from the stored weights in double precision. All weights come from the seed.
"""
import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file

LABELS = ["B-LOC", "I-LOC", "O", "B-PER", "I-PER"]
LENGTHS = [3, 17, 1, 40, 8, 9]


def bert(**options):
    return transformers.BertConfig(hidden_size=36, num_hidden_layers=2, num_attention_heads=3, intermediate_size=50, vocab_size=41,
                                   max_position_embeddings=40, type_vocab_size=2, **options)


def xlm_roberta(**options):
    return transformers.XLMRobertaConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, vocab_size=47,
                                         max_position_embeddings=42, type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5, **options)


def distilbert(**options):
    return transformers.DistilBertConfig(dim=32, n_layers=2, n_heads=1, hidden_dim=48, vocab_size=37, max_position_embeddings=40, **options)


# name, configuration, class, type of the stored numbers
MODELS = [
    ("bert", bert, transformers.BertForTokenClassification, torch.float32),
    ("bert-without-head", bert, transformers.BertModel, torch.bfloat16),
    ("xlm-roberta", xlm_roberta, transformers.XLMRobertaForTokenClassification, torch.float16),
    ("distilbert", distilbert, transformers.DistilBertForTokenClassification, torch.float32),
]


def randomize(model, generator):
    """Weights so large that no part of the network vanishes in what follows it."""
    for name, parameter in model.named_parameters():
        scale = 0.3 if parameter.dim() == 2 else 0.2
        parameter.data = torch.randn(parameter.shape, generator=generator) * scale
        if "norm" in name.lower() and name.endswith("weight"):
            parameter.data += 1


def write(folder, name, configuration, kind, number_type, generator):
    labels = {"num_labels": len(LABELS), "id2label": dict(enumerate(LABELS))} if "Token" in kind.__name__ else {}
    model = kind(configuration(attn_implementation="eager", **labels)).eval()
    randomize(model, generator)
    model = model.to(number_type)
    path = folder / name
    path.mkdir(parents=True, exist_ok=True)
    model.config.architectures = [kind.__name__]
    model.config.save_pretrained(path)
    # Written by hand: the metadata of save_pretrained change from version to version.
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, path / "model.safetensors")
    model = model.double()
    sequences = [torch.randint(2, model.config.vocab_size, (length,), generator=generator) for length in LENGTHS]
    expected = []
    for sequence in sequences:
        with torch.no_grad():
            output = model(input_ids=sequence[None], output_hidden_states=True)
        entry = {"pieces": sequence.tolist(), "states": output.hidden_states[-1][0].tolist(), "first": output.hidden_states[1][0].tolist()}
        if labels:
            entry["logits"] = output.logits[0].tolist()
        expected.append(entry)
    text = json.dumps(expected, separators=(",", ":"), default=float)
    rounded = json.dumps(json.loads(text, parse_float=lambda number: round(float(number), 7)), separators=(",", ":"))
    (path / "expected.json").write_text(rounded + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    generator = torch.Generator().manual_seed(20)
    for model in MODELS:
        write(folder, *model, generator)


main()
