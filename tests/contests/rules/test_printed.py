from contests.rules.paper import BankItem
from contests.rules.printed import printed_versions
from contests.rules.settings import DrawPart, RoundRules

BANK = [BankItem(version, f"T{version % 2}", 4, frozenset({3})) for version in range(40)]
RULES = RoundRules(20, 1, (DrawPart("T0", 5), DrawPart("T1", 6)), shuffle_questions=False, shuffle_options=False)


def test_versions_hold_the_same_questions_in_other_orders_and_pins_stay():
    versions = printed_versions(BANK, RULES, 7, 24)

    assert [version.code for version in versions] == list(range(101, 125))
    assert len({frozenset(item.version for item in version.paper.items) for version in versions}) == 1
    assert len({tuple(item.version for item in version.paper.items) for version in versions}) == 24
    assert all(
        item.order[3] == 3 and sorted(item.order) == [0, 1, 2, 3]
        for version in versions
        for item in version.paper.items
    )


def test_the_same_seed_gives_the_same_versions_and_few_are_the_first_of_many():
    assert printed_versions(BANK, RULES, 7, 3) == printed_versions(tuple(reversed(BANK)), RULES, 7, 24)[:3]
    assert printed_versions(BANK, RULES, 7, 3) != printed_versions(BANK, RULES, 8, 3)
