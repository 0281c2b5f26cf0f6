"""Learns from the labelled texts what clients mean, and writes `locales/classifier.bin`: `make classifier`.

Logistic regression, one for each label, by AdaGrad over the features of `conversations.classifier`. The texts here
teach, `tests/core/labelled/*_dev.toml` set from where on a label is heard, and `*_held_out.toml` judge the outcome.
The same texts always give the same file.
"""

from __future__ import annotations

import tomllib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import accumulate
from math import inf, nextafter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.classifier_file import classifier_file
from conversations.classifier import CLIENT, WORKER, Classifier, Label, Sureness, text_features, text_words
from conversations.folding import fold
from conversations.safety import DangerKind

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / "training/texts"
LABELLED = ROOT / "tests/core/labelled"
FILE = ROOT / "locales/classifier.bin"

NAMES = {"maria": CLIENT, "ana": WORKER}
"""The client and the worker in the labelled texts."""

DANGERS = tuple(kind.value for kind in DangerKind)
WISHES = ("person", "wrong_number", "out_of_scope", "complaint", "automatic", "reminder")
LABELS = ("danger", *DANGERS, "stop", *WISHES)

SEEN_AT_LEAST = 2
"""Texts. A feature of one text only teaches that text by heart."""

PASSES = 6
LEARNING_RATE = 1.0
"""It falls with each pass, so that the order of the texts matters little in the end."""

ORDERS = 3
"""In so many orders it learns the texts anew; the mean depends less on which came last."""

SURELY = {
    **dict.fromkeys(("danger", *DANGERS), 0.01),
    **dict.fromkeys(("person", "complaint"), 0.005),
    "out_of_scope": 0.008,
    "reminder": 0.003,
    "stop": 0.0017,
    **dict.fromkeys(("wrong_number", "automatic"), 0.0015),
}
"""The share of the other dev texts that may be taken for a sure one: the less, the more a mistake would cost.

One in five of them shares words with a wish to stop: of those, 0.0017 of all is one in a hundred.
"""

IN_DOUBT = {"danger": 0.035, "stop": 0.025}
"""The share of them that may be taken for a doubtful one. Labels that are not here leave no doubt."""

SLIGHTLY = {"danger": 0.05}
"""The share that may be taken for a slight sign of it."""

Matrix = NDArray[np.float32]
Counted = tuple[NDArray[np.int64], Matrix]


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    label: str


def read(paths: Iterable[Path]) -> list[Example]:
    """The texts of the files, each once."""
    texts: dict[str, Example] = {}
    for path in sorted(paths):
        for label, languages in tomllib.loads(path.read_text("utf-8")).items():
            for text in (text for texts in languages.values() for text in texts):
                texts.setdefault(" ".join(text_words(text, NAMES)) or text, Example(text, label))
    return list(texts.values())


def digest(paths: Iterable[Path]) -> str:
    """By which it is seen that the texts have changed."""
    return sha256(b"".join(path.read_bytes() for path in sorted(paths))).hexdigest()


def targets(examples: Sequence[Example]) -> tuple[Matrix, Matrix]:
    """A row for each text, a column for each label: how far it has it, and whether it teaches anything about it."""
    has = np.array([[_target(each.label, label) for label in LABELS] for each in examples], np.float32)
    teaches = np.array([[_teaches(each.label, label) for label in LABELS] for each in examples], np.float32)
    return has, teaches


def _target(given: str, label: str) -> float:
    if given == "soft" and label in DANGERS:
        return 1 / len(DANGERS)
    return 0.5 if _is_either(given, label) else float(_has(given, label))


def _has(given: str, label: str) -> bool:
    return given == label or (label == "danger" and given in DANGERS)


def _is_either(given: str, label: str) -> bool:
    return (given, label) in {("soft", "danger"), ("doubtful", "stop")}


def _teaches(given: str, label: str) -> bool:
    """What may be a wish to stop may be a sign of danger too."""
    return (given, label) != ("doubtful", "danger")


def learn(texts: Sequence[Counted], size: int, has: Matrix, teaches: Matrix) -> tuple[Matrix, Matrix]:
    """The weights of each feature for each label, and the labels' biases."""
    weights, biases = np.zeros((size, has.shape[1]), np.float32), np.zeros(has.shape[1], np.float32)
    for seed in range(ORDERS):
        learned = _learn_in_order(texts, size, has, teaches, np.random.default_rng(seed))
        weights += learned[0] / ORDERS
        biases += learned[1] / ORDERS
    return weights, biases


def _learn_in_order(
    texts: Sequence[Counted], size: int, has: Matrix, teaches: Matrix, order: np.random.Generator
) -> tuple[Matrix, Matrix]:
    weights, steps = np.zeros((size, has.shape[1]), np.float32), np.full((size, has.shape[1]), 1e-6, np.float32)
    biases, bias_steps = np.zeros(has.shape[1], np.float32), np.full(has.shape[1], 1e-6, np.float32)
    for each_pass in range(PASSES):
        rate = LEARNING_RATE * (1 - each_pass / PASSES)
        for each in order.permutation(len(texts)):
            features, counts = texts[each]
            known = weights[features]
            odds = np.clip((known * counts).sum(0) + biases, -30, 30)
            error = (1 / (1 + np.exp(-odds)) - has[each]) * teaches[each]
            slope = error * counts
            steps[features] += slope * slope
            weights[features] = known - rate * slope / np.sqrt(steps[features])
            bias_steps += error * error
            biases -= rate * error / np.sqrt(bias_steps)
    return weights, biases


def counted(features: Counter[int], place: Mapping[int, int]) -> Counted:
    """Where the known features of a text are kept, and how often each occurs, for a text of length 1."""
    known = {place[feature]: count for feature, count in features.items() if feature in place}
    counts = np.array(list(known.values()), np.float32)
    return np.array(list(known), np.int64), counts[:, None] / np.sqrt(counts.sum() or 1)


def classifier_of(known: Sequence[int], weights: Matrix, biases: Matrix) -> Classifier:
    """With each weight in a signed byte, and without the features that say nothing. Every label is heard from 0 on."""
    scales = np.abs(weights).max(0) / 127
    small = np.rint(weights / scales).astype(np.int8)
    by_feature = sorted((feature, row) for feature, row in zip(known, small, strict=True) if row.any())
    labels = tuple(
        Label(name, float(scale), float(bias), 0.0, 0.0, 0.0, DANGERS if name == "danger" else (), name not in WISHES)
        for name, scale, bias in zip(LABELS, scales, biases, strict=True)
    )
    rows = b"".join(row.tobytes() for _feature, row in by_feature)
    return Classifier(labels, array("I", [feature for feature, _row in by_feature]), array("b", rows))


def with_limits(classifier: Classifier, dev: Collection[Example]) -> Classifier:
    labels = tuple(_with_limits(label, classifier, dev) for label in classifier.labels)
    return Classifier(labels, classifier.features, classifier.weights)


def _with_limits(label: Label, classifier: Classifier, dev: Collection[Example]) -> Label:
    names = tuple(NAMES.items())
    others = [each.text for each in dev if _is_other(each.label, label.name)]
    odds = sorted((classifier.log_odds(text, names)[label.name] for text in others), reverse=True)
    surely = SURELY[label.name]
    in_doubt = IN_DOUBT.get(label.name, surely)
    return replace(
        label,
        slight_from=_above(odds, SLIGHTLY.get(label.name, in_doubt)),
        doubtful_from=_above(odds, in_doubt),
        sure_from=_above(odds, surely),
    )


def _above(falling: Sequence[float], share: float) -> float:
    """Just above all but this share."""
    return nextafter(falling[int(share * len(falling))], inf)


def report(classifier: Classifier, kind: str) -> None:
    """For each label: how many texts are heard, in doubt at least, surely; and how many others are by mistake."""
    examples = read(LABELLED.glob(f"*_{kind}.toml"))
    names = tuple(NAMES.items())
    heard = [(each.label, classifier.heard(each.text, names)) for each in examples]
    columns = ("heard", "doubt", "surely", "others", "doubt", "surely")
    print(f"{kind:18}", *(f"{column:>7}" for column in columns), " of")
    for label in classifier.labels:
        right = [found.get(label.name) for given, found in heard if _has(given, label.name)]
        wrong = [found.get(label.name) for given, found in heard if _is_other(given, label.name)]
        shares = [share for found in (right, wrong) for share in _at_least(found)]
        print(f"{label.name:18}", *(f"{share:7.3f}" for share in shares), f" {len(right)}, {len(wrong)}")


def _at_least(found: Sequence[Sureness | None]) -> list[float]:
    """The shares that are slight at least, doubtful at least, sure."""
    shares = accumulate(found.count(sureness) / len(found) for sureness in Sureness)
    return list(shares)[::-1]


def _is_other(given: str, label: str) -> bool:
    return _target(given, label) == 0 and _teaches(given, label)


def main() -> None:
    dev = read(LABELLED.glob("*_dev.toml"))
    kept_apart = {fold(each.text) for each in (*dev, *read(LABELLED.glob("*_held_out.toml")))}
    examples = read(TEXTS.glob("*.toml"))
    taught = [each for each in examples if fold(each.text) not in kept_apart]
    texts = [Counter(text_features(each.text, NAMES)) for each in taught]
    seen = Counter(feature for text in texts for feature in text)
    known = [feature for feature, count in seen.items() if count >= SEEN_AT_LEAST]
    place = {feature: at for at, feature in enumerate(known)}
    learned = learn([counted(text, place) for text in texts], len(known), *targets(taught))
    classifier = with_limits(classifier_of(known, *learned), dev)
    FILE.write_bytes(classifier_file(classifier, digest(TEXTS.glob("*.toml"))))
    print(f"{len(taught)} texts, {len(classifier.features)} features, {FILE.stat().st_size / 1e6:.1f} MB")
    for kind in ("dev", "held_out"):
        report(classifier, kind)


if __name__ == "__main__":
    main()
