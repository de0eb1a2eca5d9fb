from tests.integration.snapshot import published

__all__ = ["published"]
