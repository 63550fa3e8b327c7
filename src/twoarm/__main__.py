"""`python -m twoarm` is the command `twoarm`."""

from twoarm.cli.main import main

if __name__ == "__main__":
    main()
