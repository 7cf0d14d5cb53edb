"""Web pages: their tree, what of it is the article, and what its elements mean."""
