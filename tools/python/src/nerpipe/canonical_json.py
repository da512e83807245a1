"""JSON read strictly, and written as the program writes what it digests: sorted keys, no white space, numbers as they were."""
import json
from typing import Any, Dict, List, Tuple, Union

from .errors import NerpipeError


class Number(float):
    """A number with a fraction or exponent that remembers how it was written."""

    text: str

    def __new__(cls, text: str) -> "Number":
        number = super().__new__(cls, text)
        number.text = text
        return number


def _object(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands in it twice")
    return result


def _whole(text: str) -> Union[int, Number]:
    return Number(text) if text == "-0" else int(text)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def read_object(data: Union[bytes, memoryview], place: str) -> Dict[str, Any]:
    """An object; a key that comes twice is refused."""
    try:
        value = json.loads(
            bytes(data).decode("utf-8"), object_pairs_hook=_object, parse_float=Number, parse_int=_whole,
            parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NerpipeError(f"{place}: not the JSON that was expected: {error}") from error
    if not isinstance(value, dict):
        raise NerpipeError(f"{place}: not the JSON that was expected: no object")
    return value


def encode(value: Any) -> str:
    if isinstance(value, Number):
        return value.text
    if isinstance(value, list):
        return "[" + ",".join(map(encode, value)) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode(key)}:{encode(value[key])}" for key in sorted(value)) + "}"
    return json.dumps(value, ensure_ascii=False)
