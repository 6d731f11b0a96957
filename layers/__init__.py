"""What a thematic layer is, where its features live and what is computed from it."""
