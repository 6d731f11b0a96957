"""How is the illustrative township drawn? Read by data/make_sample.py only."""
