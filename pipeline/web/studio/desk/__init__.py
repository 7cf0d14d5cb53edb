"""The consent desk: may we mail somebody, why, since when, what were they told; and what they ask of us."""
