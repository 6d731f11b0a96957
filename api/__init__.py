"""The FastAPI service: maps, OGC API, statistics, checks, report, pages and the command line."""
