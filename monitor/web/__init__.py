"""The review page: what was found, why, and what became of it. Reads through ``ReviewStore`` alone.

``server`` listens, ``pages`` routes, ``changes`` makes what a form asks for, ``doors`` lets in whom ``entry`` knows and
``guard`` lets pass, ``query`` reads the address, ``show``, ``stories`` and ``outbox`` find the words, ``render`` fills
the templates. Nothing that was downloaded is ever sent as HTML.
"""
