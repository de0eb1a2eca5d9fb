"""
What Ibis has written as SQL once, a test process need not write again: most of what a spec costs is that writing.

Two expressions are the same when Ibis says so, node by node: the same operations over tables of the same names, columns
and types, with the same values in them. What is written is then the same, whichever rows the tables hold, so that a
test still asks its own question of its own rows.
"""

from __future__ import annotations

import functools
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.sql import SQLBackend

KEPT = 4_000


def remember() -> None:
    """Keep the last statements that Ibis wrote in this process, from now on."""
    write = SQLBackend.compile

    @functools.lru_cache(KEPT)
    def written(op: ops.Node, backend: SQLBackend, fused: bool) -> str:
        return write(backend, op.to_expr())

    def compiled(self: SQLBackend, expr: ir.Expr, /, **asked: Any) -> str:
        op = expr.op()
        # Rows that an expression carries in itself are named anew each time.
        if any(asked.values()) or op.find(ops.InMemoryTable):
            return write(self, expr, **asked)
        return written(op, self, ibis.options.sql.fuse_selects)

    SQLBackend.compile = compiled  # type: ignore[method-assign]
