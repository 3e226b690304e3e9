"""What the benchmark of conclusions compares."""

import pytest

from benchmarks.closure import Given, best, by_owlrl, corpus, growth


@pytest.fixture(scope="module")
def given() -> Given:
    """What is given to the rules of a small invented corpus."""
    return corpus(4, 6, 1)


def test_rules_and_owlrl_are_given_the_same_and_conclude_the_same(given: Given) -> None:
    """In the default graph and in each perspective both have the same conclusions, and there are some in each."""
    found = best(given)[1]
    assert found == by_owlrl(given)
    assert set(found) == {"", *given.selected} and all(found.values())


def test_a_part_has_what_its_claims_reach_and_concludes_what_the_whole_does(given: Given) -> None:
    """The first two perspectives have the conclusions that they have among all, from fewer statements."""
    part = given.first(2)
    assert part.size < given.size
    whole, some = best(given)[1], best(part)[1]
    assert [some[name] for name in part.selected] == [whole[name] for name in part.selected]


def test_steps_are_what_is_given_and_what_is_concluded(given: Given) -> None:
    """Fewer articles are fewer statements in the same order, with fewer conclusions."""
    part, whole = growth(2, given.first(2)), growth(4, given)
    assert whole.steps == given.size + sum(map(len, best(given)[1].values()))
    assert part.statements < whole.statements and part.conclusions < whole.conclusions
    assert [triple for triple in given.own if triple in set(given.first(2).own)] == list(given.first(2).own)
