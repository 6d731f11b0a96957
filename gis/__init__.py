"""The spatial engine: geometry, rasters and CRSs; frames, arrays and numbers in and out."""
