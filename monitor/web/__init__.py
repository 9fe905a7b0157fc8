"""The review page: what was found, why, and what became of it. Reads through ``ReviewStore`` alone.

``server`` listens, ``pages`` routes to one module a noun (``hits``, ``deciding``, ``sources`` ...), ``doors`` lets in
whom ``entry`` knows and ``guard`` lets pass, ``query`` reads the address, ``rows``, ``evidence``, ``decided``, ``show``
and others find the words, ``render`` fills the templates. Nothing that was downloaded is ever sent as HTML.
"""
