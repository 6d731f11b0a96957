"""Sample township, report figures and code lists; read by all, computes nothing."""
