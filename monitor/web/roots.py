"""The page below a path of another site (``--root-path /monitor``), whether the proxy strips that path or not.

Must not: know a route.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Rooted:
    """Takes the root off the paths that have it."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        self._app = app
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand one request on."""
        if self._root and scope["type"] == "http" and below(self._root, scope["path"]) is not None:
            raw = scope.get("raw_path") or scope["path"].encode()
            scope = {
                **scope,
                "path": below(self._root, scope["path"]),
                "raw_path": raw.removeprefix(self._root.encode()) or b"/",
            }
        await self._app(scope, receive, send)


def below(root: str, path: str) -> str | None:
    """What a path is below the root: ``/hits/3`` for ``/monitor/hits/3``; None when it is not below it."""
    if path == root:
        return "/"
    return path[len(root) :] if path.startswith(f"{root}/") else None
