"""The socket that a page listens on: taken before anything else runs, and with words where it cannot be had.

Quick to import, for a start that only wants to know whether it may go on. Must not: answer a request.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from dataclasses import dataclass

from monitor.errors import UsageError
from monitor.model import Access
from monitor.web.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Port:
    """A port that is ours. Who comes before somebody answers there, waits."""

    socket: socket.socket
    url: str


def take(host: str, port: int) -> Port:
    """Listen there; UsageError with the mend when that cannot be."""
    where = host.strip("[]")
    try:
        family = socket.getaddrinfo(where, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listening = socket.create_server((where, port), family=family)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else an answer's last part waits 40 ms
    except OSError as error:
        raise UsageError(_refusal(host, port, error)) from error
    else:
        return Port(listening, _url(host, listening.getsockname()[1]))


def try_port(host: str, port: int) -> None:
    """Raise UsageError when the page could not listen there; nothing is kept."""
    take(host, port).socket.close()


def is_loopback(host: str) -> bool:
    """True when only this machine can reach a server that listens at ``host``."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_guarded(host: str, access: Access) -> None:
    """Raise UsageError for a host that others can reach while nobody has to log in; tokens alone are no login."""
    if is_loopback(host) or Credentials(access).exist:
        return
    raise UsageError(
        f"MONITOR_HOST={host} can be reached from outside, and there is no password; list users under web in"
        " sources.yaml (`monitor config password` makes the hashes), set MONITOR_PASSWORD, or MONITOR_HOST to 127.0.0.1"
    )


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{host}:{port} is in use; choose another port with MONITOR_PORT"
    if error.errno == errno.EACCES:
        return f"{host}:{port} is not ours to use; choose a port above 1023 with MONITOR_PORT"
    return f"{host} is no address of this machine; set MONITOR_HOST, such as 127.0.0.1 or 0.0.0.0"


def _url(host: str, port: int) -> str:
    return f"http://[{host.strip('[]')}]:{port}" if ":" in host else f"http://{host}:{port}"
