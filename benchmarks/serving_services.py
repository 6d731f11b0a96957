"""How are the service and its peers set up over the same parcels, each on its own port of this machine?

One function a service; it gives the Service, or an Absent with what is not installed. The peers' environments are made
by hand, once, in a folder FOLDER:

    for peer in tipg pygeoapi; do python3 -m venv FOLDER/$peer; FOLDER/$peer/bin/pip install \\
        $peer uvicorn uvloop httptools psycopg2-binary geoalchemy2; done
    npm install --prefix FOLDER/tsg tileserver-gl-light
    apt-get install cgi-mapserver qgis-server python3-qgis gdal-bin nginx-light spawn-fcgi
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.serving_data import LAYER, PEER_LAYER, Data
from benchmarks.serving_raster import RASTER, raster_of, titiler_app

Window = tuple[float, float, float, float]
Tile = tuple[int, int, int]

PORT = 9150
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Absent:
    """A service that cannot take part, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Service:
    """A server to be started: its commands, and the addresses (paths) of what it is asked for.

    `application` is the name under which its connections show in PostGIS, whose CPU time counts as its own;
    `ready_tile` is the one tile of a server that makes none itself.
    """

    name: str
    port: int
    commands: list[list[str]]
    ready: str
    environment: Mapping[str, str] = field(default_factory=dict)
    application: str = ""
    items: Callable[[Window], str] | None = None
    item: Callable[[int], str] | None = None
    tile: Callable[[Tile], str] | None = None
    export: str = ""
    is_warmed: bool = False
    ready_tile: str = ""
    raster: Callable[[Tile], str] | None = None


def ours(data: Data, port: int, *, postgis: bool, in_memory: bool) -> Service | Absent:
    """This service over a GeoPackage or PostGIS, with the layer in memory or kept out of it."""
    name = f"gaodu {'PostGIS' if postgis else 'GeoPackage'}{' in memory' if in_memory else ''}"
    if postgis and data.postgis is None:
        return Absent(name, "no PostGIS given")
    application = f"gaodu_{int(in_memory)}"
    address = f"{data.postgis_store}&application_name={application}" if postgis else str(data.store)
    root = f"/ogc/collections/{LAYER}"
    serve = [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--store", address]
    return Service(
        name,
        port,
        [serve],
        "/health",
        {
            "GAODU_LAYERS": str(data.folder / "layers"),
            "GAODU_LAYER_MEMORY_BYTES": "2000000000" if in_memory else "1",
            "GAODU_RASTERS": str(data.folder / "rasters"),
        },
        application if postgis else "",
        lambda window: f"{root}/items?bbox={_text(window)}&limit=1000",
        lambda fid: f"{root}/items/{fid}",
        lambda tile: f"{root}/tiles/WebMercatorQuad/{tile[0]}/{tile[2]}/{tile[1]}",
        f"/exports/{LAYER}.geojson",
        in_memory,
        raster=lambda tile: f"/ogc/collections/{RASTER}/map/tiles/WebMercatorQuad/{tile[0]}/{tile[2]}/{tile[1]}?f=png",
    )


def tipg(data: Data, folder: Path, port: int) -> Service | Absent:
    """tipg from PyPI over the peers' PostGIS table, its caps on features raised."""
    if data.postgis is None:
        return Absent("tipg", "no PostGIS given")
    root = f"/collections/public.{data.peer_table}"
    joint = "&" if "?" in data.postgis else "?"
    return _uvicorn(
        "tipg",
        folder / "tipg",
        "tipg.main:app",
        port,
        "/conformance?f=json",
        {
            "DATABASE_URL": f"{data.postgis}{joint}application_name=tipg",
            "TIPG_MAX_FEATURES_PER_TILE": "1000000",
            "TIPG_MAX_FEATURES_PER_QUERY": "1000000",
            "TIPG_DB_SCHEMAS": '["public"]',
            "TIPG_DB_TABLES": f'["public.{data.peer_table}"]',
        },
        application="tipg",
        items=lambda window: f"{root}/items?bbox={_text(window)}&limit=1000&f=geojson",
        item=lambda fid: f"{root}/items/{fid}?f=geojson",
        tile=lambda tile: f"{root}/tiles/WebMercatorQuad/{tile[0]}/{tile[1]}/{tile[2]}",
        export=f"{root}/items?limit=1000000&f=geojsonseq",
    )


def pygeoapi(data: Data, folder: Path, port: int) -> Service | Absent:
    """pygeoapi from PyPI over the peers' PostGIS table: its SQLite provider needs a Python that loads extensions."""
    if data.postgis is None:
        return Absent("pygeoapi", "no PostGIS given")
    address = urlsplit(data.postgis)
    config = folder / "pygeoapi.yml"
    names = {"port": port, "table": data.peer_table, "host": address.hostname, "database": address.path[1:]}
    names |= {"database_port": address.port or 5432, "user": address.username, "password": address.password or "x"}
    config.write_text(_PYGEOAPI.format(**names), encoding="utf-8")
    openapi = folder / "pygeoapi-openapi.yml"
    program = folder / "pygeoapi" / "bin" / "pygeoapi"
    environment = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    if not program.exists():
        return Absent("pygeoapi", f"not in {folder / 'pygeoapi'}")
    generate = [str(program), "openapi", "generate", str(config), "--output-file", str(openapi)]
    subprocess.run(generate, env={**os.environ, **environment}, capture_output=True, check=False)
    root = "/collections/parcels"
    return _uvicorn(
        "pygeoapi",
        folder / "pygeoapi",
        "pygeoapi.starlette_app:APP",
        port,
        "/conformance?f=json",
        environment,
        items=lambda window: f"{root}/items?bbox={_text(window)}&limit=1000&f=json",
        item=lambda fid: f"{root}/items/{fid}?f=json",
    )


def mapserver(data: Data, folder: Path, port: int) -> Service | Absent:
    """MapServer from Debian over the peers' GeoPackage: FastCGI behind nginx."""
    program = Path("/usr/lib/cgi-bin/mapserv")
    if not program.exists():
        return Absent("MapServer", "cgi-mapserver is not installed")
    work = folder / "mapserver"
    work.mkdir(exist_ok=True)
    names = {"folder": work, "file": data.plain, "table": PEER_LAYER, "port": port}
    (work / "parcels.map").write_text(_MAPFILE.format(**names), encoding="utf-8")
    (work / "mapserver.conf").write_text(_MAPSERVER_CONF.format(**names), encoding="utf-8")
    parameters = "fastcgi_param SCRIPT_NAME /m; fastcgi_param PATH_INFO $1;"
    front = _fastcgi(work, program, port, r"location ~ ^/m(/.*)?$", parameters)
    if isinstance(front, str):
        return Absent("MapServer", front)
    root = "/m/parcels/ogcapi/collections/parcels"
    tile = "/m?map=parcels&mode=tile&tilemode=gmap&layers=parcels&map.imagetype=mvt&tile="
    return Service(
        "MapServer",
        port,
        front,
        "/m/parcels/ogcapi/collections?f=json",
        {"MAPSERVER_CONFIG_FILE": str(work / "mapserver.conf"), "PROJ_LIB": "/usr/share/proj"},
        items=lambda window: f"{root}/items?bbox={_text(window)}&limit=1000&f=json",
        tile=lambda at: f"{tile}{at[1]}+{at[2]}+{at[0]}",
    )


def qgis(data: Data, folder: Path, port: int) -> Service | Absent:
    """QGIS Server from Debian over the peers' GeoPackage: FastCGI behind nginx; Debian's PyQGIS makes its project."""
    program = Path("/usr/lib/cgi-bin/qgis_mapserv.fcgi")
    if not program.exists():
        return Absent("QGIS Server", "qgis-server is not installed")
    work = folder / "qgis"
    work.mkdir(exist_ok=True)
    script, project = work / "project.py", work / "parcels.qgs"
    script.write_text(_PYQGIS.format(file=data.plain, table=PEER_LAYER, project=project), encoding="utf-8")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if subprocess.run(["/usr/bin/python3", str(script)], env=environment, capture_output=True, check=False).returncode:
        return Absent("QGIS Server", "python3-qgis is not installed")
    parameters = (
        f'fastcgi_param SCRIPT_NAME ""; fastcgi_param PATH_INFO $uri; fastcgi_param QGIS_PROJECT_FILE {project};'
    )
    front = _fastcgi(work, program, port, "location /", parameters)
    if isinstance(front, str):
        return Absent("QGIS Server", front)
    root = "/wfs3/collections/parcels"
    return Service(
        "QGIS Server",
        port,
        front,
        "/wfs3/collections.json",
        {
            "QT_QPA_PLATFORM": "offscreen",
            "QGIS_PROJECT_FILE": str(project),
            "QGIS_SERVER_API_WFS3_MAX_LIMIT": "1000000",
            "HOME": str(work),
            "XDG_RUNTIME_DIR": str(work),
        },
        items=lambda window: f"{root}/items.json?bbox={_text(window)}&limit=1000",
        item=lambda fid: f"{root}/items/{fid}.json",
    )


def tileserver(data: Data, folder: Path, port: int, at: Tile, window: Window) -> Service | Absent:
    """tileserver-gl-light from npm over an MBTiles file that GDAL makes of the parcels in `window`, around one tile."""
    program = folder / "tsg" / "node_modules" / ".bin" / "tileserver-gl"
    if not program.exists():
        return Absent("tileserver-gl-light", f"not in {folder / 'tsg'}")
    file = folder / f"hot_{data.count}.mbtiles"
    if not file.exists():
        zooms = ["-dsco", f"MINZOOM={at[0]}", "-dsco", f"MAXZOOM={at[0]}", "-dsco", "NAME=parcels"]
        area = ["-spat", *map(str, window)]
        made = ["ogr2ogr", "-f", "MBTiles", *zooms, *area, "-nln", "parcels", str(file), str(data.plain)]
        try:
            subprocess.run(made, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            file.unlink(missing_ok=True)
            return Absent("tileserver-gl-light", f"ogr2ogr makes no MBTiles: {error}")
    config = folder / "tileserver.json"
    config.write_text(json.dumps({
        "options": {"paths": {"root": str(folder), "mbtiles": str(folder)}},
        "styles": {}, "data": {"parcels": {"mbtiles": file.name}},
    }), encoding="utf-8")  # fmt: skip
    tile = f"/data/parcels/{at[0]}/{at[1]}/{at[2]}.pbf"
    command = [str(program), "--config", str(config), "--port", str(port), "--bind", HOST, "--silent"]
    return Service("tileserver-gl-light", port, [command], tile, ready_tile=tile)


def titiler(folder: Path, port: int) -> Service | Absent:
    """TiTiler from PyPI over the same raster."""
    shades = f"url={raster_of(folder)}&rescale=0,1&colormap_name=viridis"
    return _uvicorn(
        "TiTiler",
        folder / "titiler",
        titiler_app(folder),
        port,
        "/openapi.json",
        {"PYTHONPATH": str(folder), "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": "200"},
        raster=lambda tile: f"/tiles/WebMercatorQuad/{tile[0]}/{tile[1]}/{tile[2]}.png?{shades}",
    )


def services(data: Data, folder: Path, hot: Tile, around: Window) -> list[Service | Absent]:
    """All of them, on ports of their own; `hot` is the tile that is asked for again and again, `around` it a window."""
    ports = iter(range(PORT, PORT + 20))
    own = [(False, False), (False, True), (True, False), (True, True)]
    return [
        *(ours(data, next(ports), postgis=postgis, in_memory=in_memory) for postgis, in_memory in own),
        tipg(data, folder, next(ports)),
        pygeoapi(data, folder, next(ports)),
        mapserver(data, folder, next(ports)),
        qgis(data, folder, next(ports)),
        tileserver(data, folder, next(ports), hot, around),
        titiler(folder, next(ports)),
    ]


def _text(window: Window) -> str:
    return ",".join(f"{side:.6f}" for side in window)


def _uvicorn(
    name: str, venv: Path, app: str, port: int, ready: str, environment: Mapping[str, str], **asked: object
) -> Service | Absent:
    program = venv / "bin" / "uvicorn"
    if not program.exists():
        return Absent(name, f"not in {venv}")
    command = [str(program), app, "--host", HOST, "--port", str(port), "--no-access-log", "--log-level", "error",
               "--loop", "uvloop", "--http", "httptools"]  # fmt: skip
    return Service(name, port, [command], ready, environment, **asked)  # type: ignore[arg-type]


def _fastcgi(work: Path, program: Path, port: int, location: str, parameters: str) -> list[list[str]] | str:
    """The commands of a FastCGI program behind nginx; a text that says what is missing."""
    nginx, spawn = "/usr/sbin/nginx", shutil.which("spawn-fcgi")
    if not Path(nginx).exists() or spawn is None:
        return "nginx-light or spawn-fcgi is not installed"
    socket = work / "program.sock"
    socket.unlink(missing_ok=True)
    config = work / "nginx.conf"
    names = {"work": work, "port": port, "socket": socket, "location": location, "parameters": parameters}
    config.write_text(_NGINX % names, encoding="utf-8")
    return [[spawn, "-n", "-s", str(socket), "-M", "0777", "--", str(program)], [nginx, "-c", str(config)]]


_NGINX = """
worker_processes 1; daemon off; pid %(work)s/nginx.pid; error_log %(work)s/nginx.log error; user root;
events { worker_connections 64; }
http {
  access_log off; client_body_temp_path %(work)s/cb; fastcgi_temp_path %(work)s/fc; proxy_temp_path %(work)s/px;
  uwsgi_temp_path %(work)s/uw; scgi_temp_path %(work)s/sc;
  fastcgi_buffers 256 64k; fastcgi_buffer_size 64k; fastcgi_max_temp_file_size 0; fastcgi_read_timeout 600s;
  server { listen 127.0.0.1:%(port)s;
    %(location)s {
      fastcgi_pass unix:%(socket)s; %(parameters)s
      fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param SERVER_NAME 127.0.0.1; fastcgi_param SERVER_PORT %(port)s;
      fastcgi_param SERVER_PROTOCOL HTTP/1.1; fastcgi_param REQUEST_URI $request_uri;
      fastcgi_param HTTP_HOST 127.0.0.1:%(port)s; fastcgi_param CONTENT_LENGTH $content_length;
    }
  }
}
"""

_MAPSERVER_CONF = """
CONFIG
  ENV
    MS_MAP_NO_PATH "0"
    OGCAPI_HTML_TEMPLATE_DIRECTORY "/usr/share/mapserver/ogcapi/templates/html-plain/"
    PROJ_LIB "/usr/share/proj"
  END
  MAPS
    parcels "{folder}/parcels.map"
  END
END
"""

_MAPFILE = """
MAP
  NAME "parcels" EXTENT 117 34 119 36 SIZE 256 256 PROJECTION "init=epsg:4326" END
  WEB METADATA
    "ows_enable_request" "*" "oga_enable_request" "*" "ows_title" "parcels" "ows_srs" "EPSG:4326 EPSG:3857"
    "ows_onlineresource" "http://127.0.0.1:{port}/m/parcels" "oga_onlineresource" "http://127.0.0.1:{port}/m/parcels/ogcapi"
    "oga_html_template_directory" "/usr/share/mapserver/ogcapi/templates/html-plain/"
  END END
  OUTPUTFORMAT NAME "mvt" DRIVER MVT FORMATOPTION "EXTENT=4096" FORMATOPTION "EDGE_BUFFER=10" END
  LAYER
    NAME "parcels" TYPE POLYGON TEMPLATE "void" STATUS ON CONNECTIONTYPE OGR CONNECTION "{file}" DATA "{table}"
    PROCESSING "CLOSE_CONNECTION=DEFER" EXTENT 117 34 119 36 PROJECTION "init=epsg:4326" END
    METADATA
      "ows_title" "parcels" "oga_title" "parcels" "gml_include_items" "all" "gml_featureid" "BSM"
      "ows_include_items" "all" "oga_max_limit" "1000000" "oga_geometry_precision" "7" "ows_extent" "117 34 119 36"
    END
    CLASS STYLE COLOR 200 220 180 END END
  END
END
"""

_PYQGIS = """
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
project.setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
layer = QgsVectorLayer("{file}|layername={table}", "parcels", "ogr")
layer.setShortName("parcels")
project.addMapLayers([layer])
project.writeEntry("WFSLayers", "/", [layer.id()])
project.writeEntry("WFSLayersPrecision", "/" + layer.id(), 7)
project.write("{project}")
app.exitQgis()
"""

_PYGEOAPI = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  gzip: false
  languages: [en-US]
  cors: false
  pretty_print: false
  limits: {{default_items: 10, max_items: 1000000}}
  map: {{url: "https://tile.invalid/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification: {{title: {{en: b}}, description: {{en: b}}, keywords: {{en: [b]}}, keywords_type: theme,
    terms_of_service: x, url: http://127.0.0.1}}
  license: {{name: CC, url: http://127.0.0.1}}
  provider: {{name: o, url: http://127.0.0.1}}
  contact: {{name: a, position: b, address: c, city: d, stateorprovince: e, postalcode: f, country: g, phone: "1",
    fax: "1", email: a@b.c, url: http://127.0.0.1, hours: h, instructions: i, role: p}}
resources:
  parcels:
    type: collection
    title: parcels
    description: d
    keywords: [a]
    links: []
    extents: {{spatial: {{bbox: [117, 34, 119, 36], crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}}}
    providers:
      - type: feature
        name: PostgreSQL
        data: {{host: {host}, port: {database_port}, dbname: {database}, user: {user}, password: {password},
          search_path: [public]}}
        id_field: id
        table: {table}
        geom_field: geom
"""
