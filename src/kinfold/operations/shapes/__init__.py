"""The tables of a finished run in the shape people read them: one file per published table, all Ibis."""
