"""The commands: thin, one file a noun. They parse arguments, call what is below, and show the result.

Exit codes: 0 done, 1 found something wrong, 2 wrong use, 3 already running. What a program may read goes to stdout
with ``--json``; errors are one line on stderr. Heavy imports stay inside the commands, so that ``--help`` is fast.
"""
