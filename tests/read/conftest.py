from installation import desk, other, outlet

__all__ = ["desk", "other", "outlet"]
