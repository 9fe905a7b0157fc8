"""The poll stage: a due source is fetched, and its new entries become articles waiting to be read."""
