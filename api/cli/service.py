"""`gaodu serve`."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import typer
import uvicorn

from api.app import create_app
from api.cli.session import StoreOption, opened, out, settings_for
from api.errors import BadParameter
from api.settings import Settings
from layers.sample import open_with_sample

commands = typer.Typer()


@commands.command()
def serve(store: StoreOption = None, host: str | None = None, port: int | None = None) -> None:
    """启动服务 / Serve maps, statistics and the OGC API; a GeoPackage that does not exist is made with the sample."""
    settings = settings_for(store, host=host, port=port)
    with _listening(settings) as listener, opened(store, open_with_sample) as found:
        out.print(f"http://{settings.host}:{settings.port}  ({found.url})", style="bold green")
        server = uvicorn.Server(uvicorn.Config(create_app(settings, found), log_level="warning"))
        server.run(sockets=[listener])


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket bound to the address of the settings; taken before the store is opened, so that nothing is half-done."""
    with ExitStack() as stack:
        try:
            family, kind, number, _, address = socket.getaddrinfo(
                settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            listener = stack.enter_context(socket.socket(family, kind, number))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise BadParameter(
                f"无法在此地址监听：{error.strerror}。",
                f"It is not possible to listen at this address: {error.strerror}.",
                place=f"{settings.host}:{settings.port}",
                remedy_zh="换一个端口（--port），或先停止占用它的程序。",
                remedy_en="Choose another port (--port), or stop the program that has it.",
            ) from error
        yield listener
