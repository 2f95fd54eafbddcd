"""The command line: one module a command, found by walking this folder.

Exit codes: 0 nothing at or above the threshold, 1 findings, 2 something could not be run or read.
"""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from mulu.cli import console, signals
from mulu.cli.console import say
from mulu.cli.groups import Closed, Commands
from mulu.cli.help import Help
from mulu.errors import NO_MEMORY, NO_THREAD, MuluError
from mulu.words import why_unreadable

_HELP = {"help_option_names": ["-h", "--help"]}
_PRIVATE = (
    *("arguments", "console", "fixing", "groups", "help", "options", "progress"),
    *("runs", "settings", "signals", "standards", "targets"),
)


def _group() -> click.Group:
    group: click.Group = Commands(
        __name__,
        __path__,
        _PRIVATE,
        name="mulu",
        help=say(
            "按统一标准检查和转换政务数据目录。\n\n检查目录：mulu validate 文件。文件的格式按内容自动识别。",
            "Check and convert government data catalogs against one metadata standard.\n\n"
            "To check a catalog, run mulu validate FILE. The file's format is recognised by its content.",
        ),
        context_settings=_HELP,
        no_args_is_help=True,
    )
    return click.version_option(None, "-V", "--version", package_name="mulu", message="mulu %(version)s")(group)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    try:
        signals.heed()
        code = run(sys.argv[1:] if arguments is None else arguments)
        signals.disregard()
    except signals.Ended:
        # It came too late to give up anything.
        code = signals.code()
    # The interpreter would look through all that is left for garbage, which takes longer than writing a report.
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the command line; return the exit code. No exception but those of the interpreter itself gets out."""
    console.set_up(arguments)
    click.Context.formatter_class = Help
    # A standard is many objects that stay. To look through them for garbage every few hundred objects takes as long as
    # to read the rules.
    gc.set_threshold(100_000)
    try:
        code = _group().main(args=list(arguments), prog_name="mulu", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help(), err=True)
        return 2
    except click.UsageError as error:
        console.complain(console.usage_text(error))
        return 2
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, KeyboardInterrupt, signals.Ended):
        return _end_interrupted()
    except MuluError as error:
        console.complain(console.error_text(error))
        return 2
    except (BrokenPipeError, Closed):
        # What is still in the buffer must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        console.complain(_system_error_text(error))
        # What is still in the buffer must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except Exception as error:
        # DuckDB makes an error of its own of what a signal raises.
        if signals.asked() is not None:
            return _end_interrupted()
        if "--debug" in arguments:
            raise
        console.complain(_internal_error_text(error))
        return 2


def _system_error_text(error: OSError) -> str:
    """Return what is said where the system refuses something that nobody foresaw."""
    why, path = why_unreadable(error), str(error.filename or "")
    if isinstance(error, FileNotFoundError) and not path:
        # Only of the folder that it runs in does the system not say what is missing.
        path = say("当前文件夹", "the current folder")
    return say(
        f"系统错误：{path}{path and '：'}{why.zh}；没有完成",
        f"system error: {path}{path and ': '}{why.en}; the command did not complete",
    )


def _internal_error_text(error: Exception) -> str:
    """Return what is said where nothing else fits: a resource that ran out, or a defect of ours."""
    if isinstance(error, MemoryError):
        return say(NO_MEMORY.zh, NO_MEMORY.en)
    if isinstance(error, RuntimeError) and "start new thread" in str(error):
        return say(NO_THREAD.zh, NO_THREAD.en)
    what = f"{type(error).__name__}: {error}"[:300]
    return say(
        f"mulu 内部错误（{what}）；请加 --debug 重试，并把输出报告给 mulu 项目",
        f"internal error in mulu ({what}); run the command again with --debug and report the output to the project",
    )


def _end_interrupted() -> int:
    if signals.asked() in (None, signal.SIGINT):
        said = say("已中断，没有写出的文件保持原样", "interrupted; files that were not yet written are unchanged")
    else:
        said = say("已终止，没有写出的文件保持原样", "terminated; files that were not yet written are unchanged")
    console.complain(said)
    return signals.code()
