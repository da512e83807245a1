"""`config.json` and `model.safetensors` of a model (Sources/Taggers/TaggerConfiguration.swift, ModelDirectory.swift)."""
import struct
import warnings
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from ._arrays import Floats
from .canonical_json import encode, read_object
from .errors import NerpipeError
from .files import ModelFiles, PathLike
from .tokenizer import IDENTITY
from .xxh3 import running_digest

POSITION_NAMES = ["sentence-start", "headline", "explained-capital"]


@dataclass(frozen=True)
class FeatureEmbedding:
    name: str
    buckets: int
    width: int


@dataclass(frozen=True)
class Configuration:
    """What a tagger is made of. `K` labels, `H` hidden width."""

    # `[K]`: O, B-X, I-X, ...
    labels: List[str]
    table_path: str
    table_digest: str
    dimension: int
    vector_scale: float
    features: List[FeatureEmbedding]
    # Names of the numbers between the vector and the features.
    statistics: List[str]
    has_positions: bool
    # Languages of the text it was trained on; None when not known.
    languages: Optional[List[str]]
    hidden_width: int
    convolution_count: int
    # What the digest of the model covers.
    identity: Dict[str, Any]

    @property
    def input_width(self) -> int:
        numbers = len(self.statistics) + len(POSITION_NAMES) * self.has_positions
        return self.dimension + numbers + sum(feature.width for feature in self.features)


def check_manifest(files: ModelFiles) -> None:
    """Refuses a package of another format, and says when text is cut otherwise here than where it was made; a folder without a
    manifest is no package, and all right."""
    if not files.has("package.json"):
        return
    place = files.place("package.json")
    manifest = read_object(files.member("package.json"), place)
    if manifest.get("format") != 1:
        raise NerpipeError(f"{place}: package of format {manifest.get('format')}, this version reads 1; install a newer nerpipe")
    made = " ".join(part for part in str(manifest.get("tokenizer")).split() if not part.startswith("icu/"))
    if made != IDENTITY:
        warnings.warn(
            f"{files.path}: text was cut by {made}, here it is by {IDENTITY}: some tokens may differ; tag_tokens is not concerned",
            stacklevel=4)


def read_configuration(files: ModelFiles) -> Configuration:
    place = files.place("config.json")
    raw = read_object(files.member("config.json"), place)
    try:
        if raw["version"] != 1:
            raise NerpipeError(f"{place}: model format {raw['version']}, this version reads 1; install a newer nerpipe")
        features = [
            FeatureEmbedding(str(item["name"]), _whole(item, "buckets", 1 << 24), _whole(item, "width", 1024))
            for item in raw["features"]
        ]
        names = [str(name) for name in raw.get("numbers") or []]
        has_positions = names[-len(POSITION_NAMES):] == POSITION_NAMES
        languages = raw.get("languages")
        identity = {key: raw[key] for key in (
            "version", "labels", "features", "vectorScale", "hiddenWidth", "convolutionCount")}
        identity["features"] = [
            {"name": feature.name, "buckets": feature.buckets, "width": feature.width} for feature in features]
        identity["vectors"] = {
            "path": "", "digest": str(raw["vectors"]["digest"]), "dimension": raw["vectors"]["dimension"]}
        if names:
            identity["numbers"] = names
        return Configuration(
            labels=_labels(raw["labels"], place), table_path=str(raw["vectors"]["path"]),
            table_digest=str(raw["vectors"]["digest"]), dimension=_whole(raw["vectors"], "dimension", 4096),
            vector_scale=float(raw["vectorScale"]), features=features,
            statistics=names[:-len(POSITION_NAMES)] if has_positions else names, has_positions=has_positions,
            languages=None if languages is None else [str(language) for language in languages],
            hidden_width=_whole(raw, "hiddenWidth", 4096), convolution_count=_whole(raw, "convolutionCount", 64, 0),
            identity=identity)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, NerpipeError):
            raise
        raise NerpipeError(f"{place}: not a tagger configuration: {error!r}") from error


def _whole(values: Dict[str, Any], key: str, maximum: int, minimum: int = 1) -> int:
    value = values[key]
    if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
        raise ValueError(f"{key} is {value!r}, must be a whole number from {minimum} to {maximum}")
    return value


def _labels(names: Any, place: str) -> List[str]:
    types = [str(name)[2:] for name in names if str(name).startswith("B-")]
    expected = ["O"] + [tag for name in types for tag in (f"B-{name}", f"I-{name}")]
    if names != expected or len(set(expected)) < len(expected) or len(types) > 127:
        raise NerpipeError(f"{place}: labels must be O, B-X, I-X, B-Y, I-Y ..., each once; they are {names}")
    return expected


# Name and shape of a tensor, and whether the digest reads it transposed.
_Expected = Tuple[str, Tuple[int, ...], bool]


def _expected_tensors(configuration: Configuration) -> List[_Expected]:
    """In the order in which the digest reads them."""
    width, labels = configuration.hidden_width, len(configuration.labels)
    tensors: List[_Expected] = [
        (f"features.{feature.name}.weight", (feature.buckets, feature.width), False) for feature in configuration.features]
    layers = [("input", configuration.input_width)]
    layers += [(f"convolutions.{number}", 3 * width) for number in range(configuration.convolution_count)]
    for name, inputs in layers:
        tensors.append((f"{name}.weight", (width, inputs), True))
        tensors += [(f"{name}.{part}", (width,), False) for part in ("bias", "norm.weight", "norm.bias")]
    return [*tensors, ("output.weight", (labels, width), True), ("output.bias", (labels,), False)]


_FORMATS = {"F32": (4, "<f4"), "F16": (2, "<f2"), "BF16": (2, "<u2")}


def read_tensors(files: ModelFiles, configuration: Configuration) -> Dict[str, Floats]:
    """The weights of `model.safetensors`, as 32-bit floats; compared with their digest where the file has one.

    Format: github.com/huggingface/safetensors, "Format".
    """
    place = files.place("model.safetensors")
    data = files.member("model.safetensors")
    if len(data) < 8:
        raise NerpipeError(f"{place}: not a usable safetensors file: it has only {len(data)} bytes")
    (length,) = struct.unpack_from("<Q", data)
    if length > min(len(data) - 8, 100_000_000):
        raise NerpipeError(f"{place}: not a usable safetensors file: the header is longer than the file")
    header = read_object(data[8:8 + length], place)
    metadata = header.pop("__metadata__", {})
    content = data[8 + length:]
    tensors: Dict[str, Floats] = {}
    digest = running_digest()
    digest.update(encode(configuration.identity).encode())
    for name, shape, is_transposed in _expected_tensors(configuration):
        tensors[name] = _tensor(header.pop(name, None), name, shape, content, place)
        laid_out = np.ascontiguousarray(tensors[name].T if is_transposed else tensors[name])
        digest.update(laid_out.tobytes())
    if header:
        raise NerpipeError(f"{place}: tensor {min(header)} has no place in the network of config.json")
    expected = metadata.get("nerpipe.digest") if isinstance(metadata, dict) else None
    if expected is not None and digest.hexdigest() != expected:
        raise NerpipeError(
            f"{place}: config.json and model.safetensors are not what was written together; one was damaged or exchanged")
    return tensors


def read_model(path: PathLike) -> Tuple[Configuration, Dict[str, Floats]]:
    """Configuration and weights of a folder or package, without its table; for programs that compute by themselves."""
    files = ModelFiles(path)
    configuration = read_configuration(files)
    return configuration, read_tensors(files, configuration)


def _tensor(entry: Any, name: str, shape: Tuple[int, ...], content: memoryview, place: str) -> Floats:
    if not isinstance(entry, dict):
        raise NerpipeError(f"{place}: tensor {name} is missing; the weights belong to another configuration")
    if entry.get("shape") != list(shape):
        raise NerpipeError(f"{place}: tensor {name} has shape {entry.get('shape')}, config.json says {list(shape)}")
    if entry.get("dtype") not in _FORMATS:
        raise NerpipeError(f"{place}: tensor {name} is {entry.get('dtype')}, and only F32, F16 and BF16 are read")
    width, form = _FORMATS[entry["dtype"]]
    count = int(np.prod(shape, dtype=np.int64))
    offsets = entry.get("data_offsets")
    if (
        not isinstance(offsets, list) or len(offsets) != 2 or not all(isinstance(offset, int) for offset in offsets)
        or not 0 <= offsets[0] <= offsets[1] <= len(content) or offsets[1] - offsets[0] != count * width
    ):
        raise NerpipeError(f"{place}: tensor {name} lies outside of the file, or is not of the size of its shape")
    stored = np.frombuffer(content[offsets[0]:offsets[1]], form)
    if form == "<u2":
        stored = (stored.astype(np.uint32) << 16).view(np.float32)
    values = stored.astype(np.float32).reshape(shape)
    if not np.isfinite(values).all():
        raise NerpipeError(f"{place}: tensor {name} contains values that are not numbers")
    return values
