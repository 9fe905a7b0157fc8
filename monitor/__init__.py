"""A news monitor: poll, read, match, deliver, review, keep.

The map of the house; imports go down this list only, names on one line never import each other
(import-linter keeps it true, see pyproject.toml):

    __main__, cli/             commands, thin
    daemon.py                  ticks and the web server, signals, reload, orderly stop
    clockwork.py               what is looked at how often (APScheduler)
    canary.py                  the loopback server of the canary, and who sends it out and looks for it
    web/                       review page, API, /healthz, /readyz, /metrics
    probing/                   looking at a source without watching it: what is there, what a poll would find
    in_force.py | wording.py   what is in force, secrets masked, as values and in words
    app.py                     the composition root: settings in, everything wired, no globals
    desks.py | reload.py       how the desks are wired; whether the configuration was changed
    loading.py                 configuration and topics, known to be good
    poll/ | read/ | deliver/ | keep/
                               the three desks, in each of which ``desk.py`` alone does I/O (claim, work, save);
                               what is kept and matched again
    match/                     normal form, topics, engine, prefilter: pure
    fetch/ | store/ | config/ | pool.py
                               the doors: httpx, SQLModel, YAML and environment, child processes
    query.py | tree.py         what an address asks of the hits; HTML as a tree that CSS selectors ask
    text.py | urls.py | encoding.py | crew.py | formats.py | difference.py | advice.py | passwords.py
                               helpers: text, addresses, bytes to text, threads at a desk, hits as CSV and Atom,
                               what an edit changed, what a source's state means, passwords as hashes
    meter.py | trail.py | versions.py | footprint.py
                               what was done, counted; what a line of the log is about; what we run on and hold
    forked.py, nursery.py, confine.py
                               where child processes are forked from, and what they give up
    errors.py, model/          frozen values and one small error tree; standard library only
"""

__version__ = "0.1.0"
