"""The file that keeps what was learned: a line of JSON, then four bytes for each feature, then one for each weight."""

from __future__ import annotations

import sys
from array import array

from pydantic import BaseModel, ConfigDict

from conversations.classifier import Classifier, Label


class _Head(BaseModel):
    """`learned_from` is a digest of the texts, by which it is seen that they have changed since."""

    model_config = ConfigDict(extra="forbid", strict=True)

    learned_from: str
    features: int
    labels: list[Label]


def classifier_from(file: bytes) -> Classifier:
    """Raises ValueError, where it is not such a file."""
    line, _newline, rest = file.partition(b"\n")
    head = _Head.model_validate_json(line)
    features, weights = array("I"), array("b")
    end = head.features * features.itemsize
    features.frombytes(rest[:end])
    weights.frombytes(rest[end:])
    if len(weights) != head.features * len(head.labels):
        raise ValueError("it is cut off")
    if sys.byteorder == "big":
        features.byteswap()
    return Classifier(tuple(head.labels), features, weights)


def learned_from(file: bytes) -> str:
    """The digest of the texts that it was learned from."""
    return _Head.model_validate_json(file.partition(b"\n")[0]).learned_from


def classifier_file(classifier: Classifier, learned_from: str) -> bytes:
    """What `classifier_from` reads. Features are little-endian."""
    features = array("I", classifier.features)
    if sys.byteorder == "big":
        features.byteswap()
    head = _Head(learned_from=learned_from, features=len(features), labels=list(classifier.labels))
    return head.model_dump_json().encode() + b"\n" + features.tobytes() + classifier.weights.tobytes()
