"""The Markdown of other tools: what is done to its text first, its tokens, its pieces, its parts, its sources."""
