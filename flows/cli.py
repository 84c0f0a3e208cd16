"""The `kring` command: one line for every error, and an exit code. `kring ask` starts without the parser.

Exit codes: 0 done; 1 the run failed, the last release is still served; 2 wrong usage or settings; 3 done, but
input of this run was refused. An error is one line on stderr; `--debug` adds the traceback.
"""

from __future__ import annotations

import errno
import os
import sys
from io import TextIOWrapper

from etl.errors import KringError, is_stopped
from flows.asking import answer, quickly_asked

INTERRUPTED = 130
FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO)
CLOSED = (
    "a file or folder may not be opened by who runs Kring. kring doctor names what is closed in the home."
)


def main() -> None:
    """Run a verb; every error Kring means is one line and an exit code."""
    _speak_utf8()
    arguments = sys.argv[1:]
    debug = "--debug" in arguments
    try:
        code = _run([each for each in arguments if each != "--debug"])
        if code == INTERRUPTED:  # what typer makes of Ctrl-C
            raise KeyboardInterrupt
    except KringError as error:
        code = _failed(error.line(), error.exit_code, debug)
    except KeyboardInterrupt:
        code = _failed("stopped", INTERRUPTED, debug)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        code = _failed("stopped", INTERRUPTED, debug) if is_stopped(error) else _unmeant(error, debug)
    sys.exit(code if isinstance(code, int) else 0)


def _speak_utf8() -> None:
    """Names are in every script; a computer set to an older encoding could not print them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(encoding="utf-8")


def _run(arguments: list[str]) -> object:
    asked = quickly_asked(arguments)
    if asked is None:
        from flows.verbs import app

        return app(arguments, standalone_mode=False)
    answer(*asked)
    return 0


def _unmeant(error: Exception, debug: bool) -> int:
    """Wrong usage in one line; of a fault in Kring only its kind, because its words may quote a row."""
    from etl.store import is_closed

    usage = getattr(error, "format_message", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error, file=sys.stderr)
        return 2
    if usage is not None:
        return _failed(f"{usage()} See kring --help.", 2, debug)
    if is_closed(error):  # its words name a path, and a path may name a person
        return _failed(CLOSED, 2, debug)
    if isinstance(error, OSError) and error.errno in FULL:
        return _failed(f"what was to be written cannot be ({os.strerror(error.errno)})", 1, debug)
    return _failed(f"a fault in Kring ({type(error).__name__}). Run again with --debug.", 1, debug)


def _failed(line: str, code: int, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exc()
    print(f"kring: {line}", file=sys.stderr)
    return code
