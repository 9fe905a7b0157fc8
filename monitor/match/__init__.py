"""Which topics a text is about, and why: normal form, topic language, engine, prefilter.

Wholly pure: values in, values out. Must not read a clock, the network or the database; the topic files that ship
with the program are the only thing read from disk.
"""
