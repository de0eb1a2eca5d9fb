"""Rows of parts out of the elements of one record, in one walk over each element."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from lxml.etree import _Element as Element

from kinfold.feeds.readers.spool import Spool
from kinfold.feeds.readers.xml_shapes import Block

MOST_UNKNOWN = 100


@dataclasses.dataclass
class Node:
    """What an element inside a block is: places in the block's row that take its text, or a block of its own."""

    places: list[int] = dataclasses.field(default_factory=list)
    plan: Plan | None = None
    inside: dict[str, Node] = dataclasses.field(default_factory=dict)

    def at(self, path: str) -> Node:
        """The node at a path inside this one, made when it is not there; "." is this one."""
        node = self
        for step in path.split("/") if path != "." else ():
            node = node.inside.setdefault(step, Node())
        return node


@dataclasses.dataclass
class Plan:
    """
    A block ready to be read: where each value goes, and where its rows go.

    before: columns that its rows repeat. own, keys: places in its row of the columns of its own part, and of its keys.
    splits: for each part that shares the element its spool, the places of its columns and of those it needs.
    """

    block: Block
    before: tuple[str, ...]
    node: Node
    spool: Spool
    own: list[int]
    keys: list[int]
    splits: list[tuple[Spool, list[int], list[int]]]


class Gathering:
    """Spools of rows by part, filled from records one after the other."""

    def __init__(self) -> None:
        self.spools: dict[str, Spool] = {}
        self._unknown: dict[str, list[Spool]] = {}
        self._names: dict[str, str] = {}

    def plan(self, block: Block, before: tuple[str, ...] = ()) -> Plan:
        """Make a block, and all blocks inside it, ready; each part is then there, with no rows."""
        before = (*before, *((block.ordinal,) if block.ordinal else ()))
        columns = list(block.leaves)
        node = Node()
        for place, path in enumerate(block.leaves.values()):
            node.at(path).places.append(place)
        self.spools[block.part] = spool = Spool((*before, *block.columns))
        splits = []
        for split in block.splits:
            self.spools[split.part] = Spool(split.columns)
            places = [columns.index(c) for c in split.columns], [columns.index(c) for c in split.needs]
            splits.append((self.spools[split.part], *places))
        for inner in block.inside:
            node.at(inner.path).plan = self.plan(inner, (*before, *block.keys))
        own = [columns.index(c) for c in block.columns]
        return Plan(block, before, node, spool, own, [columns.index(c) for c in block.keys], splits)

    def gather(self, element: Element, plan: Plan, before: tuple[str, ...] = ()) -> None:
        """
        Take the rows of a record, or of a block in it.

        before: values of `plan.before`. An element that no block knows becomes a part of its own, named by its tag:
        when nobody knows that part either, the report says so.
        """
        row = [""] * len(plan.block.leaves)
        for place in plan.node.places:
            row[place] = (element.text or "").strip()
        if not len(element):  # a value by itself, as half of all blocks of a return are
            self._take(row, plan, before)
            return
        blocks: list[tuple[Plan, Element]] = []
        unknown: list[Element] = []
        self._walk(element, plan.node, row, blocks, unknown)
        self._take(row, plan, before)
        if not blocks and not unknown:
            return
        carried = (*before, *(row[place] for place in plan.keys))
        times: dict[str, int] = {}
        for inner, found in blocks:
            nth = times[inner.block.part] = times.get(inner.block.part, 0) + 1
            self.gather(found, inner, (*carried, str(nth)) if inner.block.ordinal else carried)
        for found in unknown:
            self._keep_unknown(found, (*plan.before, *plan.block.keys), carried)

    def _take(self, row: list[str], plan: Plan, before: tuple[str, ...]) -> None:
        plan.spool.add((*before, *[row[place] for place in plan.own]))
        for spool, places, needed in plan.splits:
            if any(row[place] for place in needed):
                spool.add([row[place] for place in places])

    def _walk(
        self, element: Element, node: Node, row: list[str], blocks: list[tuple[Plan, Element]], unknown: list[Element]
    ) -> None:
        names = self._names
        for child in element:
            tag = child.tag
            if not isinstance(tag, str):
                continue
            name = names.get(tag) or names.setdefault(tag, tag.rpartition("}")[2])
            at = node.inside.get(name)
            if at is None:
                unknown.append(child)
                continue
            if at.plan is not None:
                blocks.append((at.plan, child))
                continue
            if text := child.text:
                for place in at.places:
                    row[place] = row[place] or text.strip()
            if at.inside:
                self._walk(child, at, row, blocks, unknown)

    def _keep_unknown(self, element: Element, keys: Sequence[str], values: Sequence[str]) -> None:
        name = self._names.get(str(element.tag)) or str(element.tag)
        if len(element):
            held = {str(leaf.tag).rpartition("}")[2]: (leaf.text or "").strip() for leaf in element}
        else:
            held = {name: (element.text or "").strip()}
        spools = self._unknown.setdefault(name, [])
        spool = next((one for one in spools if held.keys() <= set(one.columns[len(keys) :])), None)
        if spool is None:
            if sum(map(len, self._unknown.values())) >= MOST_UNKNOWN:
                return
            spool = Spool((*keys, *held))
            spools.append(spool)
            self.spools[name if len(spools) == 1 else f"{name}#{len(spools)}"] = spool
        spool.add((*values, *(held.get(column, "") for column in spool.columns[len(keys) :])))
