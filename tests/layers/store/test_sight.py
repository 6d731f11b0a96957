"""What a role sees of a store, on either engine.

Parcels are for everyone, their 产量 from planners on, wells for administrators.
"""

import pyarrow as pa
import pytest
import shapely

from layers.catalogue import Catalogue
from layers.definition import parse_definition
from layers.errors import DefinitionError, UnknownField, UnknownLayer
from layers.query import Query
from layers.roles import Role, sees
from layers.store import open_store
from tests.layers.store import sample

PARCELS = sample.PARCELS.replace("decimals = 2\n", 'decimals = 2\nvisible_to = "planner"\n')
WELLS = sample.POINTS.replace("crs = 4490\n", 'crs = 4490\nvisible_to = "admin"\n')


@pytest.fixture
def store(url):
    """Revision 1 makes a parcel, 2 a well, 3 one of each."""
    definitions = [parse_definition(text, place="test") for text in (PARCELS, WELLS)]
    with open_store(url, Catalogue({each.id: each for each in definitions})) as opened:
        for number, layers in enumerate([["parcels"], ["wells"], ["parcels", "wells"]]):
            with opened.transaction(who="张三", why=f"写入 {layers}") as transaction:
                for layer in layers:
                    transaction.insert(
                        layer, sample.rows({"geom": sample.square(number)}) if layer == "parcels" else well()
                    )
        yield opened


def well():
    return pa.table({"geom": pa.array([shapely.to_wkb(shapely.Point(118, 35))], pa.binary())})


@pytest.mark.parametrize(
    ("role", "needed", "expected"),
    [(None, None, True), (None, Role.VIEWER, False), (Role.VIEWER, Role.VIEWER, True),
     (Role.VIEWER, Role.PLANNER, False), (Role.TASK_FORCE, Role.PLANNER, True), (Role.REVIEWER, Role.ADMIN, False),
     (Role.ADMIN, Role.ADMIN, True)],
)  # fmt: skip
def test_a_role_sees_what_is_for_it_and_those_before_it(role, needed, expected):
    assert sees(role, needed) is expected


@pytest.mark.parametrize(
    ("role", "layers"), [(None, ["parcels"]), (Role.REVIEWER, ["parcels"]), (Role.ADMIN, ["parcels", "wells"])]
)
def test_the_catalogue_has_what_is_seen(store, role, layers):
    assert list(store.seen_by(role).catalogue) == layers


def test_the_program_itself_sees_everything(store):
    assert list(store.catalogue) == ["parcels", "wells"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda store, layer: store.read(layer),
        lambda store, layer: list(store.batches(layer)),
        lambda store, layer: store.count(layer),
        lambda store, layer: store.extent(layer),
        lambda store, layer: store.revision(layer),
        lambda store, layer: store.revisions(layer),
        lambda store, layer: list(store.changes(2, layer)),
        lambda store, layer: store.standing(layer),
        lambda store, layer: store.definition_text(layer),
        lambda store, layer: store.is_illustrative(layer),
        lambda store, layer: store.aggregate(layer, by=[], sums=[]),
    ],
)
def test_a_hidden_layer_is_answered_like_one_that_never_was(store, ask):
    seen = store.seen_by(Role.PLANNER)
    ask(store, "wells")  # what the program itself was told is not told to others
    said = []
    for layer in ("wells", "phantom"):
        with pytest.raises(UnknownLayer) as caught:
            ask(seen, layer)
        said.append(str(caught.value).replace(layer, "…"))
    assert said[0] == said[1]


@pytest.mark.parametrize("write", [lambda t: t.insert("wells", well()), lambda t: t.delete("wells", [1])])
def test_a_hidden_layer_cannot_be_written(store, write):
    with pytest.raises(UnknownLayer), store.seen_by(Role.PLANNER).transaction(who="a", why="b") as transaction:
        write(transaction)


def test_a_hidden_field_is_not_read(store):
    assert "产量" not in store.seen_by(None).read("parcels").column_names
    assert "产量" in store.seen_by(Role.PLANNER).read("parcels").column_names


@pytest.mark.parametrize(
    "ask",
    [
        lambda store, field: store.read("parcels", Query(fields=[field])),
        lambda store, field: store.count("parcels", Query(equals={field: 1})),
        lambda store, field: store.aggregate("parcels", by=[field], sums=[]),
        lambda store, field: store.aggregate("parcels", by=[], sums=[field]),
    ],
)
def test_a_hidden_field_is_answered_like_one_that_never_was(store, ask):
    said = []
    for field in ("产量", "幻影"):
        with pytest.raises(UnknownField) as caught:
            ask(store.seen_by(Role.VIEWER), field)
        said.append(str(caught.value).replace(field, "…"))
    assert said[0] == said[1]


def test_an_edit_by_somebody_who_does_not_see_a_field_leaves_it_as_it_is(store):
    with store.seen_by(None).transaction(who="a", why="b") as transaction:
        transaction.update("parcels", pa.table({"fid": [1], "名称": ["新名"]}))
    row = store.read("parcels", Query(fids=[1])).to_pylist()[0]
    assert (row["名称"], row["产量"]) == ("新名", sample.FULL["产量"])


def test_changes_are_told_without_hidden_fields_and_layers(store):
    told = list(store.seen_by(Role.VIEWER).changes(3))
    assert [change.layer for change in told] == ["parcels"]
    assert "产量" not in told[0].after
    assert told[0].after["名称"] == "高都一号"


def test_a_revision_of_hidden_layers_only_is_not_listed(store):
    assert [each.id for each in store.seen_by(Role.REVIEWER).revisions()] == [3, 1]


def test_a_revision_of_others_too_is_told_without_them_and_without_its_reason(store):
    latest = store.seen_by(Role.REVIEWER).revisions(limit=1)[0]
    assert (latest.id, list(latest.layers), latest.why, latest.who) == (3, ["parcels"], "", "张三")


def test_the_limit_counts_what_is_seen(store):
    assert [each.id for each in store.seen_by(None).revisions(limit=2)] == [3, 1]


def test_what_is_hidden_is_known_to_the_program(store):
    assert store.seen_by(Role.VIEWER).hidden == {"parcels": {"产量"}, "wells": frozenset()}
    assert store.seen_by(Role.ADMIN).hidden == {}


def test_a_layer_that_another_process_hides_is_hidden_at_once(store, url):
    toml = PARCELS.replace('id = "parcels"', 'id = "later"')
    seen = store.seen_by(None)
    with store.transaction(who="a", why="b") as transaction:
        transaction.create_layer(parse_definition(toml, place=""), toml)
    assert "later" in seen.catalogue
    hidden = toml.replace("crs = 4547\n", 'crs = 4547\nvisible_to = "admin"\n')
    with open_store(url, Catalogue({})) as other, other.transaction(who="a", why="b") as transaction:
        transaction.replace_definition(parse_definition(hidden, place=""), hidden)
    assert "later" not in seen.catalogue


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PARCELS.replace('"planner"', '"boss"'), "'viewer', 'planner', 'task_force', 'reviewer' or 'admin'"),
        (PARCELS.replace('visible_to = "planner"', 'visible_to = "planner"\nrequired = true'), "cannot be required"),
        (PARCELS + '\n[statistics]\nby = ["产量"]\n', "statistics and style show what everyone may see: 产量"),
    ],
)
def test_a_definition_that_hides_amiss_is_refused(text, message):
    with pytest.raises(DefinitionError) as caught:
        parse_definition(text, place="x.toml")
    assert message in caught.value.en
