"""Everything that `make bench` prints: ``python -m benchmarks.bench [--million]``."""

from benchmarks.bench import curve, speed, tables

if __name__ == "__main__":
    speed.main()
    curve.main()
    print(tables.write_tables())
