"""What is asked of every delivery beside its mapping: checks written as data, compiled to Ibis, run in few queries."""
