import pytest

from topowave.algorithms.inputs import number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        (2.5, 2.5),
        ({"name": "root", "load": 4}, 4),
        (None, 1),
        ("seven", 1),
        ({"load": "much"}, 1),
        ({}, 1),
    ],
)
def test_a_number_is_itself_a_report_its_load_and_all_else_the_given_number(
    value: object, expected: float
) -> None:
    assert number(value, 1) == expected
