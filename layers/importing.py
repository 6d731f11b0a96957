"""How does a file become a layer, or part of one, with nothing lost on the way?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from gis import crs
from gis.columns import GeometryColumns
from gis.crs import DatumParameters, transformed
from gis.formats import Note, SourceTable, read_table, tables
from gis.formats.coordinate_columns import likely, located
from gis.gcj02 import shift_suspicion
from layers.catalogue import Catalogue
from layers.definition import AreaMethod, LayerDefinition
from layers.drafting import default_area_method, draft, field_names, layer_id
from layers.errors import ImportRefused
from layers.intake import Intake, Rejected, Repaired, take_in
from layers.mapping import converted, match_fields
from layers.old_datum import on_cgcs2000
from layers.personal import without_personal_data
from layers.rejects import write_rejects
from layers.store import Store, Transaction

Progress = Callable[[str, int], None]
"""Called with the table's name and the features done with."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the person said about the file; None leaves it to the file or to the rules.

    `layer` takes the file into a catalogue layer; otherwise every table becomes a new layer, a single one under the id
    `as_new`. `crs` is an EPSG code and wins over the file's. `fields` matches target fields to the file's. Fields that
    hold personal data (data/codes/personal_fields.csv) are left out unless `keep_personal` is set. `x` and `y` name the
    columns of a delimited text (.csv, .txt) that hold easting or longitude and northing or latitude. `datum_parameters`
    take Xian 1980 or Beijing 1954 to CGCS2000; without them a file on those is refused.
    """

    layer: str | None = None
    as_new: str | None = None
    table: str | None = None
    area: AreaMethod | None = None
    crs: int | None = None
    encoding: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    rejects: Path | None = None
    keep_personal: bool = False
    who: str = "gaodu import"
    why: str = ""
    x: str | None = None
    y: str | None = None
    datum_parameters: DatumParameters | None = None


@dataclass(frozen=True, slots=True)
class ImportedTable:
    """What became of one table: counts that add up (read = written + rejected), and every decision taken."""

    layer: LayerDefinition
    table: str
    new: bool
    read: int
    written: int
    repaired: tuple[Repaired, ...]
    rejected: tuple[Rejected, ...]
    notes: tuple[Note, ...]
    encoding: str | None
    encoding_sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: its revision, its tables, the tables left out as they hold no spatial features, and the file
    with the features it rejected, if any.
    """

    revision: int
    tables: tuple[ImportedTable, ...]
    left_out: tuple[str, ...]
    rejects: Path | None


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A table ready to be written."""

    definition: LayerDefinition
    toml: str | None
    rows: pa.Table
    result: ImportedTable
    source: pa.Table


def import_file(
    store: Store, path: Path, options: ImportOptions = ImportOptions(), *, progress: Progress = lambda *_: None
) -> ImportReport:
    """Takes the tables of the file at `path` into `store`, all in one revision or not at all.

    Invalid geometry is repaired, with its area before and after in the result; a feature that cannot be taken in goes
    to a rejects file with the reason. Raises ImportRefused, FormatError, CrsError, DefinitionError and UnknownLayer,
    and then the store is as it was.
    """
    _check(options, store.catalogue)
    sources, left_out = _sources(path, options)
    proposals: list[_Proposal] = []
    for source in sources:
        known = store.catalogue
        for earlier in proposals:
            known = known.with_layer(earlier.definition)
        proposals.append(_proposal(source, path, options, known))
    why = options.why or f"导入 {path.name}"
    with store.transaction(who=options.who, why=why) as transaction:
        for proposal in proposals:
            _write(transaction, proposal)
            progress(proposal.result.table, proposal.result.written)
        rejects = write_rejects(
            options.rejects or Path(f"{path.stem}.rejects-{transaction.revision}.csv"),
            [(p.result.table, p.source, p.result.rejected) for p in proposals],
        )
    return ImportReport(transaction.revision, tuple(proposal.result for proposal in proposals), left_out, rejects)


def _check(options: ImportOptions, known: Catalogue) -> None:
    """Raises ImportRefused for options that contradict each other, and CrsError, UnknownLayer, DefinitionError."""
    for_new = {"--as": options.as_new, "--area": options.area}
    given = [name for name, value in for_new.items() if value is not None]
    if options.layer is not None:
        known[options.layer]
        if given:
            raise _contradiction(given[0], "--layer")
    elif options.fields:
        raise _contradiction("--map", "--as")
    if (options.x is None) != (options.y is None):
        raise ImportRefused(
            "--x 与 --y 须同时给出。", "--x and --y go together.", place="--x, --y",
            remedy_zh="--x 为东坐标或经度列，--y 为北坐标或纬度列。",
            remedy_en="--x is the column of eastings or longitudes, --y that of northings or latitudes.",
        )  # fmt: skip
    if options.crs is not None:
        crs.crs(options.crs)
    if options.as_new is not None:
        _new_id(options.as_new, "", known)


def _contradiction(one: str, other: str) -> ImportRefused:
    return ImportRefused(
        f"{one} 不能与 {other} 同用。" if other == "--layer" else f"{one} 只用于 --layer。",
        f"{one} does not go with {other}." if other == "--layer" else f"{one} is for --layer only.",
        place=one,
        remedy_zh="--as 与 --area 用于新图层；--map 用于目录中的图层。",
        remedy_en="--as and --area are for a new layer, --map for a layer of the catalogue.",
    )


def _sources(path: Path, options: ImportOptions) -> tuple[list[SourceTable], tuple[str, ...]]:
    """The tables wanted, and the names of those left out because they hold no features or no geometry.

    A new layer's id that is the name of a table asks for that table.
    """
    if options.x is not None and options.y is not None:
        return [_of_points(path, options.x, options.y, options)], ()
    listed = tables(path)
    asked = options.table or next((info.name for info in listed if info.name == options.as_new), None)
    found = [info for info in listed if asked in (None, info.name)]
    wanted = [info.name for info in found if info.geometry is not None and info.features != 0]
    if not wanted:
        names = "、".join(info.name for info in listed) or "—"
        if hint := next(filter(None, (likely(info.fields) for info in found)), None):
            raise _ask_for_columns(path, *hint)
        raise ImportRefused(
            "没有可导入的空间要素。", "There are no spatial features to import.",
            place=f"{path}: {options.table}" if options.table else str(path),
            remedy_zh=f"文件中的表：{names}。", remedy_en=f"Tables in the file: {names.replace('、', ', ')}.",
        )  # fmt: skip
    if len(wanted) > 1 and (options.layer or options.as_new):
        raise _ask_for_table(path, wanted)
    sources = [read_table(path, name, encoding=options.encoding) for name in wanted]
    return sources, tuple(info.name for info in found if info.name not in wanted)


def _of_points(path: Path, x: str, y: str, options: ImportOptions) -> SourceTable:
    """A delimited text whose columns `x` and `y` are the places of its rows."""
    if path.suffix.lower() not in (".csv", ".txt"):
        raise ImportRefused(
            "--x 与 --y 只用于 .csv 和 .txt。", "--x and --y are for .csv and .txt only.", place=path.name,
            remedy_zh="其他格式自带几何。", remedy_en="Other formats hold geometry of their own.",
        )  # fmt: skip
    source = read_table(path, encoding=options.encoding, suffix=".csv")
    epsg, _ = _crs(source, path, options)
    note = Note(
        f"点取自列“{x}”（东/经度）和“{y}”（北/纬度）。", f"Points from the columns {x!r} (east) and {y!r} (north)."
    )
    return replace(
        source, data=located(source.data, x, y, in_degrees=crs.is_geographic(epsg)), notes=(*source.notes, note)
    )


def _ask_for_columns(path: Path, x: str, y: str) -> ImportRefused:
    return ImportRefused(
        f"表中没有几何，但列“{x}”“{y}”看来是坐标。",
        f"The table has no geometry, but {x!r} and {y!r} look like coordinates.",
        place=str(path), remedy_zh=f"请核对后指定：--x {x} --y {y} --crs 4490（或相应的 EPSG 编码）。",
        remedy_en=f"Check, and name them: --x {x} --y {y} --crs 4490 (or the EPSG code that is right).",
    )  # fmt: skip


def _ask_for_table(path: Path, names: list[str]) -> ImportRefused:
    return ImportRefused(
        f"文件有 {len(names)} 个表，需指定其中一个。",
        f"The file has {len(names)} tables; one must be named.",
        place=str(path),
        remedy_zh=f"用 --table 选择：{'、'.join(names)}。",
        remedy_en=f"Choose one with --table: {', '.join(names)}.",
    )


def _proposal(source: SourceTable, path: Path, options: ImportOptions, known: Catalogue) -> _Proposal:
    epsg, notes = _crs(source, path, options)
    catalogue_layer = known[options.layer] if options.layer else None
    intake = take_in(
        source.data["geom"],
        target=catalogue_layer.geometry if catalogue_layer else None,
        epsg=epsg,
        place=f"{path.name}: {source.name}",
    )
    moved: list[Note] = []
    if catalogue_layer is None or not crs.same_datum(epsg, catalogue_layer.crs):
        place = f"{path.name}: {source.name}"
        geometry, epsg, moved = on_cgcs2000(intake.geometry, epsg, options.datum_parameters, place=place)
        intake = replace(intake, geometry=geometry)
    kept = source.data.take(intake.rows).drop_columns(["geom"])
    kept, withheld = without_personal_data(kept, options.keep_personal)
    if catalogue_layer:
        rows, more = _into_catalogue_layer(kept, intake, catalogue_layer, epsg, options)
        definition, toml = catalogue_layer, None
    else:
        definition, toml, rows, more = _as_new_layer(kept, intake, source, path, epsg, options, known)
    result = ImportedTable(
        definition,
        source.name,
        toml is not None,
        source.data.num_rows,
        rows.num_rows,
        intake.repaired,
        intake.rejected,
        (*source.notes, *notes, *moved, *_shift_notes(source, path, intake, epsg), *withheld, *more),
        source.encoding,
        source.encoding_sample,
    )
    return _Proposal(definition, toml, rows, result, source.data)


def _crs(source: SourceTable, path: Path, options: ImportOptions) -> tuple[int, list[Note]]:
    """The EPSG code to read the table in: the person's word, else the file's; it is asked for, never assumed."""
    if options.crs is None and source.epsg is None:
        known = f"（文件写明“{source.crs_name}”，但无法对应到 EPSG 编码）" if source.crs_name else ""
        raise ImportRefused(
            f"文件没有坐标系{known}。",
            f"The file names no coordinate system{f' that has an EPSG code ({source.crs_name})' if known else ''}.",
            place=f"{path}: {source.name}",
            remedy_zh="用 --crs 指定，例如 --crs 4490（CGCS2000 经纬度）或 --crs 4527（3 度带 39 带）。",
            remedy_en="Give it with --crs, such as --crs 4490 (CGCS2000 degrees) or --crs 4527 (3-degree zone 39).",
        )
    if source.epsg is None and options.crs is not None:
        return options.crs, [Note(f"按指定坐标系 EPSG:{options.crs} 读取。", f"Read as EPSG:{options.crs} as asked.")]
    if options.crs is None or source.epsg == options.crs:
        return source.epsg or 0, []
    return options.crs, [
        Note(
            f"按指定坐标系 EPSG:{options.crs} 读取；文件写明的是 EPSG:{source.epsg}。",
            f"Read as EPSG:{options.crs} as asked; the file itself says EPSG:{source.epsg}.",
        )
    ]


def _shift_notes(source: SourceTable, path: Path, intake: Intake, epsg: int) -> list[Note]:
    """A warning where the names in the file say that its coordinates are those of a Chinese web map."""
    if crs.datum(epsg) in crs.OLD:
        return []
    named = " ".join([path.name, source.name, source.crs_name or "", *source.data.column_names])
    suspicion = shift_suspicion(GeometryColumns.from_wkb(intake.geometry), epsg, source=named)
    if suspicion is None:
        return []
    system, shift_m = suspicion.system, suspicion.shift_m
    return [
        Note(
            f"坐标可能是 {system}（{'；'.join(suspicion.reasons_zh)}），若是则偏移约 {shift_m:.0f} 米；未作任何改正。",
            f"Coordinates may be {system} ({'; '.join(suspicion.reasons_en)}) and then lie {shift_m:.0f} m off; "
            "nothing was changed.",
        )
    ]


def _into_catalogue_layer(
    kept: pa.Table, intake: Intake, definition: LayerDefinition, epsg: int, options: ImportOptions
) -> tuple[pa.Table, list[Note]]:
    match = match_fields(definition, kept.column_names, options.fields)
    columns = {
        target: converted(kept[source], definition.field(target), source) for target, source in match.sources.items()
    }
    geometry = transformed(GeometryColumns.from_wkb(intake.geometry), epsg, definition.crs)
    notes = []
    if epsg != definition.crs:
        notes.append(
            Note(f"坐标由 EPSG:{epsg} 转换为图层的 EPSG:{definition.crs}。",
                 f"Coordinates were transformed from EPSG:{epsg} to the layer's EPSG:{definition.crs}.")
        )  # fmt: skip
    if match.unused:
        notes.append(Note(f"未导入的字段：{'、'.join(match.unused)}。", f"Fields left out: {', '.join(match.unused)}."))
    if match.missing:
        notes.append(Note(f"文件没有的字段（留空）：{'、'.join(match.missing)}。",
                          f"Fields the file lacks (left empty): {', '.join(match.missing)}."))  # fmt: skip
    return pa.table({**columns, "geom": geometry.to_wkb()}), notes


def _as_new_layer(
    kept: pa.Table,
    intake: Intake,
    source: SourceTable,
    path: Path,
    epsg: int,
    options: ImportOptions,
    known: Catalogue,
) -> tuple[LayerDefinition, str, pa.Table, list[Note]]:
    names = field_names(kept.column_names)
    renamed = kept.rename_columns([names[name] for name in kept.column_names])
    definition, toml = draft(
        renamed,
        layer=_new_id(options.as_new, source.name, known),
        geometry=intake.geometry_type,
        epsg=epsg,
        area=options.area or default_area_method(epsg, intake.geometry),
        source=f"{path.name}: {source.name}",
        title=options.as_new or source.name,
    )
    notes = [
        Note(f"字段“{old}”改存为“{new}”。", f"Field {old!r} is stored as {new!r}.")
        for old, new in names.items()
        if old != new
    ]
    if definition.area and options.area is None:
        method = definition.area.method.value
        notes.append(Note(f"面积方法按坐标系和范围选为 {method}，可用 --area 指定。",
                          f"The area method was chosen by CRS and extent: {method}; --area sets it."))  # fmt: skip
    columns = {name: converted(renamed[name], definition.field(name), name) for name in definition.field_names}
    return definition, toml, pa.table({**columns, "geom": intake.geometry}), notes


def _new_id(asked: str | None, table: str, known: Catalogue) -> str:
    if asked is None:
        return layer_id(table, known)
    if asked in known:
        raise ImportRefused(
            f"图层 id“{asked}”已存在。",
            f"The layer id {asked!r} exists already.",
            place=f"--as {asked}",
            remedy_zh=f"另选一个 id，或用 --layer {asked} 导入到该图层。",
            remedy_en=f"Choose another id, or import into that layer with --layer {asked}.",
        )
    if layer_id(asked) != asked:
        raise ImportRefused(
            f"“{asked}”不能用作图层 id。",
            f"{asked!r} cannot be a layer id.",
            place="--as",
            remedy_zh=f"用小写字母、数字和 _，以字母开头，例如 {layer_id(asked)}。",
            remedy_en=f"Use lower-case letters, digits and _, beginning with a letter, such as {layer_id(asked)}.",
        )
    return asked


def _write(transaction: Transaction, proposal: _Proposal) -> None:
    if proposal.toml is not None:
        transaction.create_layer(proposal.definition, proposal.toml)
    transaction.insert(proposal.definition.id, proposal.rows)
