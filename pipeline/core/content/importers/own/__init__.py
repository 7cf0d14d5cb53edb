"""Our own Markdown (docs/writing.md), and how it is told from that of other tools."""
