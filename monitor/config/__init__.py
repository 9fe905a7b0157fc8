"""The door to YAML and the environment: what the user wrote, checked whole, as frozen values.

    located.py       YAML -> plain strings with line numbers (the door to PyYAML)
    expand.py        ${NAME} from the environment or a secret file
    values.py        one string -> one value, or what was expected instead
    cron.py          cron lines (the door to cronsim)
    readers.py       the types of values, with their JSON Schema (pydantic)
    models.py        the keys of sources.yaml and what each means (pydantic)
    problems.py      pydantic's errors -> file, line, key, message in our words
    checks.py        what concerns several entries: names, addresses, topics
    channels.py      alerts as written -> one channel a URL
    topics.py        where each topic's definition stands
    settings.py      all of it: ``load(path, environ) -> Settings``
    environment.py   MONITOR_* variables
    access.py        who may see the review page
    manners.py       how documents are asked for: user agent, headers, HTTP version, proxy
    secrets.py       hiding secrets in what is printed
    schema.py        the JSON Schema of sources.yaml
    edit.py          new sources put into the text of sources.yaml
    opml.py          lists of subscriptions, in and out (the door to XML)

Must not: print, write, import the matcher, the store or the fetcher.
"""
