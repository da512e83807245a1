"""Taggers of nerpipe in Python: loads a packaged model and tags text as the program does, with NumPy alone.

    import nerpipe
    model = nerpipe.load("sw.nerpipe")
    for entity in model.tag("Rais Samia alitembelea Arusha.").entities:
        print(entity.text, entity.type, entity.start, entity.end)
"""
from .document import Document, Entity, Sentence, Token
from .errors import NerpipeError
from .model import Model, load
from .version import __version__

__all__ = ["__version__", "Document", "Entity", "Model", "NerpipeError", "Sentence", "Token", "load"]
