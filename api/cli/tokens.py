"""`gaodu token`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.session import JsonOption, StoreOption, err, opened, out, show
from api.errors import BadParameter
from layers.roles import Role
from layers.store.history import CHINA
from layers.store.tokens import Token

commands = typer.Typer(no_args_is_help=True, help="令牌：谁能登录，角色是什么 / Tokens: who may sign in, in which role")

RoleOption = Annotated[Role, typer.Option(help="viewer 浏览, planner 规划, task_force 专班, reviewer 审查, admin 管理")]


@commands.command()
def add(
    name: Annotated[str, typer.Argument(help="姓名，写入修订历史 / name, which the history of edits gives")],
    role: RoleOption,
    expires: Annotated[
        str | None, typer.Option(metavar="DATE", help="有效到这一天（含） / the last day on which it holds: 2026-12-31")
    ] = None,
    store: StoreOption = None,
) -> None:
    """发放令牌，只显示这一次 / Make a token; it is shown this once."""
    with opened(store) as found:
        text = found.tokens.add(name, role, expires=_end_of(expires))
    err.print("请立即交给本人并妥善保管，令牌不会再次显示。", style="yellow", soft_wrap=True)
    err.print("Hand it over and keep it safe: it is not shown again.", style="yellow", soft_wrap=True)
    typer.echo(text)


@commands.command(name="list")
def list_(as_json: JsonOption = False, store: StoreOption = None) -> None:
    """令牌清单 / List the tokens: names, roles and dates, never the tokens themselves."""
    with opened(store) as found:
        tokens = found.tokens.listing()
    show([_document(token) for token in tokens], as_json, _print_tokens)


@commands.command()
def revoke(name: str, store: StoreOption = None) -> None:
    """撤销令牌，立即生效 / Take a token away; it holds no longer from this moment on."""
    with opened(store) as found:
        found.tokens.revoke(name)
    out.print(f"{name} ✓", style="bold green")


def _end_of(text: str | None) -> datetime | None:
    """The end of the day `text` in China; None for None. Raises BadParameter."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), CHINA)
    except (ValueError, OverflowError) as error:
        raise BadParameter(
            f"“{text}”不是日期。", f"{text!r} is not a date.", place="--expires",
            remedy_zh="写法如 2026-12-31。", remedy_en="Write it as 2026-12-31.",
        ) from error  # fmt: skip


def _document(token: Token) -> dict[str, str | bool | None]:
    return {
        "name": token.name,
        "role": token.role.value,
        "made": token.made.isoformat(timespec="seconds"),
        "expires": token.expires.isoformat(timespec="seconds") if token.expires else None,
        "valid": token.is_valid,
    }


def _print_tokens(console: Console, documents: list[dict[str, str | bool | None]]) -> None:
    table = Table("姓名 name", "角色 role", "发放 made", "到期 expires")
    for each in documents:
        until = str(each["expires"] or "—") if each["valid"] else f"{each['expires']} 已过期 expired"
        table.add_row(str(each["name"]), str(each["role"]), str(each["made"]), until)
    console.print(table)
