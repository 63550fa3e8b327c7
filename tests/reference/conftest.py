"""The scripts that made the reference values need libraries of their own."""

collect_ignore_glob = ["make_*.py"]
