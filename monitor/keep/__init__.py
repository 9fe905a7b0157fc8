"""The keep stage: what is stored is kept as long as it should be, and looked at again when the rules change."""
