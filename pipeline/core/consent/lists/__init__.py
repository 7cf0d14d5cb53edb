"""Lists of subscribers as other tools write them, and as we write them for others."""
