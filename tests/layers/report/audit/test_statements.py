"""The same thing stated twice, words beside numbers, and units of what belongs together."""

import pytest

from tests.layers.report.audit.made import figure, found, graded


def test_the_same_thing_twice() -> None:
    first = figure("a.first", 46)
    assert graded(first, figure("a.second", 46, same_as="a.first")) == []
    assert graded(first, figure("a.second", 64, same_as="a.first")) == [("same_thing_twice", "error")]


def test_the_same_thing_in_two_units() -> None:
    first = figure("a.first", "4.9", "yi_yuan")
    assert graded(first, figure("a.second", 48998, "wan_yuan", same_as="a.first")) == []
    assert graded(first, figure("a.second", 48998, "yuan", same_as="a.first")) == [("same_thing_twice", "error")]


def test_the_same_name_and_period_twice() -> None:
    first, second = (figure(f"a.n{n}", n, name_zh="网格") for n in (46, 47))
    assert graded(first, second) == [("same_thing_twice", "error")]
    assert graded(first, {**second, "period": "2029"}) == []


def test_households_and_persons_of_one_name_are_two_things() -> None:
    households = figure("a.households", 212, "household", name_zh="惠及")
    assert graded(households, figure("a.persons", 337, "person", name_zh="惠及")) == []


@pytest.mark.parametrize(
    ("qualifier", "exact", "grade"),
    [
        ("余", 2540, None), ("余", 2500, None), ("余", 2480, "error"), ("余", 2700, "warning"),
        ("超", 2501, None), ("超", 9000, None), ("超", 2400, "error"), ("以上", 2400, "error"),
        ("近", 2480, None), ("近", 2540, "error"), ("近", 1900, "warning"), ("不足", 2400, None),
        ("不足", 2600, "error"),
    ],
)  # fmt: skip
def test_a_word_against_the_exact_value(qualifier: str, exact: int, grade: str | None) -> None:
    figures = (figure("a.rough", 2500, qualifier=qualifier), figure("a.exact", exact, same_as="a.rough"))
    assert graded(*figures) == ([] if grade is None else [("qualifiers_and_values", grade)])


def test_and_more_after_an_exact_number() -> None:
    assert graded(figure("a.b", 1047, qualifier="余")) == [("qualifiers_alone", "note")]
    assert graded(figure("a.b", 1980, qualifier="余")) == []


def test_more_than_all_and_less_than_nothing() -> None:
    share = figure("a.share", 100, "percent", part_of="a.whole", qualifier="超")
    assert graded(figure("a.whole", 5000), share) == [("qualifiers_alone", "error")]
    assert graded(figure("a.b", 0, qualifier="不足")) == [("qualifiers_alone", "warning")]


@pytest.mark.parametrize(
    "keys", [{"growth_of": "a.base"}, {"share_of": "a.base"}, {"part_of": "a.base"}, {"same_as": "a.base"}]
)
def test_units_that_do_not_belong_together(keys: dict[str, str]) -> None:
    assert ("units_of_relations", "error") in graded(figure("a.base", 100, "mu"), figure("a.b", 50, "kg", **keys))


def test_a_rate_in_a_unit_that_its_figures_do_not_give() -> None:
    figures = (figure("a.kg", 100, "kg"), figure("a.mu", 50, "mu"))
    (finding,) = found(*figures, figure("a.rate", 2, "yuan_per_jin", rate_of=["a.kg", "a.mu"]))
    assert finding.rule == "units_of_relations"
    assert graded(*figures, figure("a.rate", 2, "kg_per_mu", rate_of=["a.kg", "a.mu"])) == []


def test_counts_by_different_words_belong_together() -> None:
    assert graded(figure("a.base", 100, "item"), figure("a.b", 50, "place", part_of="a.base")) == []
