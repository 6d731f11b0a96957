"""What are the office's rasters, and what do they say of a place or of the features of a layer?"""
