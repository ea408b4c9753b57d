"""Every rule on its own examples, and laws that hold for any text."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks import phrases, rulefiles, rules, tokens
from tasks.classify.target import named_target
from tasks.words import Kind

RULES = tuple(rules.rulebook().rules.values())
WORDS = st.sampled_from(
    ["bunuh", "usir", "mereka", "cina", "polisi", '"jangan"', "[NIK]", "viralkan", "?", "!", ","]
)
TEXTS = st.text() | st.lists(WORDS | st.text(max_size=6), max_size=40).map(" ".join)


def speaks(rule: rulefiles.Rule, example: rulefiles.Example) -> bool:
    found = rules.rulebook().read(example.text, rule.kinds[0])
    target = named_target(found.targets)
    reading = found.where(example.language, target, example.signals)
    return rule.id in {match.rule.id for match in reading.matches}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_speaks_in_its_examples_and_only_there(rule: rulefiles.Rule) -> None:
    mute = [example.text for example in rule.examples.match if not speaks(rule, example)]
    loud = [example.text for example in rule.examples.silent if speaks(rule, example)]
    assert (mute, loud) == ([], [])


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.when], ids=lambda rule: rule.id)
def test_a_condition_is_what_silences_one_of_the_examples(rule: rulefiles.Rule) -> None:
    matches = (rules.match(example.text, rule.kinds[0]) for example in rule.examples.silent)
    assert any(rule in [match.rule for match in found] for found in matches)


@given(TEXTS, st.sampled_from(["post", "article"]))
def test_spans_lie_in_the_text(text: str, kind: Kind) -> None:
    for match in rules.match(text, kind):
        assert all(0 <= span.start < span.end <= len(text) for span in match.spans)


@given(TEXTS)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert rules.match(text, "post") == rules.match(text, "post")


@given(TEXTS)
def test_tokens_stand_in_order_and_do_not_overlap(text: str) -> None:
    for before, after in pairwise(tokens.tokenise(text)):
        assert before.end <= after.start
        assert (before.sentence, before.clause) <= (after.sentence, after.clause)


def test_every_act_that_a_rule_may_find_has_one() -> None:
    found = {rule.act for rule in RULES}
    assert "false_claim" not in found
    assert len(found) == 15


def test_no_rule_finds_danger_in_journalism() -> None:
    text = "Bunuh mereka semua! Usir orang cina! Tolong, kami terjebak banjir!"
    assert {match.rule.act for match in rules.match(text, "post")} >= {"incitement_threat"}
    assert {match.rule.act for match in rules.match(text, "article")} == {"press"}


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("antre ..2 lama", "Antre begitu lama.", True),
        ("antre ..2 lama", "Kami mau antre. Lama.", False),
        ("tolong ..3 pohon", "Tolong! Ibu tertimpa pohon.", True),
        ("antre .2 lama", "antre, lama", False),
        ("lama", "LAMAAAAA", True),
        ("bangsat", "b4ngs4t", True),
        ("orang", "orang2", True),
        ("loket", "loketnya", True),
        ("bakar*", "bakarlah", True),
        ("kapan (ya) ?", "kapan?", True),
        ("#tolak*", "#TolakTambang", True),
    ],
)
def test_phrases(source: str, text: str, found: bool) -> None:
    index = phrases.PhraseIndex([("it", phrases.compile_phrase(source, {}))])
    assert ("it" in index.find(tokens.Tokens(text))) is found


@pytest.mark.parametrize(
    "source", ["", "(ya) kapan", "..2 kapan", "kapan ..2", "@none", "Kapan", "a-b"]
)
def test_a_phrase_that_cannot_be_read_says_so(source: str) -> None:
    with pytest.raises(ValueError, match=r"word|list"):
        phrases.compile_phrase(source, {})


RULE = """
[[rule]]
id = "abusive.profanity"
version = 1
act = "{act}"
weight = {weight}
reason.id = "Ada kata kasar di sini."
reason.en = "There is a rude word here."
phrases = [{phrase}]
when = '{when}'
examples.match = ["a", "b"]
examples.not = ["c"]
"""


def write(folder: Path, **change: str) -> None:
    """A folder of rules with one rule, changed in some fields."""
    fields = {"act": "abusive", "weight": "0.5", "phrase": '"asu"', "when": "words < 4"}
    (folder / "lists.toml").write_text("")
    (folder / "kasar.toml").write_text(RULE.format(**(fields | change)))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"weight": "1.5"}, "weight"),
        ({"act": "false_claim"}, "act"),
        ({"phrase": '"..3 asu"'}, "phrases"),
        ({"phrase": '"@hewan"'}, "phrases"),
        ({"when": "wrods < 3"}, "when: .*'wrods'.*the names are kind"),
        ({"phrase": ""}, "when: a condition narrows phrases.*add some"),
    ],
)
def test_an_error_names_file_rule_and_field(
    tmp_path: Path, change: dict[str, str], named: str
) -> None:
    write(tmp_path, **change)
    with pytest.raises(
        rulefiles.RulesError, match=rf"kasar\.toml: rule abusive\.profanity: .*{named}"
    ):
        rules.load(tmp_path)


def test_a_condition_sees_what_was_read_and_what_is_known(tmp_path: Path) -> None:
    asks = {
        "words == 2": ('"Asu!" katanya.', True),
        "quoted": ('"Asu!" katanya.', True),
        "!quoted": ('"Asu!" kata asu.', True),
        'kind == "article"': ("Asu!", False),
        'language == "jav" && target == "none"': ("Asu!", True),
        'signals[?"hate.Abusive"].orValue(0.0) > 0.5': ("Asu!", True),
        'signals[?"hate.HS"].orValue(0.0) > 0.5': ("Asu!", False),
    }
    for when, (text, stays) in asks.items():
        write(tmp_path, when=when)
        found = rules.load(tmp_path).read(text, "post")
        heard = found.where("jav", "none", {"hate.Abusive": 0.9})
        assert (when, heard.matches) == (when, found.matches if stays else ())


@given(TEXTS, st.sampled_from(["post", "article"]), st.floats(0, 1))
def test_conditions_only_take_away_rules_that_have_one(
    text: str, kind: Kind, negative: float
) -> None:
    found = rules.rulebook().read(text, kind)
    heard = found.where("ind", "none", {"sentiment.negative": negative})
    kept = tuple(match for match in found.matches if match in heard.matches)
    assert (heard.matches, heard.targets, heard.guards) == (kept, found.targets, found.guards)
    assert all(match.rule.when for match in found.matches if match not in kept)


def test_two_rules_with_one_id_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    text = (tmp_path / "kasar.toml").read_text()
    (tmp_path / "kasar.toml").write_text(text + text)
    with pytest.raises(rulefiles.RulesError, match="another rule has it"):
        rules.load(tmp_path)


def test_the_version_follows_the_files(tmp_path: Path) -> None:
    write(tmp_path)
    first = rules.load(tmp_path).version
    write(tmp_path, weight="0.6")
    assert (rules.load(tmp_path).version == first, len(first)) == (False, 12)
