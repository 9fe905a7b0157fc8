from installation import desk, outlet

__all__ = ["desk", "outlet"]
