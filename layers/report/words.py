"""How is a recipe said in words?"""

from __future__ import annotations

from collections.abc import Callable

from layers.catalogue import Catalogue
from layers.codes import code_list
from layers.definition import METHODS as METHODS
from layers.definition import AreaMethod, FieldDefinition, LayerDefinition, Text
from layers.report.figures import Figure
from layers.report.periods import period_named
from layers.report.recipes import Aggregate, Bound, Conditions, Range, Recipe, Relation, Volume
from layers.report.units import unit

RELATIONS = {
    Relation.WITHIN: Text(zh="全部位于“{}”范围内", en="that lie wholly within “{}”"),
    Relation.TOUCHES: Text(zh="与“{}”范围相交", en="that touch “{}”"),
}
BOUNDS = {
    "at_least": Text(zh="不低于", en="at least"),
    "over": Text(zh="超过", en="over"),
    "below": Text(zh="不足", en="below"),
    "at_most": Text(zh="不超过", en="at most"),
}
VOLUMES = {
    Volume.CUT: Text(zh="挖方", en="volume taken away"),
    Volume.FILL: Text(zh="填方", en="volume brought"),
    Volume.MOVED: Text(zh="挖方与填方之和", en="volume taken away and brought"),
    Volume.NET: Text(zh="填方减挖方", en="volume brought less that taken away"),
}


def told(recipe: Recipe, figure: Figure, catalogue: Catalogue) -> Text:
    """The recipe in a sentence, with the titles of layers and fields and the names of codes."""
    layer, measure = catalogue[recipe.layer], unit(figure.unit)
    made = MADE[recipe.aggregate](recipe, layer, figure)
    chosen, where = _chosen(layer, recipe, figure), _where(recipe, catalogue)
    method = Text(zh=recipe.method_zh or "", en=recipe.method_en or "")
    joint = "、" if chosen.zh and where.zh else ""
    return Text(
        zh=f"图层“{layer.title.zh}”中{where.zh}{joint}{chosen.zh}的要素：{made.zh}，单位{measure.name_zh}。{method.zh}"
        if chosen.zh or where.zh
        else f"图层“{layer.title.zh}”的全部要素：{made.zh}，单位{measure.name_zh}。{method.zh}",
        en=f"Features of “{layer.title.en}”{where.en}{' with ' + chosen.en if chosen.en else ''}: {made.en}, in "
        f"{measure.name_en}.{' ' + method.en if method.en else ''}",
    )


def _where(recipe: Recipe, catalogue: Catalogue) -> Text:
    if recipe.inside is None:
        return Text(zh="", en="")
    region, relation = catalogue[recipe.inside.layer], RELATIONS[recipe.inside.relation]
    chosen = _conditions(region, recipe.inside.filter)
    return Text(
        zh=relation.zh.format(region.title.zh + (f"（{chosen.zh}）" if chosen.zh else "")),
        en=" " + relation.en.format(region.title.en + (f" ({chosen.en})" if chosen.en else "")),
    )


def _chosen(layer: LayerDefinition, recipe: Recipe, figure: Figure) -> Text:
    """What the features have in common: their values, and the period they are of."""
    parts = [_conditions(layer, recipe.filter)] if recipe.filter else []
    if recipe.time is not None:
        title = layer.field(recipe.time).title
        zh, en = period_named(figure.period, "zh"), period_named(figure.period, "en")
        parts.append(Text(zh=f"{title.zh}在{zh}", en=f"{title.en} in {en}"))
    return _joined(parts)


def _conditions(layer: LayerDefinition, conditions: Conditions) -> Text:
    return _joined([_condition(layer.field(name), value) for name, value in conditions.items()])


def _joined(parts: list[Text]) -> Text:
    return Text(zh="、".join(part.zh for part in parts), en=" and ".join(part.en for part in parts))


def _condition(field: FieldDefinition, value: object) -> Text:
    if isinstance(value, Range):
        return _ranged(field, value)
    codes = code_list(field.codes) if field.codes else {}
    listed = [str(each) for each in (value if isinstance(value, tuple) else (value,))]
    zh = [codes[each].name_zh if each in codes else each for each in listed]
    en = [codes[each].name_en if each in codes else each for each in listed]
    return Text(zh=f"{field.title.zh}为{'或'.join(zh)}", en=f"{field.title.en} {' or '.join(en)}")


def _ranged(field: FieldDefinition, wanted: Range) -> Text:
    bounds = [_bound(field, key, bound) for key, bound in wanted.bounds()]
    return Text(
        zh=field.title.zh + "且".join(bound.zh for bound in bounds),
        en=f"{field.title.en} {' and '.join(bound.en for bound in bounds)}",
    )


def _bound(field: FieldDefinition, key: str, bound: Bound) -> Text:
    measure, word = unit(field.unit) if field.unit else None, BOUNDS[key]
    return Text(
        zh=f"{word.zh}{bound}{measure.name_zh if measure else ''}",
        en=f"{word.en} {bound}{f' ({measure.name_en})' if measure else ''}",
    )


def _counted(_: Recipe, __: LayerDefinition, ___: Figure) -> Text:
    return Text(zh="要素个数", en="how many there are")


def _measured(_: Recipe, layer: LayerDefinition, __: Figure) -> Text:
    method = METHODS[layer.area.method if layer.area else AreaMethod.ELLIPSOIDAL]
    return Text(zh=f"{method.zh}之和", en=f"sum of their areas ({method.en})")


def _summed(recipe: Recipe, layer: LayerDefinition, _: Figure) -> Text:
    field = layer.field(recipe.field or "")
    return Text(zh=f"“{field.title.zh}”之和", en=f"sum of “{field.title.en}”")


def _amount(recipe: Recipe, layer: LayerDefinition) -> Text:
    """What shares and changes are of: the sum of a field, or the number of features."""
    field = layer.field(recipe.field).title if recipe.field else None
    return Text(zh=f"“{field.zh}”" if field else "个数", en=f"“{field.en}”" if field else "number")


def _rated(recipe: Recipe, layer: LayerDefinition, _: Figure) -> Text:
    part, amount = _conditions(layer, recipe.part or {}), _amount(recipe, layer)
    return Text(zh=f"其中{part.zh}的{amount.zh}占比", en=f"share of those with {part.en}, by {amount.en}")


def _told_apart(recipe: Recipe, layer: LayerDefinition, _: Figure) -> Text:
    field = layer.field(recipe.field or "").title
    return Text(zh=f"“{field.zh}”不同取值的个数", en=f"how many different values of “{field.en}” there are")


def _divided(recipe: Recipe, layer: LayerDefinition, _: Figure) -> Text:
    field = layer.field(recipe.field or "").title
    if recipe.per is None:
        return Text(zh=f"平均每个要素的“{field.zh}”", en=f"“{field.en}” for each of them, on average")
    per = layer.field(recipe.per).title
    return Text(zh=f"“{field.zh}”之和除以“{per.zh}”之和", en=f"sum of “{field.en}” divided by that of “{per.en}”")


def _changed(recipe: Recipe, layer: LayerDefinition, figure: Figure) -> Text:
    amount, fallen = _amount(recipe, layer), figure.change == "down"
    return Text(
        zh=f"{amount.zh}比上年同期的{'降幅' if fallen else '增幅'}",
        en=f"{'fall' if fallen else 'growth'} of their {amount.en} on the same period a year before",
    )


def _moved(recipe: Recipe, _: LayerDefinition, __: Figure) -> Text:
    volume = VOLUMES[recipe.surfaces.volume if recipe.surfaces else Volume.MOVED]
    names = (recipe.surfaces.before, recipe.surfaces.after) if recipe.surfaces else ("", "")
    return Text(
        zh=f"两期高程（{names[0]}、{names[1]}）之间的{volume.zh}",
        en=f"{volume.en} between two elevation models ({names[0]}, {names[1]})",
    )


MADE: dict[Aggregate, Callable[[Recipe, LayerDefinition, Figure], Text]] = {
    Aggregate.COUNT: _counted,
    Aggregate.AREA: _measured,
    Aggregate.SUM: _summed,
    Aggregate.RATE: _rated,
    Aggregate.DISTINCT: _told_apart,
    Aggregate.RATIO: _divided,
    Aggregate.GROWTH: _changed,
    Aggregate.EARTHWORK: _moved,
}
"""Aggregate -> what is made of the features."""
