"""The few compiled loops, each beside its plain reference in tests."""
