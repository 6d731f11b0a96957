"""How is each format read? Loaded in the limited process only."""
