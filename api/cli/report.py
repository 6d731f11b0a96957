"""`gaodu report`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli.printing import (
    print_audit,
    print_closing,
    print_comparison,
    print_deviations,
    print_draft,
    print_earlier_closing,
    print_figure,
    print_report,
)
from api.cli.session import AsOfOption, JsonOption, StoreOption, name_for_history, opened, out, show
from api.dependencies import parse_as_of
from api.documents.answers import audit_document, figure_document, report_document
from api.errors import BadParameter
from api.settings import Language
from layers.report import Report, parse_report, read_report, read_report_file, report_before, report_years
from layers.report.audit import audit
from layers.report.closing import (
    Deviation,
    close_year,
    closed_year,
    closing_history,
    deviations,
    read_closing,
    standing_revision,
)
from layers.report.comparison import compare
from layers.report.derived import all_derived, derived
from layers.report.reading import draft_text, proposed, read_file
from layers.report.writing import composed, suffix_of, write_report
from layers.sample import open_with_sample
from layers.store import Store

commands = typer.Typer(help="年度报告数据 / Figures of the annual report")


@commands.callback(invoke_without_command=True)
def report(
    context: typer.Context,
    year: int | None = None,
    asof: AsOfOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """显示年度报告数据及由图层推算的数值 / Print the figures of the annual report, and what the layers give."""
    if context.invoked_subcommand is None:
        stated = read_report(year or report_years()[-1])
        with opened(store, open_with_sample) as found:
            at = standing_revision(found, stated.year, parse_as_of(asof))
            document = report_document(stated, all_derived(found, stated, at), closed_year(found, stated))
        show(document, as_json, print_report)


@commands.command(name="figure")
def one_figure(
    code: Annotated[str, typer.Argument(help="指标编码，如 grids.cells / code of the figure")],
    year: int | None = None,
    asof: AsOfOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """显示一个指标：报告数值、推算数值、算法和来源 / Print a figure: stated, derived, recipe and sources."""
    stated = read_report(year or report_years()[-1])
    with opened(store, open_with_sample) as found:
        at = standing_revision(found, stated.year, parse_as_of(asof))
        document = figure_document(stated, stated.figure(code), derived(found, stated, code, at))
    show(document, as_json, print_figure)


@commands.command(name="audit")
def audit_report(
    of: Annotated[
        str | None,
        typer.Argument(
            metavar="YEAR|FILE", help="年份、TOML 文件或报告文本（txt、docx、pdf） / year, TOML or the text itself"
        ),
    ] = None,
    before: Annotated[
        str | None, typer.Option(metavar="YEAR|FILE", help="上年报告 / the report of the year before")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """审核一份报告内部是否有矛盾 / Find what is wrong inside a report before it is sent."""
    found = _audited(of or str(report_years()[-1]))
    earlier = _audited(before) if before else report_before(found)
    show(audit_document(found, earlier, audit(found, earlier)), as_json, print_audit)


@commands.command(name="close")
def close(
    year: int,
    who: Annotated[str | None, typer.Option(help="封存人 / who closes it")] = None,
    why: Annotated[str, typer.Option(help="原因 / reason")] = "",
    again: Annotated[bool, typer.Option("--again", help="重新封存，原封存保留 / close it once more")] = False,
    to: Annotated[Path | None, typer.Option("--out", help="另存封存文件 / also write the closing as JSON")] = None,
    store: StoreOption = None,
) -> None:
    """封存一年：冻结修订号、推算数值和校验和 / Close a year: freeze revision, derived values and checksums."""
    if to is not None and to.exists():
        raise _file_exists(to)
    stated = read_report(year)
    with opened(store) as found:
        made = close_year(found, stated, who=name_for_history(who, store), why=why, again=again)
    if to is not None:
        _write_new(to, made.closing.model_dump_json(indent=1) + "\n", overwrite=False)
    print_closing(out, made)


@commands.command(name="verify")
def verify(
    of: Annotated[str, typer.Argument(metavar="YEAR|FILE", help="年份或封存文件 / year, or a file of a closing")],
    store: StoreOption = None,
) -> None:
    """核对封存后有无变化，有则以状态 1 结束 / Check that a closed year is as it was; status 1 if it is not."""
    with opened(store) as found:
        if of.isdecimal():
            changed = _verified(found, int(of))
        else:
            closing = read_closing(Path(of))
            changed = deviations(found, read_report(closing.year), closing)
            print_deviations(out, closing, changed)
    if changed:
        raise typer.Exit(1)


def _verified(store: Store, year: int) -> Sequence[Deviation]:
    """Prints every closing of `year` and what differs from the one in force; gives that."""
    made = closed_year(store, read_report(year))
    if made is None:
        raise BadParameter(
            f"{year} 年没有封存。", f"{year} is not closed.", place=str(year),
            remedy_zh=f"先执行 gaodu report close {year}。", remedy_en=f"Close it first: gaodu report close {year}.",
        )  # fmt: skip
    for earlier in closing_history(store, year)[1:]:
        print_earlier_closing(out, earlier)
    print_closing(out, made)
    print_deviations(out, made.closing, made.deviations)
    return made.deviations


def _audited(year_or_file: str) -> Report:
    """The report of a year, of a TOML file, or as far as it can be read out of a text."""
    file = Path(year_or_file)
    if year_or_file.isdecimal() or file.suffix.lower() == ".toml":
        return _report_of(year_or_file)
    known = read_report(report_years()[-1])
    return parse_report(draft_text(proposed(read_file(file), known), known.year), place=year_or_file)


@commands.command(name="read")
def read(
    file: Annotated[Path, typer.Argument(help="报告文本 / the report as txt, docx or pdf with text")],
    to: Annotated[Path, typer.Option("--out", help="草稿文件 / file for the draft (TOML)")],
    year: Annotated[int | None, typer.Option(help="报告年份 / the report's year, where the text does not say")] = None,
    like: Annotated[int | None, typer.Option(help="参照此年的编码 / take known codes from this year")] = None,
    overwrite: bool = False,
) -> None:
    """从报告文本读出数据，写成待确认的草稿 / Read the figures out of a report and draft its TOML file."""
    known = read_report(like or report_years()[-1])
    made = proposed(read_file(file, year), known)
    _write_new(to, draft_text(made, known.year), overwrite=overwrite)
    print_draft(out, made)
    out.print(str(to), style="bold green")


@commands.command(name="write")
def write(
    year: int,
    to: Annotated[Path, typer.Option("--out", help="报告文件，后缀 .docx 或 .xlsx / file, .docx or .xlsx")],
    lang: Annotated[Language, typer.Option(help="语言 / language: zh, en")] = "zh",
    asof: AsOfOption = None,
    overwrite: bool = False,
    store: StoreOption = None,
) -> None:
    """写成可报送的文件：数据、来源、审核、图表和专题图 / Write the report: figures, sources, audit, charts, maps."""
    suffix_of(to)
    stated = read_report(year)
    with opened(store, open_with_sample) as found:
        made = closed_year(found, stated)
        before, at = report_before(stated), parse_as_of(asof)
        paper = composed(found, stated, language=lang, before=before, as_of=at, closed=made)
        write_report(paper, to, overwrite=overwrite)
    out.print(str(to), style="bold green")


@commands.command(name="compare")
def compare_reports(
    before: Annotated[str, typer.Argument(metavar="YEAR|FILE", help="较早的年份或 TOML 文件 / earlier year or file")],
    after: Annotated[str, typer.Argument(metavar="YEAR|FILE", help="较晚的年份或 TOML 文件 / later year or file")],
) -> None:
    """比较两年的报告数据 / Compare the figures of two years' reports."""
    print_comparison(out, compare(_report_of(before), _report_of(after)))


def _report_of(year_or_file: str) -> Report:
    return read_report(int(year_or_file)) if year_or_file.isdecimal() else read_report_file(Path(year_or_file))


def _write_new(file: Path, text: str, *, overwrite: bool) -> None:
    try:
        with file.open("w" if overwrite else "x", encoding="utf-8") as opened_file:
            opened_file.write(text)
    except FileExistsError as error:
        raise _file_exists(file) from error
    except OSError as error:
        raise BadParameter(
            f"无法写入文件：{error.strerror}。", f"The file cannot be written: {error.strerror}.", place=str(file)
        ) from error


def _file_exists(file: Path) -> BadParameter:
    return BadParameter(
        "文件已存在。", "The file exists already.", place=str(file),
        remedy_zh="换一个文件名，或加 --overwrite。", remedy_en="Choose another name, or add --overwrite.",
    )  # fmt: skip
