"""Looking at sources without watching them: what there is at an address, what a poll would find, a new entry's lines.

For the terminal and the page alike. ``probe`` looks at one address, ``find`` finds what to poll behind any, ``trial``
tries a source as the desks would, ``report`` puts that into words, ``adding`` makes an entry of what was found,
``draft`` puts it into sources.yaml, ``desk`` is all of it for whoever has no terminal. Nothing is stored.
"""
