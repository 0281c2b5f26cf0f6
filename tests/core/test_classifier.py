"""What was learned from the labelled texts, and how a text is read with it."""

from __future__ import annotations

from array import array
from dataclasses import replace
from itertools import pairwise
from zlib import crc32

import pytest

from bot.classifier_file import classifier_file, classifier_from, learned_from
from bot.languages import load_languages
from conversations.classifier import CLIENT, NO_CLASSIFIER, WINDOW, WORKER, Classifier, Label, Sureness, text_features
from training.train import FILE, TEXTS, digest

CLASSIFIER = load_languages(("en",))["en"].classifier


def small(**weights: int) -> Classifier:
    """One label, and the weights of some words alone."""
    by_feature = sorted((crc32(word.encode()), weight) for word, weight in weights.items())
    label = Label("it", scale=1.0, bias=-0.5, slight_from=-0.5, doubtful_from=0.0, sure_from=2.0, in_passing=True)
    features, rows = zip(*by_feature, strict=True)
    return Classifier((label,), array("I", features), array("b", rows))


def test_what_was_learned_is_of_the_texts_as_they_stand() -> None:
    assert learned_from(FILE.read_bytes()) == digest(TEXTS.glob("*.toml")), "run: make classifier"


def test_features_are_kept_in_order_with_a_weight_for_each_label() -> None:
    assert all(one < other for one, other in pairwise(CLASSIFIER.features))
    assert len(CLASSIFIER.weights) == len(CLASSIFIER.features) * len(CLASSIFIER.labels)


def test_a_file_that_was_written_is_read_and_one_that_was_cut_off_is_not() -> None:
    file = classifier_file(small(help=3), "these texts")
    again = classifier_from(file)
    assert (again.labels, again.features, again.weights) == (small(help=3).labels, *_arrays(small(help=3)))
    assert learned_from(file) == "these texts"
    with pytest.raises(ValueError, match="cut off"):
        classifier_from(file[:-1])
    with pytest.raises(ValueError, match="JSON"):
        classifier_from(b"")


def _arrays(classifier: Classifier) -> tuple[array[int], array[int]]:
    return classifier.features, classifier.weights


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("help", Sureness.SURE),
        ("ask", Sureness.DOUBTFUL),
        ("go", Sureness.SLIGHT),
        ("fine", None),
        ("", None),
        ("!", None),
    ],
)
def test_a_label_is_heard_from_its_limits_on(text: str, heard: Sureness | None) -> None:
    assert small(help=9, ask=1, fine=-3).heard(text).get("it") == heard


def test_known_words_weigh_less_in_a_longer_text() -> None:
    odds = [small(help=9, a=0, b=0, c=0).log_odds(text)["it"] for text in ("help", "help a", "help a b c")]
    assert odds == [8.5, 9 / 2**0.5 - 0.5, 4.0]


def test_what_is_said_again_weighs_no_more() -> None:
    once = small(help=9).log_odds("help")
    assert once == small(help=9).log_odds("help help") == small(help=9).log_odds("help " * 100)


def test_a_point_made_in_passing_does_not_drown_in_a_long_text() -> None:
    words = [f"{one}{other}" for one in "abcdefgh" for other in "qrstuvwxyz"]
    chatty = small(help=30, **dict.fromkeys(words, -1))
    assert len(words) == 4 * WINDOW
    said_in_passing = " ".join([*words[:40], "help", *words[40:]])
    assert chatty.heard(said_in_passing) == {"it": Sureness.DOUBTFUL}
    assert replace(chatty, labels=(replace(chatty.labels[0], in_passing=False),)).heard(said_in_passing) == {}
    assert chatty.heard(" ".join(words)) == {}


def test_names_are_read_as_the_client_and_the_worker() -> None:
    roles = small(**{CLIENT: 9, WORKER: -9})
    named = (("maria", CLIENT), ("anna", WORKER))
    assert roles.log_odds("MARÍA's", named)["it"] == 8.5
    assert roles.log_odds("Anna", named)["it"] == -9.5
    assert roles.log_odds("maria")["it"] == -0.5


def test_a_text_teaches_its_words_their_letters_what_stands_beside_them_and_its_signs_once() -> None:
    taught = list(text_features("Help 12 help?? 🎉", {}))
    for feature in ("help", "0", "#<he", "#elp>", "^ help", "help 0", "help . help", "^ help 0", "?", "🎉"):
        assert taught.count(crc32(feature.encode())) == 1, feature


def test_before_anything_is_learned_nothing_is_heard() -> None:
    assert NO_CLASSIFIER.heard("he hit me") == {}
