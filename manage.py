#!/usr/bin/env python
"""Django's command line for mfg."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mfg.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        # With a code the server has answered; without one nobody did.
        if getattr(error.__cause__, "pgcode", None) is not None:
            raise
        sys.exit(f"{str(error).strip()}\nIs `make run` or `make servers` up, with the same MFG_HOME?")
