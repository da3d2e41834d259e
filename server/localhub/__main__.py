"""`python -m localhub`."""

from .cli import main

main()
