"""Labelled text between the forms of others and those that the program reads: CoNLL columns, streams, spaCy's DocBin, Parquet.

Each form is one file with a reader and a writer of `Labelled` sentences, and one line in `forms.FORMS`.
"""
from .forms import FORMS, convert
from .labelled import Labelled

__all__ = ["FORMS", "Labelled", "convert"]
