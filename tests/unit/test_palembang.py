"""Our own sentences in Palembang Malay, and their split."""

from training.data import PALEMBANG, palembang


def test_no_sentence_is_on_both_sides_of_the_split() -> None:
    learnt, held_out = palembang("train"), palembang("valid")
    assert not {*learnt} & {*held_out}
    assert len(held_out) / len(learnt + held_out) < 0.21


def test_each_line_is_a_sentence_of_its_own() -> None:
    lines = PALEMBANG.read_text(encoding="utf-8").splitlines()
    assert len({line.casefold() for line in lines}) == len(lines) >= 250
    assert sorted(palembang("train") + palembang("valid")) == sorted(lines)
    assert all(line == line.strip() and len(line.split()) > 3 for line in lines)
