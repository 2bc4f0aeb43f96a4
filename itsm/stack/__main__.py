"""Second half of `./maru`, inside the virtual environment."""

from itsm.stack.cli import main

main()
