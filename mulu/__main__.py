"""`mulu`, and `python -m mulu`: the command line."""

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and exit."""
    # As long as nothing has begun that would have to be given up, Ctrl-C just ends the process.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from mulu import cli

    cli.main()


if __name__ == "__main__":
    main()
