"""`gaodu serve`."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import typer
import uvicorn

from api.access.auth import is_loopback
from api.app import create_app
from api.cli.session import StoreOption, opened, out, settings_for
from api.errors import BadParameter, Forbidden
from api.settings import Settings
from layers.sample import open_with_sample
from layers.store import Store

commands = typer.Typer()


@commands.command()
def serve(store: StoreOption = None, host: str | None = None, port: int | None = None) -> None:
    """启动服务 / Serve maps, statistics and the OGC API; a GeoPackage that does not exist is made with the sample."""
    settings = settings_for(store, host=host, port=port)
    with _listening(settings) as listener, opened(store, open_with_sample) as found:
        _refuse_an_open_door(listener, found)
        out.print(f"http://{settings.host}:{settings.port}  ({found.url})", style="bold green")
        server = uvicorn.Server(uvicorn.Config(create_app(settings, found), log_level="warning"))
        gc.freeze()  # what stands at the start stays: the collector need not look at it again and again
        server.run(sockets=[listener])


def _refuse_an_open_door(listener: socket.socket, store: Store) -> None:
    """Raises Forbidden where other machines could come in, and nobody has a token to be told from others by."""
    address = listener.getsockname()[0]
    if not is_loopback(address) and not store.tokens.exist():
        raise Forbidden(
            "尚无令牌，只能在本机地址上提供服务。",
            "There is no token yet, so the service may listen at an address of this machine only.",
            place=address,
            remedy_zh="先用 gaodu token add 姓名 --role admin 发放令牌，或用 --host 127.0.0.1。",
            remedy_en="Make one first with gaodu token add NAME --role admin, or use --host 127.0.0.1.",
        )


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
