"""Which codes name the same language (Sources/LanguageCodes/LanguageCode.swift)."""
import json
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Dict, List, Optional, Sequence

from .errors import NerpipeError

_DATA = json.loads((files("nerpipe") / "data" / "languages.json").read_text(encoding="utf-8"))
_CODES: Dict[str, str] = _DATA["codes"]
_MACROLANGUAGES: Dict[str, str] = {}
_USUAL_MEMBERS: Dict[str, str] = {}
for _macro, _members in _DATA["macrolanguages"].items():
    _USUAL_MEMBERS[_macro] = _members[0]
    _MACROLANGUAGES.update({member: _macro for member in [_macro, *_members]})
_CHINESE_SCRIPTS = {"cn": "hans", "sg": "hans", "tw": "hant", "hk": "hant", "mo": "hant"}


@dataclass(frozen=True)
class LanguageCode:
    """A code of ISO 639-1, -2 or -3, with script and region as in BCP 47; case does not matter."""

    language: str
    script: Optional[str]
    region: Optional[str]

    @staticmethod
    def parse(text: str) -> Optional["LanguageCode"]:
        """None when it is not written as a code, or is one of two letters that names no language."""
        name, *subtags = re.split("[-_]", text.lower())
        if not re.fullmatch("[a-z]{2,3}", name) or not all(re.fullmatch("[a-z0-9]{1,8}", tag) for tag in subtags):
            return None
        if subtags and re.fullmatch("[a-z]{3}", subtags[0]):  # `zh-yue`
            name = subtags.pop(0)
        language = _CODES.get(name, name if len(name) == 3 else None)
        if language is None:
            return None
        script = subtags.pop(0) if subtags and re.fullmatch("[a-z]{4}", subtags[0]) else None
        region = subtags[0] if subtags and re.fullmatch("[a-z]{2}|[0-9]{3}", subtags[0]) else None
        if script is None and language in ("zho", "cmn") and region:
            script = _CHINESE_SCRIPTS.get(region)
        return LanguageCode(language, script, region)

    @property
    def macrolanguage(self) -> Optional[str]:
        return _MACROLANGUAGES.get(self.language)

    @property
    def has_dotless_i(self) -> bool:
        return self.language == "tur" or self.macrolanguage == "aze"

    def distance(self, other: "LanguageCode") -> Optional[int]:
        """Less is nearer, None is another language."""
        macro = self.macrolanguage
        if self.language == other.language:
            languages = 0
        elif macro is not None and macro == other.macrolanguage and macro in (self.language, other.language):
            member = other.language if self.language == macro else self.language
            languages = 1 if _USUAL_MEMBERS.get(macro) == member else 2
        else:
            return None
        scripts, regions = _difference(self.script, other.script), _difference(self.region, other.region)
        return None if scripts == 2 else languages * 9 + scripts * 3 + regions


def _difference(a: Optional[str], b: Optional[str]) -> int:
    return 0 if a == b else 1 if a is None or b is None else 2


def matches(text: str, codes: Sequence[str]) -> List[int]:
    """Places of the codes that name the language of `text`, equally near: none, one or several."""
    for place, code in enumerate(codes):
        if code == text:
            return [place]
    for place, code in enumerate(codes):
        if code.lower() == text.lower():
            return [place]
    wanted = LanguageCode.parse(text)
    best: Optional[int] = None
    places: List[int] = []
    for place, code in enumerate(codes):
        parsed = LanguageCode.parse(code)
        distance = wanted.distance(parsed) if wanted and parsed else None
        if distance is None or (best is not None and distance > best) or code in codes[:place]:
            continue
        if distance != best:
            best, places = distance, []
        places.append(place)
    return places


def language_number(code: str, codes: Sequence[str]) -> Optional[int]:
    """The place of a language among a table's; None when it is not there, or could be several."""
    places = matches(code, codes)
    return places[0] if len(places) == 1 else None


def own_code(language: str, codes: Sequence[str], place: str) -> str:
    """A table's own code for the language of a text; of a table with rows for any language (`*`), what was given."""
    places = matches(language, codes)
    if len(places) == 1:
        return codes[places[0]]
    known = ", ".join(codes)
    if places:
        several = ", ".join(codes[number] for number in places)
        raise NerpipeError(f"{place}: the language {language!r} could be {several}; name one of them")
    if "*" in codes:
        return language
    if language == "und":
        raise NerpipeError(f"{place}: the table has rows of certain languages ({known}); say which the text is of: language=...")
    raise NerpipeError(f"{place}: the table has no language {language!r}, only {known}")
