"""What can be set from outside?"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Language = Literal["zh", "en"]


class Settings(BaseSettings):
    """The settings, each from an environment variable `GAODU_<NAME>` or a line of the file `.env`."""

    model_config = SettingsConfigDict(env_prefix="GAODU_", env_file=".env", extra="ignore")

    store: str = Field("gaodu.gpkg", description="GeoPackage file, or postgresql://user@host/database")
    layers: Path | None = Field(None, description="A folder with layer files (*.toml) of your own")
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on")
    language: Language = Field("zh", description="Language of pages and messages where a reader chose none")
    basemap: str = Field(
        "none", description="Background map: none, a key of api/web/basemaps.toml, or a tile URL template"
    )
    tianditu_key: str | None = Field(None, description="Key for 天地图 basemaps")
    max_body_bytes: int = Field(5_000_000, gt=0, description="Largest request body taken")
    max_page: int = Field(10_000, gt=0, description="Most features in one page of a collection")
    max_page_bytes: int = Field(50_000_000, gt=0, description="Most bytes of geometry, as stored, in one page")
    max_exports: int = Field(2, gt=0, description="Most downloads of layers prepared at once")
    layer_memory_bytes: int = Field(1_500_000_000, gt=0, description="Memory for layers that stand ready")
    tile_cache_bytes: int = Field(200_000_000, gt=0, description="Memory for tiles that were made")
    rasters: Path | None = Field(None, description="Folder of imported rasters; by default beside a GeoPackage store")
    anonymous_reading: bool = Field(True, description="Whether somebody who did not sign in may read")
    who: str | None = Field(None, description="Name written into the history of what the command line changes")
