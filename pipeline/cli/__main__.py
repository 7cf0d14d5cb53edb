"""`python -m pipeline.cli`, for programs that start the command without knowing where it is installed."""

from pipeline.cli.main import main

main()
