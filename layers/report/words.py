"""How is a recipe said in words?"""

from __future__ import annotations

from collections.abc import Callable

from layers.catalogue import Catalogue
from layers.codes import code_list
from layers.definition import AreaMethod, LayerDefinition, Text
from layers.report.figures import Figure
from layers.report.recipes import Aggregate, Conditions, Recipe, Relation, Volume
from layers.report.units import unit

METHODS = {
    AreaMethod.ELLIPSOIDAL: Text(zh="图斑椭球面积", en="official ellipsoidal areas"),
    AreaMethod.PLANAR: Text(zh="高斯平面面积", en="planar Gauss-Krueger areas"),
}
RELATIONS = {
    Relation.WITHIN: Text(zh="全部位于“{}”范围内", en="that lie wholly within “{}”"),
    Relation.TOUCHES: Text(zh="与“{}”范围相交", en="that touch “{}”"),
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
    made = MADE[recipe.aggregate](recipe, layer)
    chosen, where = _conditions(layer, recipe.filter), _where(recipe, catalogue)
    method = Text(zh=recipe.method_zh or "", en=recipe.method_en or "")
    return Text(
        zh=f"图层“{layer.title.zh}”中{where.zh}{chosen.zh}的要素：{made.zh}，单位{measure.name_zh}。{method.zh}"
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
        zh=relation.zh.format(region.title.zh + (f"（{chosen.zh}）" if chosen.zh else ""))
        + ("、" if recipe.filter else ""),
        en=" " + relation.en.format(region.title.en + (f" ({chosen.en})" if chosen.en else "")),
    )


def _conditions(layer: LayerDefinition, conditions: Conditions) -> Text:
    parts = [_condition(layer, name, value) for name, value in conditions.items()]
    return Text(zh="、".join(part.zh for part in parts), en=" and ".join(part.en for part in parts))


def _condition(layer: LayerDefinition, name: str, value: object) -> Text:
    field = layer.field(name)
    codes = code_list(field.codes) if field.codes else {}
    listed = [str(each) for each in (value if isinstance(value, tuple) else (value,))]
    zh = [codes[each].name_zh if each in codes else each for each in listed]
    en = [codes[each].name_en if each in codes else each for each in listed]
    return Text(zh=f"{field.title.zh}为{'或'.join(zh)}", en=f"{field.title.en} {' or '.join(en)}")


def _counted(_: Recipe, __: LayerDefinition) -> Text:
    return Text(zh="要素个数", en="how many there are")


def _measured(_: Recipe, layer: LayerDefinition) -> Text:
    method = METHODS[layer.area.method if layer.area else AreaMethod.ELLIPSOIDAL]
    return Text(zh=f"{method.zh}之和", en=f"sum of their {method.en}")


def _summed(recipe: Recipe, layer: LayerDefinition) -> Text:
    field = layer.field(recipe.field or "")
    return Text(zh=f"“{field.title.zh}”之和", en=f"sum of “{field.title.en}”")


def _rated(recipe: Recipe, layer: LayerDefinition) -> Text:
    part = _conditions(layer, recipe.part or {})
    return Text(zh=f"其中{part.zh}的个数占比", en=f"share of those with {part.en}, by number")


def _moved(recipe: Recipe, _: LayerDefinition) -> Text:
    volume = VOLUMES[recipe.surfaces.volume if recipe.surfaces else Volume.MOVED]
    names = (recipe.surfaces.before, recipe.surfaces.after) if recipe.surfaces else ("", "")
    return Text(
        zh=f"两期高程（{names[0]}、{names[1]}）之间的{volume.zh}",
        en=f"{volume.en} between two elevation models ({names[0]}, {names[1]})",
    )


MADE: dict[Aggregate, Callable[[Recipe, LayerDefinition], Text]] = {
    Aggregate.COUNT: _counted,
    Aggregate.AREA: _measured,
    Aggregate.SUM: _summed,
    Aggregate.RATE: _rated,
    Aggregate.EARTHWORK: _moved,
}
"""Aggregate -> what is made of the features."""
