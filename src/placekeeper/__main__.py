"""`python -m placekeeper` is the command."""

from placekeeper.cli import main

raise SystemExit(main())
