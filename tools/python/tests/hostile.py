"""Text that nobody writes: every kind of character beside every other."""
import random
from typing import Dict, List

from nerpipe.characters import PROPERTIES
from nerpipe.tokenizer import _dictionary_script

_COMMON = list("aabcde ABC 12 .,!?'\u2019\"()\u00ab\u00bb\u201c\u201d:;-_\u2026\u3002\u0964\r\u2029\u0085\u200d\u200c\u00ad\ufeff\u0301'\u05d0\u05d1\u05d2\u03a9\u03c3\u03a3\u0130I\u0131")

# Sentences of our own, with what sentence rules and foldings look at.
MULTILINGUAL = """\
Dr. Ada Obi met Engr. Musa at 5 p.m. on Jan. 3. "Why?" she asked. No. 5 is late! Really?! Yes... and no.
L\u2019Espagne et l'Italie, M. Dupont\u202f: \u00ab\u202fBonjour\u202f!\u202f\u00bb dit-il. Mme. Curie vit \u00e0 Paris.
Der Zug (z. B. der ICE 5) f\u00e4hrt ab. Prof. M\u00fcller wartet am 12. Mai. Danach regnet es.
\u0130stanbul'da ISPARTA ve I\u011eDIR; Say\u0131n Yrd. Do\u00e7. Dr. \u0130nan geldi. Intel fabrikas\u0131 a\u00e7\u0131ld\u0131.
\u1240\u1308 \u12a3\u1260\u1260 \u1260\u12f0\u1230\u1361\u1361 \u12f6\u12ed\u1265\u1362 \u121d\u1235\u1325\u122d\u1362 \u12f6/\u122d \u1270\u12a8\u1208 \u1218\u1323\u1362
\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645\u060c \u062f. \u0623\u062d\u0645\u062f \u0641\u064a \u0627\u0644\u0642\u0627\u0647\u0631\u0629. \u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u061f \u0628\u062e\u064a\u0631\u06d4
\u092e\u0948\u0902 \u0918\u0930 \u0939\u0942\u0901\u0964 \u0921\u0949. \u0930\u093e\u092e \u090f\u0938. \u0936\u0930\u094d\u092e\u093e \u0906\u090f. \u0935\u0939 \u0917\u092f\u093e \u0939\u0948. \u0905\u092c \u0938\u092c \u0920\u0940\u0915 \u0939\u0948.
\u041f\u0440\u043e\u0444. \u0418\u0432\u0430\u043d\u043e\u0432 \u0436\u0438\u0432\u0451\u0442 \u043d\u0430 \u0443\u043b. \u041b\u0435\u043d\u0438\u043d\u0430, \u0434. 5. \u041e\u043d \u0441\u043a\u0430\u0437\u0430\u043b: \u00ab\u0414\u0430.\u00bb \u0418 \u0443\u0448\u0451\u043b.
\u039f \u03ba. \u039f\u0394\u03a5\u03a3\u03a3\u0395\u0391\u03a3 \u03ae\u03c1\u03b8\u03b5. \u03a4\u03b9; \u039a\u03b1\u03b9 \u03c4\u03ce\u03c1\u03b1;
\u05d4\u05e8\u05d1 \u05e9\u05dc\u05d5\u05dd \u05d2\u05e8 \u05d1\u05ea\"\u05d0. \u05e6\u05d4\"\u05dc \u05d5\u05d2'\u05d5\u05e8\u05d2' \u05d1\u05d0\u05d5.
K\u014d\u02bb\u014cLELO \u02bb\u014cLELO Hausa: \u019aa\u0257aki da \u02bcya\u02bcyan Afirka. S\u0323\u00e0ng\u00f3 \u0144 l\u1ecd.
https://example.org/a?b=c&d=e foo@bar.example 10:30 3,14 1.000.000 C++ A/B x_y #tag @ada \U0001f600\U0001f3fd\u200d\u2764\ufe0f
\ud55c\uad6d \uc11c\uc6b8\uc5d0\uc11c \uae40 \uc528\uac00 \ub9d0\ud588\ub2e4. \uadf8\ub807\ub2e4.
"""


def text(seed: int, lines: int = 800) -> str:
    """Lines of random characters, all combinations of their properties."""
    source = random.Random(seed)
    groups: Dict[int, List[int]] = {}
    for scalar, properties in enumerate(PROPERTIES.tolist()):
        if not 0xD800 <= scalar < 0xE000 and scalar != 0x0A and _dictionary_script(scalar) is None:
            groups.setdefault(properties, []).append(scalar)
    kinds = list(groups)

    def character() -> str:
        return source.choice(_COMMON) if source.random() < 0.6 else chr(source.choice(groups[source.choice(kinds)]))

    made = ["".join(character() for _ in range(source.randrange(60))) for _ in range(lines)]
    return "a" + "\n".join(made)
