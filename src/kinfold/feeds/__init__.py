"""Read a delivery, check it against its agreement, set aside what is wrong and map the rest to the twelve tables."""
