"""The server's socket, from its start to a stop that lets calls under way finish."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import ASGIApp

from twoarm.errors import ArgumentError

__all__ = ["listen"]

_SECONDS_TO_FINISH = 10
_SECONDS_IDLE = 30


def listen(app: ASGIApp, host: str, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM; calls under way are finished first.

    Raises
    ------
    ArgumentError
        If the address cannot be listened on.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # it would log addresses as they were called
        server_header=False,
        proxy_headers=False,  # anybody could claim to be any address
        ws="none",
        timeout_keep_alive=_SECONDS_IDLE,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise ArgumentError(
                f"Cannot listen on {host}, port {port}: {error.strerror or error}. Give another "
                "--host or --port."
            ) from error
        uvicorn.Server(config).run(sockets=[listener])
