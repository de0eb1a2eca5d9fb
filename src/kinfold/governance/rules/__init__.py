"""The register of rule sets: proposed, approved by two offices, live from a day; and the switch to plain lists."""
