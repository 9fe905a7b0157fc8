"""The network door: one URL in, one whole document within its limits out, or a FetchError that says why not.

The only place that imports httpcore, h2, httpx and protego. It must not know what a document is for, keep
anything between two fetches but connections and the answers of name servers, or pace itself: who may ask which host
when is decided by who claims the work.
"""

from monitor.fetch.client import Fetcher
from monitor.fetch.settings import FetchSettings

__all__ = ["FetchSettings", "Fetcher"]
