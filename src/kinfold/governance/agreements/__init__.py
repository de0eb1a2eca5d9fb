"""The register of data sharing agreements: who may send what, for what, until when, and what is erased at its end."""
