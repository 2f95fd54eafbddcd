"""`python -m mulu`: the same command line as `mulu`."""

from mulu.cli import main

if __name__ == "__main__":
    main()
