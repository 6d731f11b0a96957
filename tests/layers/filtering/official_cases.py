"""The predicates of the abstract test suite of CQL2 and how many features each must find (OGC 21-065r2, annex A)."""

from __future__ import annotations

from typing import NamedTuple

COUNTRIES, PLACES, RIVERS = (
    "ne_110m_admin_0_countries",
    "ne_110m_populated_places_simple",
    "ne_110m_rivers_lake_centerlines",
)
LAYERS = {"c": COUNTRIES, "p": PLACES, "r": RIVERS}

K, X, D = "'København'", "1038288", "DATE('2022-04-16')"
T = "TIMESTAMP('2022-04-16T10:13:19Z')"
Q = "'2022-04-16T10:13:19Z'"
R = "'2022-04-16T10:15:10Z'"
YEAR = "interval('2022-01-01T00:00:00Z','2022-12-31T23:59:59Z')"
DAYS = "interval('2022-01-01','2022-12-31')"
SE = "interval(start,end)"
BOX = "POLYGON((0 40,10 40,10 50,0 50,0 40))"
HOLED = "(-180 -90, -90 -90, -90 90, -180 90, -180 -90), (-120 -50, -100 -50, -100 -40, -120 -40, -120 -50)"
SQUARE = "(0 0, 10 0, 10 10, 0 10, 0 0)"
CORNER, OTHER = "6.043073357781111 50.128051662794235", "6.242751092156993 49.90222565367873"
LUXEMBOURG = (f"POLYGON(({CORNER},{OTHER},6.186320428094177 49.463802802114515,5.897759230176348 49.44266714130711,"
              f"5.674051954784829 49.529483547557504,5.782417433300907 50.09032786722122,{CORNER}))")  # fmt: skip


class Case(NamedTuple):
    """A filter on one of the layers and the number of features it must find."""

    layer: str
    filter: str
    count: int


def _table(text: str) -> list[Case]:
    """Lines such as: p 243 name IS NOT NULL."""
    rows = (line.split(" ", 2) for line in text.strip().splitlines())
    return [Case(LAYERS[layer], predicate, int(count)) for layer, count, predicate in rows]


BASIC = _table(f"""
c 1 NAME='Luxembourg'
c 84 NAME>='Luxembourg'
c 83 NAME>'Luxembourg'
c 94 NAME<='Luxembourg'
c 93 NAME<'Luxembourg'
c 176 NAME<>'Luxembourg'
c 1 POP_EST=37589262
c 39 POP_EST>=37589262
c 38 POP_EST>37589262
c 139 POP_EST<=37589262
c 138 POP_EST<37589262
c 176 POP_EST<>37589262
p 243 name IS NOT NULL
p 0 name IS NULL
p 1 name={K}
p 137 name>={K}
p 136 name>{K}
p 107 name<={K}
p 106 name<{K}
p 242 name<>{K}
p 243 pop_other IS NOT NULL
p 0 pop_other IS NULL
p 1 pop_other={X}
p 123 pop_other>={X}
p 122 pop_other>{X}
p 121 pop_other<={X}
p 120 pop_other<{X}
p 242 pop_other<>{X}
p 3 "date" IS NOT NULL
p 240 "date" IS NULL
p 1 "date"={D}
p 2 "date">={D}
p 1 "date">{D}
p 2 "date"<={D}
p 1 "date"<{D}
p 2 "date"<>{D}
p 3 start IS NOT NULL
p 240 start IS NULL
p 1 start={T}
p 2 start<={T}
p 1 start<{T}
p 2 start>={T}
p 1 start>{T}
p 2 start<>{T}
p 3 boolean IS NOT NULL
p 240 boolean IS NULL
p 2 boolean=true
p 1 boolean=false
""")

FIELDS = {"N": ("name", K), "P": ("pop_other", X), "S": ("start", T), "B": ("boolean", "true")}

COMBINED = """
P<> N<> P0 N< 1|P<> N> N<= B= 107|S0 P1 P1 P> 124|P< P> P0 S< 121|S= P< S= N<> 2|S<= N<> B= N< 2|P= S0 S<> B1 242
S0 P> S1 N> 122|P< N<> N= S< 2|S>= N1 S0 P< 120|N>= S1 B= S>= 137|S1 N>= S1 N1 3|N0 N< P1 B1 243|S>= N> P= N< 3
S< N<= B0 N> 138|P1 S0 P>= N> 62|N= S= B= P0 243|N> P< P> N<= 122|P<> N= N<= S> 243|S< S>= P= S0 3|N<> B= S= S0 2
N0 S<> S< N0 243|S<> N> S<= N1 3|N<> P<> P< S>= 2|B0 P> B1 P0 122|P= S0 S> P1 2|P<> S0 P> B= 2|S> P< N<= P= 2
S>= S<= N<= N<> 107|B= N1 B0 P= 1|S= P= P< N<> 122|P<> S<= S1 S= 3|N<> P<> P1 N1 243|N= P< S1 P<> 3|N< S<> S> S= 2
B= P< N1 S<= 3|P<= N< P< P< 243|P0 N<= N= S> 2|P< N<> P<> N<> 243|S<= P0 S< N1 2|S<> N= B0 P<> 241|B= P<= N<> P0 2
N1 P<= S1 B1 124|P<= P< S> P> 1|S1 B1 N>= P1 137|S<> S1 P> P< 1|P<= N<= B0 S1 198|N>= N>= N<= N>= 107|B= S< B1 N< 2
S> S>= P0 P<= 1|P< N= S>= N< 181|P< P<= P0 S1 121|N>= P>= B= N1 79|B0 N<> B0 P1 240|P< S>= N> P<= 199|N<= S> N< B0 106
P1 N<> P< P<= 121|N>= S1 N>= N1 137|P< S< N0 P>= 1|P>= N> B1 S1 184|S1 N<> N<= N0 241|N>= P<> S= N<> 2|B1 P<= P= S= 1
N1 S1 S1 N>= 241|P= P1 S1 N<> 2|S= S0 P> P<= 1|N0 S1 S= N1 1|B1 N= B1 N1 3|P<> P<> P= P<= 1|P0 S<> S> B1 241
S< B0 S> N< 2|P> P<> S<> N<> 2|S>= S= P= N1 2|P<= S1 S<= B1 242|B= S> P< P<> 122|P>= P> B0 P= 121|N< P> S= B= 44
"""
"""p1 p2 p3 p4 count: letter of the field, then its operator, 0 for IS NULL, 1 for IS NOT NULL."""


def _part(short: str) -> str:
    field, value = FIELDS[short[0]]
    nulls = {"0": f"{field} IS NULL", "1": f"{field} IS NOT NULL"}
    return nulls.get(short[1:]) or f"{field}{short[1:]}{value}"


def _combined(row: str) -> Case:
    *parts, count = row.split()
    p1, p2, p3, p4 = map(_part, parts)
    return Case(PLACES, f"(NOT ({p2}) AND {p1}) OR ({p3} and {p4}) or not ({p1} OR {p4})", int(count))


LOGICAL = [_combined(row) for line in COMBINED.split("\n") for row in line.split("|") if row]

ADVANCED = _table(f"""
p 3 name LIKE 'B_r%'
p 240 name NOT LIKE 'B_r%'
p 75 pop_other between 1000000 and 3000000
p 168 pop_other not between 1000000 and 3000000
p 2 name IN ('Kiev','kobenhavn','Berlin','athens','foo')
p 241 name NOT IN ('Kiev','kobenhavn','Berlin','athens','foo')
p 3 pop_other in (1038288,1611692,3013258,3013257,3013259)
p 240 pop_other not in (1038288,1611692,3013258,3013257,3013259)
p 2 "date" in (DATE('2021-04-16'),{D},DATE('2022-04-18'))
p 1 "date" not in (DATE('2021-04-16'),{D},DATE('2022-04-18'))
p 1 start in ({T})
p 2 start not in ({T})
p 2 boolean in (true)
p 2 boolean not in (false)
""")

CASE_INSENSITIVE = _table(f"""
p 1 CASEI(name)=casei('KIEV')
p 1 CASEI(name)=casei('kiev')
p 1 CASEI(name)=casei('Kiev')
p 1 CASEI(name)=casei({K})
p 1 CASEI(name)=casei('københavn')
p 1 CASEI(name)=casei('KØBENHAVN')
p 3 CASEI(name) LIKE casei('B_r%')
p 3 CASEI(name) LIKE casei('b_r%')
p 3 CASEI(name) LIKE casei('B_R%')
p 3 CASEI(name) IN (casei('Kiev'), casei('kobenhavn'), casei('Berlin'), casei('athens'), casei('foo'))
""")

ACCENT_INSENSITIVE = _table(f"""
p 1 ACCENTI(name)=accenti({K})
p 1 ACCENTI(name)=accenti('Kobenhavn')
p 1 ACCENTI(name)=accenti('Kiev')
p 1 ACCENTI(CASEI(name))=accenti(casei('københavn'))
p 1 ACCENTI(CASEI(name))=accenti(casei('kobenhavn'))
p 1 ACCENTI(CASEI(name))=accenti(casei('KOBENHAVN'))
p 1 ACCENTI(CASEI(name))=accenti(casei('KØBENHAVN'))
p 2 ACCENTI(name) LIKE accenti('Ko%')
p 2 ACCENTI(CASEI(name)) LIKE accenti(casei('kØ%'))
p 2 ACCENTI(CASEI(name)) LIKE accenti(casei('kO%'))
p 4 ACCENTI(CASEI(name)) IN (accenti(casei('Kiev')), accenti(casei('kobenhavn')), accenti(casei('Berlin')), accenti(casei('athens')), accenti(casei('foo')))
""")  # noqa: E501

BASIC_SPATIAL = _table("""
c 8 S_INTERSECTS(geom,BBOX(0,40,10,50))
c 10 S_INTERSECTS(geom,BBOX(150,-90,-150,90))
c 1 S_INTERSECTS(geom,POINT(7.02 49.92))
c 3 S_INTERSECTS(geom,BBOX(0,40,10,50)) and S_INTERSECTS(geom,BBOX(5,50,10,60))
c 5 S_INTERSECTS(geom,BBOX(0,40,10,50)) and not S_INTERSECTS(geom,BBOX(5,50,10,60))
c 10 S_INTERSECTS(geom,BBOX(0,40,10,50)) or S_INTERSECTS(geom,BBOX(-90,40,-60,50))
p 7 S_INTERSECTS(geom,BBOX(0,40,10,50))
r 4 S_INTERSECTS(geom,BBOX(-180,-90,0,90))
""")

SPATIAL_LITERALS = _table(f"""
c 2 S_INTERSECTS(geom,LINESTRING(-180 -45, 0 -45))
c 14 S_INTERSECTS(geom,MULTILINESTRING((-180 -45, 0 -45), (0 45, 180 45)))
c 8 S_INTERSECTS(geom,POLYGON({HOLED}))
c 15 S_INTERSECTS(geom,MULTIPOLYGON(({HOLED}),({SQUARE})))
c 8 S_INTERSECTS(geom,GEOMETRYCOLLECTION(POINT(7.02 49.92), POLYGON({SQUARE})))
c 15 S_INTERSECTS(geom,POLYGON({HOLED})) or S_INTERSECTS(geom,POLYGON({SQUARE}))
c 3 S_INTERSECTS(geom,POLYGON({HOLED})) and not S_INTERSECTS(geom,POLYGON((-130 0, 0 0, 0 50, -130 50, -130 0)))
""")

RELATIONS = f"""
c 8 S_INTERSECTS {BOX}
c 4 S_INTERSECTS LINESTRING(0 40,10 50)
p 7 S_INTERSECTS {BOX}
r 2 S_INTERSECTS LINESTRING(-60 -90,-60 90)
c 169 S_DISJOINT BBOX(0,40,10,50)
c 169 S_DISJOINT {BOX}
c 173 S_DISJOINT LINESTRING(0 40,10 50)
c 176 S_DISJOINT POINT(7.02 49.92)
p 236 S_DISJOINT BBOX(0,40,10,50)
p 236 S_DISJOINT {BOX}
r 9 S_DISJOINT BBOX(-180,-90,0,90)
r 11 S_DISJOINT LINESTRING(-60 -90,-60 90)
p 1 S_EQUALS POINT(6.1300028 49.6116604)
c 3 S_TOUCHES {LUXEMBOURG}
c 3 S_TOUCHES POINT({CORNER})
c 2 S_TOUCHES POINT({OTHER})
c 3 S_TOUCHES LINESTRING({CORNER},{OTHER})
r 1 S_CROSSES BBOX(0,40,10,50)
r 2 S_CROSSES LINESTRING(-60 -90,-60 90)
c 44 S_WITHIN BBOX(-180,-90,0,90)
p 74 S_WITHIN BBOX(-180,-90,0,90)
r 4 S_WITHIN BBOX(-180,-90,0,90)
c 1 S_CONTAINS BBOX(7,50,8,51)
c 1 S_CONTAINS LINESTRING(7 50,8 51)
c 1 S_CONTAINS POINT(7.02 49.92)
c 11 S_OVERLAPS BBOX(-180,-90,0,90)
"""
OTHER_SIDE = {"S_WITHIN": "S_CONTAINS", "S_CONTAINS": "S_WITHIN"}
_RELATED = [(case.layer, *case.filter.split(" ", 1), case.count) for case in _table(RELATIONS)]

SPATIAL = [Case(layer, f"{name}(geom,{shape})", count) for layer, name, shape, count in _RELATED]
SPATIAL_TURNED = [
    Case(layer, f"{OTHER_SIDE.get(name, name)}({shape},geom)", count) for layer, name, shape, count in _RELATED
] + [Case(layer, f"S_INTERSECTS({shape},geom)", count) for layer, shape, count in (
    (COUNTRIES, "BBOX(0,40,10,50)", 8), (COUNTRIES, "BBOX(150,-90,-150,90)", 10), (COUNTRIES, "POINT(7.02 49.92)", 1),
    (PLACES, "BBOX(0,40,10,50)", 7), (RIVERS, "BBOX(-180,-90,0,90)", 4),
)]  # fmt: skip

TEMPORAL = _table(f"""
p 1 t_after("date",date('2022-04-16'))
p 1 t_before("date",date('2022-04-16'))
p 2 t_disjoint("date",date('2022-04-16'))
p 1 t_equals("date",date('2022-04-16'))
p 1 t_intersects("date",date('2022-04-16'))
p 1 t_after("date",{DAYS})
p 1 t_before("date",{DAYS})
p 2 t_disjoint("date",{DAYS})
p 0 t_equals("date",{DAYS})
p 1 t_equals("date",interval('2022-04-16','2022-04-16'))
p 1 t_intersects("date",{DAYS})
p 1 t_after(start,timestamp({Q}))
p 1 t_before(start,timestamp({Q}))
p 2 t_disjoint(start,timestamp({Q}))
p 1 t_equals(start,timestamp({Q}))
p 1 t_intersects(start,timestamp({Q}))
p 0 t_after(start,{YEAR})
p 1 t_before(start,{YEAR})
p 1 t_disjoint(start,{YEAR})
p 0 t_equals(start,{YEAR})
p 2 t_intersects(start,{YEAR})
p 1 t_after({SE},interval('..',{Q}))
p 2 t_before({SE},interval('2023-01-01T00:00:00Z','..'))
p 1 t_disjoint({SE},interval({Q},'2022-04-16T10:15:09Z'))
p 1 t_equals({SE},interval('2021-04-16T10:15:59Z','2022-04-16T10:16:06Z'))
p 2 t_intersects({SE},interval({Q},'2022-04-16T10:15:09Z'))
p 1 T_CONTAINS({SE},interval({Q},{R}))
p 1 T_DURING({SE},{YEAR})
p 1 T_FINISHES({SE},interval('2020-04-16T10:13:19Z','2022-04-16T10:16:06Z'))
p 1 T_FINISHEDBY({SE},interval({Q},'2022-04-16T10:16:06Z'))
p 0 T_MEETS({SE},interval({Q},{R}))
p 1 T_METBY({SE},interval({Q},{R}))
p 2 T_OVERLAPPEDBY({SE},interval('2020-04-16T10:13:19Z',{R}))
p 1 T_OVERLAPS({SE},interval({Q},'2023-04-16T10:15:10Z'))
p 1 T_STARTEDBY({SE},interval({Q},{R}))
p 0 T_STARTS({SE},interval({Q},{R}))
""")

TEMPORAL_TURNED = _table(f"""
p 1 t_after(date('2022-04-16'),"date")
p 1 t_before(date('2022-04-16'),"date")
p 2 t_disjoint(date('2022-04-16'),"date")
p 1 t_equals(date('2022-04-16'),"date")
p 1 t_intersects(date('2022-04-16'),"date")
p 1 t_after({DAYS},"date")
p 1 t_before({DAYS},"date")
p 2 t_disjoint({DAYS},"date")
p 0 t_equals({DAYS},"date")
p 1 t_equals(interval('2022-04-16','2022-04-16'),"date")
p 1 t_intersects({DAYS},"date")
p 1 t_after(timestamp({Q}),start)
p 1 t_before(timestamp({Q}),start)
p 2 t_disjoint(timestamp({Q}),start)
p 1 t_equals(timestamp({Q}),start)
p 1 t_intersects(timestamp({Q}),start)
p 1 t_after({YEAR},start)
p 0 t_before({YEAR},start)
p 1 t_disjoint({YEAR},start)
p 0 t_equals({YEAR},start)
p 2 t_intersects({YEAR},start)
p 2 t_after(interval('2023-01-01T00:00:00Z','..'),{SE})
p 1 t_before(interval('..',{Q}),{SE})
p 1 t_disjoint(interval({Q},'2022-04-16T10:15:09Z'),{SE})
p 1 t_equals(interval('2021-04-16T10:15:59Z','2022-04-16T10:16:06Z'),{SE})
p 2 t_intersects(interval({Q},'2022-04-16T10:15:09Z'),{SE})
p 2 T_CONTAINS(interval('2021-04-16T10:13:19Z','2023-04-16T10:15:10Z'),{SE})
p 1 T_DURING(interval('2022-07-01T00:00:00Z','2022-12-31T23:59:59Z'),{SE})
p 1 T_FINISHES(interval({Q},'2022-04-16T10:16:06Z'),{SE})
p 0 T_FINISHEDBY(interval({Q},'2022-04-16T10:16:06Z'),{SE})
p 1 T_MEETS(interval({Q},{R}),{SE})
p 0 T_METBY(interval({Q},{R}),{SE})
p 0 T_OVERLAPPEDBY(interval('2020-04-16T10:13:19Z',{R}),{SE})
p 0 T_OVERLAPS(interval({Q},'2023-04-16T10:15:10Z'),{SE})
p 0 T_STARTEDBY(interval({Q},{R}),{SE})
p 1 T_STARTS(interval({Q},{R}),{SE})
""")

PROPERTY_PROPERTY = _table(f"""
p 1 {K}=name
p 137 {K}<=name
p 136 {K}<name
p 107 {K}>=name
p 106 {K}>name
p 242 {K}<>name
p 230 name=nameascii
p 243 name>=nameascii
p 13 name>nameascii
p 230 name<=nameascii
p 0 name<nameascii
p 13 name<>nameascii
p 1 {X}=pop_other
p 123 {X}<=pop_other
p 122 {X}<pop_other
p 121 {X}>=pop_other
p 120 {X}>pop_other
p 242 {X}<>pop_other
p 27 pop_min=pop_max
p 243 pop_min<=pop_max
p 216 pop_min<pop_max
p 27 pop_min>=pop_max
p 0 pop_min>pop_max
p 216 pop_min<>pop_max
p 0 start=end
p 3 start<=end
p 3 start<end
p 0 start>=end
p 0 start>end
p 3 start<>end
p 243 {K} LIKE 'K_benhavn'
p 0 {K} NOT LIKE 'K_benhavn'
p 94 pop_other between pop_min and pop_max
p 149 pop_other not between pop_min and pop_max
""")

ARITHMETIC = _table("""
p 1 pop_other=1038280+8
p 123 pop_other>=1038290-2*2^0
p 122 pop_other>1038290-20/10
p 122 pop_other>1038290-21 div 10
p 122 pop_other>1038290-5%2
p 121 pop_other<=1038200+8*11
p 120 pop_other<1038280+2^3
p 242 pop_other<>1038290-2^1
p 75 pop_other between 4000000/4 and (3*(900000+100000))
p 168 pop_other not between 4000000/4 and (3*(900000+100000))
p 3 pop_other in (1000000+38288,1000000+600000+11692,3*1000000+13258,3*1000000+13257,30*100000+13259)
p 240 pop_other not in (1000000+38288,1000000+600000+11692,3*1000000+13258,3*1000000+13257,30*100000+13259)
p 1 1038280+8=pop_other
""")

CASES = [
    *BASIC, *LOGICAL, *ADVANCED, *CASE_INSENSITIVE, *ACCENT_INSENSITIVE, *BASIC_SPATIAL, *SPATIAL_LITERALS, *SPATIAL,
    *TEMPORAL, *PROPERTY_PROPERTY, *SPATIAL_TURNED, *TEMPORAL_TURNED, *ARITHMETIC,
]  # fmt: skip
