"""A forename and a surname the other way round say the less, the more people are named either way."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from kinfold.linkage import model


def weighed(pairs: ir.Table, named: ir.Table) -> ir.Table:
    found = model.by_the_rarer_way_round(pairs, named)
    return found.mutate(weight=found.weight.round(1), probability=found.probability.round(2))


def test_swapped_names_weigh_by_the_rarer_way_round(spec: Callable[..., None]) -> None:
    """
    Many a man is called Abdullah Ahmed, and many another Ahmed Abdullah; nobody is called Smith James.

    Each record has the share of all people with its forename, and with its surname.
    """
    spec(
        weighed,
        pairs="""
            left | right | case                             | forename | surname | weight | probability
            -----+-------+----------------------------------+----------+---------+--------+------------
            0    | 1     | both ways are names of many      | swapped  | swapped | 8.0    | 1.00
            2    | 3     | one way is hardly a name         | swapped  | swapped | 8.0    | 1.00
            4    | 5     | both are rare                    | swapped  | swapped | 8.0    | 1.00
            7    | 8     | every name of a short file       | swapped  | swapped | 8.0    | 1.00
            0    | 6     | the same way round               | same     | same    | 8.0    | 1.00
            1    | 6     | a former surname is the forename | same     | swapped | 8.0    | 1.00
        """,
        named="""
            number | name           | tf_forename | tf_surname
            -------+----------------+-------------+-----------
            0      | Abdullah Ahmed | 0.004       | 0.004
            1      | Ahmed Abdullah | 0.002       | 0.001
            2      | James Smith    | 0.015       | 0.011
            3      | Smith James    | 0.00001     | 0.002
            4      | Chidi Okafor   | 0.0001      | 0.0002
            5      | Okafor Chidi   | 0.00001     | 0.00001
            6      | Abdullah Ahmed | 0.004       | 0.004
            7      | Edith Ashworth | 0.2         | 0.2
            8      | Ashworth Edith | 0.2         | 0.2
        """,
        expected="""
            case                             | weight | probability
            ---------------------------------+--------+------------
            both ways are names of many      | 4.0    | 0.94
            one way is hardly a name         | 8.0    | 1.0
            both are rare                    | 8.0    | 1.0
            every name of a short file       | -8.3   | 0.0
            the same way round               | 8.0    | 1.0
            a former surname is the forename | 8.0    | 1.0
        """,
    )
